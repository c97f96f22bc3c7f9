package io.fastpath.fastpath.doctor;

import io.fastpath.afxdpnative.interfaces.Driver;
import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.afxdpnative.interfaces.NicRingSizes;
import io.fastpath.afxdpnative.interfaces.Offload;
import io.fastpath.afxdpnative.interfaces.Offloads;
import io.fastpath.afxdpnative.interfaces.QueueCounts;
import io.fastpath.afxdpnative.interfaces.XdpCapabilities;
import io.fastpath.afxdpnative.interfaces.XdpFeature;
import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.LinkVlan;
import io.fastpath.afxdpnative.netlink.OperState;
import io.fastpath.afxdpnative.netlink.XdpAttachment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Facts of an interface that need not exist: a good NIC named eth1, but for what a test changes. */
final class FactsBuilder {
    private static final int UP_WITH_CARRIER = 0x1 | 0x10000;

    private final Map<String, Offload> offloads = new HashMap<>();
    private String kind = "";
    private int flags = UP_WITH_CARRIER;
    private int hardwareType = 1;
    private int mtu = 1500;
    private String masterKind = "";
    private Optional<LinkVlan> vlan = Optional.empty();
    private String driver = "test";
    private QueueCounts queues = new QueueCounts(0, 0, 4, 8, QueueCounts.Source.DRIVER);
    private Optional<NicRingSizes> rings = Optional.empty();
    private Optional<XdpCapabilities> xdp = Optional.of(new XdpCapabilities(
            Set.of(XdpFeature.BASIC, XdpFeature.REDIRECT, XdpFeature.NDO_XMIT, XdpFeature.XSK_ZEROCOPY), 1));

    FactsBuilder veth() {
        kind = "veth";
        driver = "veth";
        return xdp(XdpFeature.BASIC, XdpFeature.REDIRECT);
    }

    FactsBuilder flags(final int bits) {
        flags = bits;
        return this;
    }

    FactsBuilder hardwareType(final int type) {
        hardwareType = type;
        return this;
    }

    FactsBuilder mtu(final int length) {
        mtu = length;
        return this;
    }

    FactsBuilder master(final String kindOfMaster) {
        masterKind = kindOfMaster;
        return this;
    }

    FactsBuilder vlan(final LinkVlan tag) {
        vlan = Optional.of(tag);
        return this;
    }

    FactsBuilder driver(final String name) {
        driver = name;
        return this;
    }

    FactsBuilder queues(final int rx, final int tx, final int combined) {
        queues = new QueueCounts(rx, tx, combined, 8, QueueCounts.Source.DRIVER);
        return this;
    }

    FactsBuilder rxRing(final int count) {
        rings = Optional.of(new NicRingSizes(count, count, 8192, 8192));
        return this;
    }

    FactsBuilder xdp(final XdpFeature... features) {
        xdp = Optional.of(new XdpCapabilities(Set.of(features), 0));
        return this;
    }

    FactsBuilder xdpUnknown() {
        xdp = Optional.empty();
        return this;
    }

    FactsBuilder offload(final String name) {
        offloads.put(name, new Offload(true, true, true));
        return this;
    }

    InterfaceFacts build() {
        return new InterfaceFacts(
                new Link(
                        3,
                        "eth1",
                        flags,
                        hardwareType,
                        0x02fc_0000_0001L,
                        mtu,
                        OperState.UP,
                        8,
                        8,
                        masterKind.isEmpty() ? 0 : 9,
                        masterKind,
                        kind.isEmpty() ? 0 : 4,
                        false,
                        kind,
                        vlan,
                        XdpAttachment.NONE),
                new Driver(driver, "1.0", "", ""),
                queues,
                rings,
                new Offloads(offloads),
                xdp);
    }
}

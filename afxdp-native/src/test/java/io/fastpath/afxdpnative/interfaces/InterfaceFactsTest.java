package io.fastpath.afxdpnative.interfaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.afxdpnative.netlink.OperState;
import io.fastpath.afxdpnative.netlink.XdpAttachment;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.netns.TestNamespace;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Facts of real interfaces in a namespace of the test. Needs root. */
class InterfaceFactsTest {
    private TestNamespace namespace;

    @BeforeEach
    void setUp() {
        namespace = TestNamespace.create();
        namespace.ip("link add fpa address 02:fc:00:00:00:0a mtu 1400 numrxqueues 2 numtxqueues 3"
                + " type veth peer name fpb numrxqueues 3 numtxqueues 2");
    }

    @AfterEach
    void tearDown() {
        namespace.close();
    }

    @Test
    void shouldKnowAVeth() {
        final InterfaceFacts facts = facts("fpa");

        assertThat(facts.name()).isEqualTo("fpa");
        assertThat(facts.driver().name()).isEqualTo("veth");
        assertThat(facts.mac()).isEqualTo(0x02fc0000000aL);
        assertThat(facts.mtu()).isEqualTo(1400);
        assertThat(facts.link().isVeth()).isTrue();
        assertThat(facts.vethPeerIfindex()).hasValue(facts("fpb").ifindex());
        assertThat(facts.link().lowerElsewhere()).isFalse();
        assertThat(facts.queues()).isEqualTo(new QueueCounts(2, 3, 0, 0, QueueCounts.Source.DRIVER));
        assertThat(facts.queues().rxTotal()).isEqualTo(2);
        assertThat(facts.queues().txTotal()).isEqualTo(3);
        assertThat(facts.rings()).as("a veth has none").isEmpty();
        assertThat(facts.masterIfindex()).isEmpty();
        assertThat(facts.vlan()).isEmpty();
        assertThat(facts.vlanParentIfindex()).isEmpty();
        assertThat(facts.link().xdp()).isEqualTo(XdpAttachment.NONE);
    }

    @Test
    void shouldKnowAPeerInAnotherNamespace() {
        try (TestNamespace other = TestNamespace.create()) {
            namespace.ip("link set fpb netns " + other.name());

            assertThat(facts("fpa").link().lowerElsewhere()).isTrue();
            assertThat(facts("fpa").vethPeerIfindex()).isPresent();
        }
    }

    @Test
    void shouldKnowWhatTheDriverSaysOfXdp() {
        namespace.ip("link set fpa up");
        namespace.ip("link set fpb up");
        assertThat(facts("fpa").xdp().orElseThrow().features())
                .contains(XdpFeature.BASIC, XdpFeature.REDIRECT, XdpFeature.RX_SG)
                .doesNotContain(XdpFeature.NDO_XMIT);
        namespace.exec("ethtool -K fpa gro on");
        namespace.exec("ethtool -K fpb gro on");

        final XdpCapabilities xdp = facts("fpa").xdp().orElseThrow();

        assertThat(xdp.features()).contains(XdpFeature.NDO_XMIT, XdpFeature.NDO_XMIT_SG);
        assertThat(xdp.isNative()).isTrue();
        assertThat(xdp.isZeroCopy()).isFalse();
        assertThat(facts("lo").xdp().orElseThrow().isNative()).isFalse();
    }

    @Test
    void shouldFollowOffloadsThatAreSwitched() {
        assertThat(facts("fpa").offloads().txChecksum()).isTrue();
        assertThat(facts("fpa").offloads().tso()).isTrue();
        assertThat(facts("fpa").offloads().gro()).isFalse();

        namespace.exec("ethtool -K fpa tx off gro on txvlan off");

        final Offloads offloads = facts("fpa").offloads();
        assertThat(offloads.txChecksum()).isFalse();
        assertThat(offloads.tso()).as("needs checksums").isFalse();
        assertThat(offloads.gro()).isTrue();
        assertThat(offloads.gso()).isTrue();
        assertThat(offloads.rxChecksum()).isTrue();
        assertThat(offloads.txVlan()).isFalse();
        assertThat(offloads.rxVlan()).isTrue();
        assertThat(offloads.lro()).isFalse();
        assertThat(offloads.byName().get("tx-checksum-ip-generic")).isEqualTo(new Offload(false, false, true));
        assertThat(offloads.byName().get("rx-lro")).isEqualTo(new Offload(false, false, false));
        assertThat(offloads.byName().get("tx-tcp-segmentation")).isEqualTo(new Offload(false, true, true));
        assertThat(offloads.isActive("no-such-offload")).isFalse();
        assertThat(offloads.byName()).hasSizeGreaterThan(30);
    }

    @Test
    void shouldFollowStateAndMtu() {
        assertThat(facts("fpa").link().operState()).isEqualTo(OperState.DOWN);
        namespace.ip("link set fpa up mtu 1300");
        assertThat(facts("fpa").link().isUp()).isTrue();
        assertThat(facts("fpa").link().isUsable()).as("peer is down").isFalse();
        assertThat(facts("fpa").mtu()).isEqualTo(1300);
    }

    @Test
    void shouldKnowABridgeAndItsPort() {
        namespace.ip("link add fpbr type bridge");
        namespace.ip("link set fpa master fpbr");

        final InterfaceFacts port = facts("fpa");
        final InterfaceFacts bridge = facts("fpbr");

        assertThat(port.masterIfindex()).hasValue(bridge.ifindex());
        assertThat(port.link().masterKind()).isEqualTo("bridge");
        assertThat(bridge.driver().name()).isEqualTo("bridge");
        assertThat(bridge.link().kind()).isEqualTo("bridge");
        assertThat(bridge.queues())
                .as("the bridge has no ethtool channels, and /sys shows another namespace")
                .isEqualTo(new QueueCounts(1, 1, 0, 0, QueueCounts.Source.LINK));
        assertThat(bridge.rings()).isEmpty();
    }

    @Test
    void shouldKnowLoopbackAndListAll() {
        final InterfaceFacts lo = facts("lo");
        assertThat(lo.link().isLoopback()).isTrue();
        assertThat(lo.queues().rxTotal()).isEqualTo(1);
        assertThat(lo.driver().name()).isEmpty();
        assertThat(lo.vethPeerIfindex()).isEmpty();
        try (NetworkNamespace visit = namespace.enter()) {
            assertThat(visit.name()).isNotEmpty();
            assertThat(InterfaceFacts.links()).extracting(Link::name).contains("lo", "fpa", "fpb");
        }
    }

    @Test
    void shouldCountQueuesInSysfsWhereItShowsThisNamespace() {
        final InterfaceFacts lo = InterfaceFacts.of("lo");
        assertThat(lo.queues()).isEqualTo(new QueueCounts(1, 1, 0, 0, QueueCounts.Source.SYSFS));
        assertThat(MacAddress.format(lo.mac())).isEqualTo("00:00:00:00:00:00");
    }

    @Test
    void shouldSayWhichInterfaceIsMissingAndWhichAreThere() {
        for (final String missing : new String[] {"fpx", "", "much-too-long-for-a-name"}) {
            assertThatThrownBy(() -> facts(missing))
                    .isInstanceOf(NoSuchInterfaceException.class)
                    .hasMessageStartingWith("no interface \"" + missing + "\"")
                    .hasMessageContaining("fpa, fpb, ")
                    .hasMessageContaining("lo")
                    .hasMessageNotContaining("\n");
        }
    }

    @Test
    void shouldTellWhoHoldsXdp() {
        final AtomicReference<XdpAttachment> seen = new AtomicReference<>();
        try (XdpHolder holder = XdpHolder.load()) {
            for (final XdpAttachment.Mode mode :
                    new XdpAttachment.Mode[] {XdpAttachment.Mode.NATIVE, XdpAttachment.Mode.GENERIC}) {
                try (NetworkNamespace visit = namespace.enter()) {
                    assertThat(visit.name()).isNotEmpty();
                    final int ifindex = InterfaceFacts.of("fpa").ifindex();
                    holder.attach(ifindex, mode);
                    seen.set(InterfaceFacts.of("fpa").link().xdp());
                    holder.detach(ifindex, mode);
                    assertThat(InterfaceFacts.of("fpa").link().xdp()).isEqualTo(XdpAttachment.NONE);
                }
                assertThat(seen.get().mode()).isEqualTo(mode);
                assertThat(seen.get().programId()).isPositive();
            }
        }
    }

    private InterfaceFacts facts(final String name) {
        try (NetworkNamespace visit = namespace.enter()) {
            assertThat(visit.name()).isNotEmpty();
            return InterfaceFacts.of(name);
        }
    }
}

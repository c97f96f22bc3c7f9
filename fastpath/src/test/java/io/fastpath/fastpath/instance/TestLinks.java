package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.OperState;
import java.util.Optional;

/** Links as the kernel tells them, for tests. */
final class TestLinks {
    static final int IFINDEX = 7;
    private static final int IFF_UP = 0x1;
    private static final int IFF_LOWER_UP = 0x10000;

    private TestLinks() {}

    static Link up(final int mtu) {
        return link(IFF_UP | IFF_LOWER_UP, mtu, OperState.UP);
    }

    static Link withoutCarrier() {
        return link(IFF_UP, 1500, OperState.LOWER_LAYER_DOWN);
    }

    static Link down() {
        return link(IFF_LOWER_UP, 1500, OperState.DOWN);
    }

    private static Link link(final int flags, final int mtu, final OperState state) {
        return new Link(
                IFINDEX,
                "eth1",
                flags,
                1,
                0x020000000001L,
                mtu,
                state,
                1,
                1,
                0,
                "",
                0,
                false,
                "veth",
                Optional.empty(),
                null);
    }
}

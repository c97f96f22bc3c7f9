package io.fastpath.afxdpnative.bpf;

/** Where on the receive path an XDP program runs. Source: {@code XDP_FLAGS_*} in {@code include/uapi/linux/if_link.h}. */
public enum XdpMode {
    /** In the kernel's stack, on a socket buffer ({@code xdpgeneric}): any driver, slow. */
    GENERIC(1 << 1),
    /** In the driver, before a socket buffer exists ({@code xdpdrv}). */
    NATIVE(1 << 2),
    /** On the card ({@code xdpoffload}); reported if found, never used by fastpath. */
    OFFLOAD(1 << 3);

    private final int flag;

    XdpMode(final int flag) {
        this.flag = flag;
    }

    /** {@return the attach flag} */
    int flag() {
        return flag;
    }
}

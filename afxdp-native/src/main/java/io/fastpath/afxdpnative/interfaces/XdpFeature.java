package io.fastpath.afxdpnative.interfaces;

/** What a driver's XDP can do. Source: {@code linux/netdev.h}, {@code enum netdev_xdp_act}; bit = ordinal. */
public enum XdpFeature {
    /** Run programs, pass, drop, abort, transmit back. */
    BASIC,
    /** Redirect to other interfaces, CPUs, AF_XDP sockets. */
    REDIRECT,
    /** Be the target of a redirect. */
    NDO_XMIT,
    /** AF_XDP in zero-copy mode. */
    XSK_ZEROCOPY,
    /** Run programs in the NIC. */
    HW_OFFLOAD,
    /** Receive frames of several buffers. */
    RX_SG,
    /** Be the target of a redirect of frames of several buffers. */
    NDO_XMIT_SG
}

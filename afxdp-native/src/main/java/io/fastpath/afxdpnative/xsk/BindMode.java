package io.fastpath.afxdpnative.xsk;

/** Who moves a packet between the card's memory and the UMEM. */
public enum BindMode {
    /** Zero-copy if driver and queues can, else copy; {@link XskGroup#downgrade()} tells. */
    AUTO,
    /** The card writes into the UMEM itself; needs native XDP and a driver that can. */
    ZEROCOPY,
    /** The kernel copies; any driver. With XDP attached in generic mode this is the only one that works. */
    COPY
}

package io.fastpath.afxdpnative.xsk;

/**
 * Numbers and struct layouts of the AF_XDP socket interface. Source: {@code include/uapi/linux/if_xdp.h}; {@code AF_XDP}
 * and {@code SOL_XDP} from {@code include/linux/socket.h}.
 *
 * <pre>
 *   struct sockaddr_xdp        struct xdp_umem_reg          struct xdp_mmap_offsets
 *   0  u16 family              0  u64 addr                    0  rx    struct xdp_ring_offset
 *   2  u16 flags               8  u64 len                    32  tx    0  u64 producer
 *   4  u32 ifindex            16  u32 chunk_size             64  fill  8  u64 consumer
 *   8  u32 queue_id           20  u32 headroom               96  comp 16  u64 desc
 *  12  u32 shared_umem_fd     24  u32 flags                 128       24  u64 flags
 *  16                         28  u32 tx_metadata_len       (bytes from the mapping's start)
 * </pre>
 */
final class XdpSocketOption {
    static final int AF_XDP = 44;
    static final int SOL_XDP = 283;

    static final int XDP_MMAP_OFFSETS = 1;
    static final int XDP_RX_RING = 2;
    static final int XDP_TX_RING = 3;
    static final int XDP_UMEM_REG = 4;
    static final int XDP_UMEM_FILL_RING = 5;
    static final int XDP_UMEM_COMPLETION_RING = 6;
    static final int XDP_STATISTICS = 7;
    static final int XDP_OPTIONS = 8;

    /** Linux 6.17: packets that one send call may take in copy mode; 32 without it. */
    static final int XDP_MAX_TX_SKB_BUDGET = 9;

    static final int XDP_SHARED_UMEM = 1;
    static final int XDP_COPY = 1 << 1;
    static final int XDP_ZEROCOPY = 1 << 2;
    static final int XDP_USE_NEED_WAKEUP = 1 << 3;

    static final int XDP_OPTIONS_ZEROCOPY = 1;

    static final long XDP_PGOFF_RX_RING = 0;
    static final long XDP_PGOFF_TX_RING = 0x80000000L;
    static final long XDP_UMEM_PGOFF_FILL_RING = 0x100000000L;
    static final long XDP_UMEM_PGOFF_COMPLETION_RING = 0x180000000L;

    static final int SOCKADDR_LENGTH = 16;
    static final int SOCKADDR_FAMILY_OFFSET = 0;
    static final int SOCKADDR_FLAGS_OFFSET = 2;
    static final int SOCKADDR_IFINDEX_OFFSET = 4;
    static final int SOCKADDR_QUEUE_OFFSET = 8;
    static final int SOCKADDR_SHARED_FD_OFFSET = 12;

    /** The whole struct of today; kernels before 6.8 take its last word, which stays 0, for padding. */
    static final int UMEM_REG_LENGTH = 32;

    static final int UMEM_REG_ADDRESS_OFFSET = 0;
    static final int UMEM_REG_SPAN_OFFSET = 8;
    static final int UMEM_REG_CHUNK_OFFSET = 16;
    static final int UMEM_REG_HEADROOM_OFFSET = 20;

    static final int RING_OFFSET_LENGTH = 32;
    static final int RING_PRODUCER_OFFSET = 0;
    static final int RING_CONSUMER_OFFSET = 8;
    static final int RING_ENTRIES_OFFSET = 16;
    static final int RING_FLAGS_OFFSET = 24;

    static final int MMAP_OFFSETS_LENGTH = 4 * RING_OFFSET_LENGTH;
    static final int MMAP_RX_OFFSET = 0;
    static final int MMAP_TX_OFFSET = MMAP_RX_OFFSET + RING_OFFSET_LENGTH;
    static final int MMAP_FILL_OFFSET = MMAP_TX_OFFSET + RING_OFFSET_LENGTH;
    static final int MMAP_COMPLETION_OFFSET = MMAP_FILL_OFFSET + RING_OFFSET_LENGTH;

    static final int STATISTICS_LENGTH = 48;

    private XdpSocketOption() {}
}

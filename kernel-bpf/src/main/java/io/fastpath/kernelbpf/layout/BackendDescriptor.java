package io.fastpath.kernelbpf.layout;

/**
 * One backend of one service, by its index. Address and port never change while the index is in use: flows are
 * compared with them. C twin: {@code struct fp_backend}.
 *
 * <pre>
 *   0         4         8         12        16
 *  +---------+---------+----+----+----+----+
 *  | state   |wght|load|srvc|nhop|port|with|   service index u16, next hop index u16, port u16 network order, withheld u16
 *  +---------+---------+----+----+----+----+
 *  | address                               |
 *  +---------------------------------------+
 * </pre>
 *
 * Writer: the control thread; {@code state} last (release) when a backend appears.
 */
public final class BackendDescriptor {
    /** Bytes of a record. */
    public static final int LENGTH = 32;

    /** u32: one of the STATE constants. */
    public static final int STATE_OFFSET = 0;

    /** u16: as configured. */
    public static final int WEIGHT_OFFSET = 4;

    /** u16: the more open flows by weight, the higher, on a scale of its own; told some times a second. */
    public static final int LOAD_OFFSET = 6;

    /** u16: the service it belongs to. */
    public static final int SERVICE_INDEX_OFFSET = 8;

    /** u16: its next hop; 0 = not resolved. */
    public static final int NEXT_HOP_INDEX_OFFSET = 10;

    /** u16, network order. */
    public static final int PORT_BE_OFFSET = 12;

    /** u16: thousandths of the weight that don't count for now. */
    public static final int WITHHELD_OFFSET = 14;

    /** 16 bytes. */
    public static final int ADDRESS_OFFSET = 16;

    /** Not in use. */
    public static final int STATE_FREE = 0;

    /** Takes new flows, if its weight is above 0. */
    public static final int STATE_UP = 1;

    /** No longer configured; live flows may still point at it. */
    public static final int STATE_RETIRED = 2;

    /** Withheld from a backend that the configuration drains. */
    public static final int WITHHELD_ALL = 1000;

    /** Withheld from a backend that a command drains; the configuration doesn't end that. */
    public static final int WITHHELD_BY_COMMAND = 1001;

    private BackendDescriptor() {}

    /**
     * Offset of a record.
     *
     * @param backendIndex from 0
     * @return bytes from the table's start
     */
    public static long recordOffset(final int backendIndex) {
        return (long) backendIndex * LENGTH;
    }
}

package io.fastpath.fastpath.capture;

/**
 * The pcap format (draft-ietf-opsawg-pcap), in the byte order of whoever wrote it.
 *
 * <pre>
 *   0         4         8                   16        20        24
 *  +---------+---------+---------+---------+---------+---------+
 *  | magic   | version | 0       | 0       | snap    | link    |   file header
 *  +---------+---------+---------+---------+---------+---------+
 *  | seconds | fraction| captured| on wire | frame ...           record: 16 bytes, then `captured` bytes
 *  +---------+---------+---------+---------+
 * </pre>
 */
final class PcapFormat {
    static final int MAGIC_MICROSECONDS = 0xa1b2c3d4;
    static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    static final int FILE_HEADER_LENGTH = 24;
    static final int RECORD_HEADER_LENGTH = 16;

    private PcapFormat() {}
}

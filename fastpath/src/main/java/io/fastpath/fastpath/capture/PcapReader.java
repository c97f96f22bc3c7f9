package io.fastpath.fastpath.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/** A pcap file: a header of 24 bytes, then records of 16 bytes and the frame. */
final class PcapReader extends CaptureReader {
    private static final int HEADER_REST_LENGTH = PcapFormat.FILE_HEADER_LENGTH - Integer.BYTES;
    private static final int MAJOR_VERSION = 2;
    private static final int LINK_TYPE_MASK = 0xffff; // above it: the length of frame check sequences

    private final ByteOrder order;
    private final long unitNs;
    private final long unitsPerSecond;

    /** Reads the rest of the header. */
    PcapReader(final CaptureInput input, final ByteOrder order, final boolean isNanoseconds) {
        super(input);
        this.order = order;
        unitNs = isNanoseconds ? 1 : TimeUnit.MICROSECONDS.toNanos(1);
        unitsPerSecond = TimeUnit.SECONDS.toNanos(1) / unitNs;
        final ByteBuffer header = input.read(HEADER_REST_LENGTH);
        if (header == null) {
            throw input.failure("is no capture: it ends inside the file header, after " + input.position() + " bytes");
        }
        header.order(order);
        final int major = header.getShort() & 0xffff;
        if (major != MAJOR_VERSION) {
            throw failure("pcap version " + major + " is not known (2 is)");
        }
        requireEthernet(header.getInt(HEADER_REST_LENGTH - Integer.BYTES) & LINK_TYPE_MASK);
    }

    /** The byte order of a file that begins like this, read big-endian; null if it is no pcap file. */
    static ByteOrder orderOf(final int magic) {
        if (magic == PcapFormat.MAGIC_MICROSECONDS || magic == PcapFormat.MAGIC_NANOSECONDS) {
            return ByteOrder.BIG_ENDIAN;
        }
        final int turned = Integer.reverseBytes(magic);
        return turned == PcapFormat.MAGIC_MICROSECONDS || turned == PcapFormat.MAGIC_NANOSECONDS
                ? ByteOrder.LITTLE_ENDIAN
                : null;
    }

    static boolean isNanoseconds(final int magic, final ByteOrder order) {
        return (order == ByteOrder.BIG_ENDIAN ? magic : Integer.reverseBytes(magic)) == PcapFormat.MAGIC_NANOSECONDS;
    }

    @Override
    public CapturedFrame next() {
        final long start = input.position();
        final ByteBuffer header = input.read(PcapFormat.RECORD_HEADER_LENGTH);
        if (header == null) {
            return input.position() == start ? null : endTruncated();
        }
        header.order(order);
        final long seconds = header.getInt() & 0xffff_ffffL;
        final long fraction = header.getInt() & 0xffff_ffffL;
        if (fraction >= unitsPerSecond) {
            throw failure("a time with " + fraction + " of " + unitsPerSecond
                    + " parts of a second can't be: the file is" + " damaged");
        }
        final int length = checkedLength(header.getInt() & 0xffff_ffffL);
        final int originalLength = header.getInt();
        final ByteBuffer bytes = input.read(length);
        return bytes == null
                ? endTruncated()
                : frame(TimeUnit.SECONDS.toNanos(seconds) + fraction * unitNs, bytes.array(), originalLength);
    }
}

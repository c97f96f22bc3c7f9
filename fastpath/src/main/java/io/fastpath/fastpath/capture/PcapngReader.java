package io.fastpath.fastpath.capture;

import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A pcapng file: blocks, each with its length in front and behind; sections that have a byte order of their own;
 * interfaces that have a resolution of time of their own. Frames of all interfaces of a file come out alike.
 */
final class PcapngReader extends CaptureReader {
    /** The type of the first block of a section; it reads the same in both byte orders. */
    static final int SECTION_HEADER = 0x0a0d0d0a;

    private static final int INTERFACE_DESCRIPTION = 1;
    private static final int OBSOLETE_PACKET = 2;
    private static final int SIMPLE_PACKET = 3;
    private static final int ENHANCED_PACKET = 6;

    private static final int BYTE_ORDER_MAGIC = 0x1a2b3c4d;
    private static final int FRAMING_LENGTH = 12; // type, length, length
    private static final int PACKET_HEADER_LENGTH = 20;

    /** A frame, its header, and options; libpcap's own limit for a block. */
    private static final int BLOCK_LIMIT = 16 << 20;

    /** Interfaces of a section: more than a machine has, and bounded memory for a hostile file. */
    private static final int INTERFACE_LIMIT = 4096;

    private static final int OPTION_END = 0;
    private static final int OPTION_TIME_RESOLUTION = 9;
    private static final int OPTION_TIME_OFFSET = 14;
    private static final int MICROSECONDS_RESOLUTION = 6;
    private static final BigInteger SECOND_NS = BigInteger.valueOf(TimeUnit.SECONDS.toNanos(1));

    /** How an interface counts time: so many units in a second, from so many seconds after 1970. */
    private record Interface(int linkType, long snapLength, BigInteger unitsPerSecond, long offsetSeconds) {}

    private final List<Interface> interfaces = new ArrayList<>();
    private ByteOrder order;
    private long lastTimeNs;

    /** The first block's type has been read. */
    PcapngReader(final CaptureInput input) {
        super(input);
        if (!section()) {
            throw input.failure("is no capture: it ends inside its first block, after " + input.position() + " bytes");
        }
    }

    @Override
    public CapturedFrame next() {
        while (true) {
            final long start = input.position();
            final ByteBuffer type = input.read(Integer.BYTES);
            if (type == null) {
                return input.position() == start ? null : endTruncated();
            }
            final int code = type.order(order).getInt();
            if (code == SECTION_HEADER) {
                if (!section()) {
                    return endTruncated();
                }
                continue;
            }
            final long length = length();
            if (length < 0) {
                return endTruncated();
            }
            if (!isRead(code)) {
                if (!input.skip(length - FRAMING_LENGTH) || !isClosed(length)) {
                    return endTruncated();
                }
                continue;
            }
            final ByteBuffer body = body(length);
            if (body == null) {
                return endTruncated();
            }
            if (code == INTERFACE_DESCRIPTION) {
                describe(body);
                continue;
            }
            return code == SIMPLE_PACKET ? simple(body) : enhanced(body, code == OBSOLETE_PACKET);
        }
    }

    private static boolean isRead(final int code) {
        return code == INTERFACE_DESCRIPTION
                || code == OBSOLETE_PACKET
                || code == SIMPLE_PACKET
                || code == ENHANCED_PACKET;
    }

    /** Begins a section, whose header's type has been read; false if the file ends within. */
    private boolean section() {
        final ByteBuffer start = input.read(2 * Integer.BYTES);
        if (start == null) {
            return false;
        }
        order = start.getInt(Integer.BYTES) == BYTE_ORDER_MAGIC ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        start.order(order);
        if (start.getInt(Integer.BYTES) != BYTE_ORDER_MAGIC) {
            throw failure("a section without the mark of its byte order: no pcapng, or damaged");
        }
        final long length = checkedBlock(start.getInt(0) & 0xffff_ffffL);
        interfaces.clear();
        final int readLength = FRAMING_LENGTH + Integer.BYTES;
        if (length < readLength) {
            throw failure("a section header of " + length + " bytes can't be: the file is damaged");
        }
        return input.skip(length - readLength) && isClosed(length);
    }

    /** The length in a block's front; negative if the file ends within. */
    private long length() {
        final ByteBuffer bytes = input.read(Integer.BYTES);
        return bytes == null ? -1 : checkedBlock(bytes.order(order).getInt() & 0xffff_ffffL);
    }

    private long checkedBlock(final long length) {
        if (length < FRAMING_LENGTH || length % Integer.BYTES != 0) {
            throw failure("a block of " + length + " bytes can't be: the file is damaged");
        }
        return length;
    }

    private ByteBuffer body(final long length) {
        if (length > BLOCK_LIMIT) {
            throw failure("a block of " + length + " bytes is too long (at most " + BLOCK_LIMIT + ")");
        }
        final ByteBuffer body = input.read((int) length - FRAMING_LENGTH);
        return body == null || !isClosed(length) ? null : body.order(order);
    }

    /** The length stands behind the block again; false if the file ends before. */
    private boolean isClosed(final long length) {
        final ByteBuffer bytes = input.read(Integer.BYTES);
        if (bytes == null) {
            return false;
        }
        final long again = bytes.order(order).getInt() & 0xffff_ffffL;
        if (again != length) {
            throw failure("a block of " + length + " bytes ends as one of " + again + ": the file is damaged");
        }
        return true;
    }

    private void describe(final ByteBuffer body) {
        if (body.remaining() < 2 * Integer.BYTES) {
            throw failure("an interface without a link type: the file is damaged");
        }
        if (interfaces.size() == INTERFACE_LIMIT) {
            throw failure("more than " + INTERFACE_LIMIT + " interfaces in a section");
        }
        final int linkType = body.getShort() & 0xffff;
        body.getShort();
        final long snapLength = body.getInt() & 0xffff_ffffL;
        int resolution = MICROSECONDS_RESOLUTION;
        long offsetSeconds = 0;
        while (body.remaining() >= Integer.BYTES) {
            final int option = body.getShort() & 0xffff;
            final int length = body.getShort() & 0xffff;
            if (option == OPTION_END || length > body.remaining()) {
                break;
            }
            if (option == OPTION_TIME_RESOLUTION && length >= 1) {
                resolution = body.get(body.position()) & 0xff;
            } else if (option == OPTION_TIME_OFFSET && length >= Long.BYTES) {
                offsetSeconds = body.getLong(body.position());
            }
            body.position(Math.min(body.limit(), body.position() + (length + 3) / 4 * 4));
        }
        interfaces.add(new Interface(linkType, snapLength, unitsPerSecond(resolution), offsetSeconds));
    }

    /** The uppermost bit says that the rest is a power of two, not of ten. */
    private static BigInteger unitsPerSecond(final int resolution) {
        final int exponent = resolution & 0x7f;
        return (resolution & 0x80) == 0 ? BigInteger.TEN.pow(exponent) : BigInteger.TWO.pow(exponent);
    }

    private CapturedFrame enhanced(final ByteBuffer body, final boolean isObsolete) {
        if (body.remaining() < PACKET_HEADER_LENGTH) {
            throw failure("a packet block without a whole header: the file is damaged");
        }
        final int word = body.getInt();
        final Interface from = interfaceOf(isObsolete ? shortOf(body, word) : word);
        final long high = body.getInt() & 0xffff_ffffL;
        final long units = high << Integer.SIZE | body.getInt() & 0xffff_ffffL;
        final long capturedLength = body.getInt() & 0xffff_ffffL;
        final int originalLength = body.getInt();
        lastTimeNs = timeNs(from, units);
        return frame(lastTimeNs, bytes(body, capturedLength), originalLength);
    }

    /** The obsolete block has the interface in the first two bytes, then a count of drops. */
    private int shortOf(final ByteBuffer body, final int word) {
        return (order == ByteOrder.BIG_ENDIAN ? word >>> Short.SIZE : word) & 0xffff;
    }

    /** Has no time: it counts as that of the frame before. */
    private CapturedFrame simple(final ByteBuffer body) {
        if (body.remaining() < Integer.BYTES) {
            throw failure("a simple packet block without a length: the file is damaged");
        }
        final Interface from = interfaceOf(0);
        final long originalLength = body.getInt() & 0xffff_ffffL;
        final long snapLength = from.snapLength == 0 ? originalLength : Math.min(from.snapLength, originalLength);
        return frame(lastTimeNs, bytes(body, snapLength), originalLength);
    }

    private byte[] bytes(final ByteBuffer body, final long capturedLength) {
        final int length = checkedLength(capturedLength);
        if (length > body.remaining()) {
            throw failure("a frame of " + length + " bytes in a block with room for " + body.remaining()
                    + ": the file is damaged");
        }
        final byte[] bytes = new byte[length];
        body.get(bytes);
        return bytes;
    }

    private Interface interfaceOf(final int index) {
        if (index < 0 || index >= interfaces.size()) {
            throw failure("a packet of interface " + Integer.toUnsignedString(index)
                    + ", of which the section tells only " + interfaces.size());
        }
        final Interface found = interfaces.get(index);
        requireEthernet(found.linkType);
        return found;
    }

    private long timeNs(final Interface from, final long units) {
        final BigInteger unsigned = new BigInteger(Long.toUnsignedString(units));
        final BigInteger timeNs = unsigned.multiply(SECOND_NS)
                .divide(from.unitsPerSecond)
                .add(BigInteger.valueOf(from.offsetSeconds).multiply(SECOND_NS));
        if (timeNs.signum() < 0 || timeNs.bitLength() >= Long.SIZE) {
            throw failure("a time beyond the year 2262 or before 1970");
        }
        return timeNs.longValue();
    }
}

package io.fastpath.fastpath.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Builds captures byte by byte, from the drafts and not from the code. */
public final class CaptureBytes {
    private final ByteBuffer bytes;

    public CaptureBytes(final ByteOrder order) {
        bytes = ByteBuffer.allocate(1 << 16).order(order);
    }

    /** The file header of pcap. */
    public CaptureBytes pcap(final int magic, final int linkType) {
        bytes.putInt(magic).putShort((short) 2).putShort((short) 4).putLong(0).putInt(65_535);
        bytes.putInt(linkType);
        return this;
    }

    public CaptureBytes record(final long seconds, final int fraction, final byte[] frame, final int originalLength) {
        bytes.putInt((int) seconds).putInt(fraction).putInt(frame.length).putInt(originalLength);
        bytes.put(frame);
        return this;
    }

    /** The header of a section of pcapng. */
    public CaptureBytes section() {
        bytes.putInt(0x0a0d0d0a)
                .putInt(28)
                .putInt(0x1a2b3c4d)
                .putShort((short) 1)
                .putShort((short) 0);
        bytes.putLong(-1).putInt(28);
        return this;
    }

    /** An interface; without options if the resolution is negative. */
    public CaptureBytes description(final int linkType, final int snapLength, final int resolution) {
        final int length = resolution < 0 ? 20 : 32;
        bytes.putInt(1).putInt(length).putShort((short) linkType).putShort((short) 0);
        bytes.putInt(snapLength);
        if (resolution >= 0) {
            bytes.putShort((short) 9).putShort((short) 1).put((byte) resolution).put(new byte[3]);
            bytes.putInt(0);
        }
        bytes.putInt(length);
        return this;
    }

    public CaptureBytes enhanced(
            final int interfaceId, final long units, final byte[] frame, final int originalLength) {
        final int padded = (frame.length + 3) / 4 * 4;
        bytes.putInt(6).putInt(32 + padded).putInt(interfaceId);
        bytes.putInt((int) (units >>> 32)).putInt((int) units);
        bytes.putInt(frame.length).putInt(originalLength).put(frame).put(new byte[padded - frame.length]);
        bytes.putInt(32 + padded);
        return this;
    }

    public CaptureBytes simple(final byte[] frame, final int originalLength) {
        final int padded = (frame.length + 3) / 4 * 4;
        bytes.putInt(3).putInt(16 + padded).putInt(originalLength).put(frame);
        bytes.put(new byte[padded - frame.length]).putInt(16 + padded);
        return this;
    }

    /** A block of another type. */
    public CaptureBytes block(final int type, final int bodyLength) {
        bytes.putInt(type).putInt(12 + bodyLength).put(new byte[bodyLength]).putInt(12 + bodyLength);
        return this;
    }

    public CaptureBytes word(final int word) {
        bytes.putInt(word);
        return this;
    }

    public byte[] toBytes() {
        final byte[] whole = new byte[bytes.position()];
        bytes.get(0, whole);
        return whole;
    }
}

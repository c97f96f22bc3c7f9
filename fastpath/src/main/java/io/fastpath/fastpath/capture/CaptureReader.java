package io.fastpath.fastpath.capture;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * Reads the frames of a capture one after the other: pcap (draft-ietf-opsawg-pcap) with micro- or nanoseconds, or pcapng
 * (draft-ietf-opsawg-pcapng), in either byte order, of Ethernet. It holds one frame at a time. One thread.
 *
 * <p>A file that ends in the middle of a record, as one does whose writer was killed, ends before that record:
 * {@link #isTruncated()} says so. A record that can't be is a {@link CaptureException}.
 */
public abstract class CaptureReader implements AutoCloseable {
    /** No capturing program keeps more of a frame (MAXIMUM_SNAPLEN of libpcap). */
    static final int FRAME_LIMIT = 262_144;

    static final int LINK_TYPE_ETHERNET = 1;

    private static final int GZIP_MAGIC = 0x1f8b;
    private static final int ZSTD_MAGIC = 0x28b52ffd;
    private static final int MAGIC_LENGTH = 4;

    /** The file. */
    final CaptureInput input;

    private boolean truncated;

    CaptureReader(final CaptureInput input) {
        this.input = input;
    }

    /**
     * Opens a file and reads its beginning.
     *
     * @param file to read
     * @return a reader; the caller closes it
     * @throws CaptureException if it is no capture that is understood
     * @throws java.io.UncheckedIOException if it can't be read
     */
    public static CaptureReader open(final Path file) {
        final CaptureInput input = CaptureInput.open(file);
        try {
            return of(input);
        } catch (final RuntimeException failure) {
            input.close();
            throw failure;
        }
    }

    private static CaptureReader of(final CaptureInput input) {
        final ByteBuffer magicBytes = input.read(MAGIC_LENGTH);
        if (magicBytes == null) {
            throw input.failure("is no capture: it has only " + input.position() + " bytes");
        }
        final int magic = magicBytes.order(ByteOrder.BIG_ENDIAN).getInt();
        if (magic == PcapngReader.SECTION_HEADER) {
            return new PcapngReader(input);
        }
        final ByteOrder order = PcapReader.orderOf(magic);
        if (order != null) {
            return new PcapReader(input, order, PcapReader.isNanoseconds(magic, order));
        }
        if (magic >>> Short.SIZE == GZIP_MAGIC || magic == ZSTD_MAGIC) {
            throw input.failure("is compressed: unpack it first");
        }
        throw input.failure("is no capture: it begins with 0x%08x, which is neither pcap nor pcapng".formatted(magic));
    }

    /**
     * The next frame.
     *
     * @return the frame, or null at the end
     * @throws CaptureException if the next record can't be one
     * @throws java.io.UncheckedIOException if the file can't be read
     */
    public abstract CapturedFrame next();

    /** {@return whether the file ended in the middle of a record; asked after the last frame} */
    public final boolean isTruncated() {
        return truncated;
    }

    /** {@return the file's name, as it was given} */
    public final String name() {
        return input.name();
    }

    @Override
    public final void close() {
        input.close();
    }

    /** Notes that the file ends too early. */
    final CapturedFrame endTruncated() {
        truncated = true;
        return null;
    }

    final CaptureException failure(final String text) {
        return input.failure("at byte " + input.position() + ": " + text);
    }

    final int checkedLength(final long capturedLength) {
        if (capturedLength < 0 || capturedLength > FRAME_LIMIT) {
            throw failure("a frame of " + capturedLength + " captured bytes can't be (at most " + FRAME_LIMIT
                    + "): the file is damaged");
        }
        return (int) capturedLength;
    }

    /** A length on the wire below what was captured is no length; some writers put 0 there. */
    final CapturedFrame frame(final long timeNs, final byte[] bytes, final long originalLength) {
        return new CapturedFrame(
                timeNs, bytes, (int) Math.max(bytes.length, Math.min(originalLength & 0xffff_ffffL, FRAME_LIMIT)));
    }

    final void requireEthernet(final int linkType) {
        if (linkType != LINK_TYPE_ETHERNET) {
            throw failure(
                    "link type " + linkType + " is not Ethernet (1): capture on the interface itself, not on \"any\"");
        }
    }
}

package io.fastpath.fastpath.capture;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;

/**
 * Writes frames as a capture: pcap with nanoseconds (draft-ietf-opsawg-pcap), a file header of 24 bytes, then per frame
 * one of 16 and its bytes, in this machine's order. One thread.
 */
public final class CaptureWriter implements AutoCloseable {
    private static final int VERSION = 2 | 4 << Short.SIZE; // 2.4, of a machine that stores the low half first
    private static final int VERSION_BIG_ENDIAN = 2 << Short.SIZE | 4;
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final OutputStream stream;

    /**
     * Begins a capture.
     *
     * @param stream to write to; closed with this
     * @throws IOException if that fails
     */
    public CaptureWriter(final OutputStream stream) throws IOException {
        this.stream = new BufferedOutputStream(stream);
        final ByteBuffer header = buffer(PcapFormat.FILE_HEADER_LENGTH);
        header.putInt(PcapFormat.MAGIC_NANOSECONDS)
                .putInt(header.order() == ByteOrder.LITTLE_ENDIAN ? VERSION : VERSION_BIG_ENDIAN)
                .putLong(0)
                .putInt(CaptureReader.FRAME_LIMIT)
                .putInt(CaptureReader.LINK_TYPE_ETHERNET);
        this.stream.write(header.array());
    }

    /**
     * Writes a whole frame.
     *
     * @param timeNs since 1970
     * @param frame from its Ethernet header on
     * @throws IOException if that fails
     */
    public void write(final long timeNs, final byte[] frame) throws IOException {
        write(timeNs, frame, frame.length);
    }

    /**
     * Writes the beginning of a frame.
     *
     * @param timeNs since 1970
     * @param frame from its Ethernet header on
     * @param capturedLength how much of it to write
     * @throws IOException if that fails
     */
    public void write(final long timeNs, final byte[] frame, final int capturedLength) throws IOException {
        final ByteBuffer header = buffer(PcapFormat.RECORD_HEADER_LENGTH);
        header.putInt((int) (timeNs / SECOND_NS)).putInt((int) (timeNs % SECOND_NS));
        header.putInt(capturedLength).putInt(frame.length);
        stream.write(header.array());
        stream.write(frame, 0, capturedLength);
    }

    @Override
    public void close() throws IOException {
        stream.close();
    }

    private static ByteBuffer buffer(final int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.nativeOrder());
    }
}

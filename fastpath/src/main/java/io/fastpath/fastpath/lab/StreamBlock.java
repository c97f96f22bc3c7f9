package io.fastpath.fastpath.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * A block of a stream: which stream it is of, its number in it, and a checksum over all of that and the payload, so that
 * a lost, doubled, swapped or changed byte shows. Big-endian.
 *
 * <pre>
 *   0        8          12       16     20
 *   +--------+----------+--------+------+---------+
 *   | number | streamId | length | CRC  | payload |    length counts the whole block
 *   +--------+----------+--------+------+---------+
 * </pre>
 *
 * CRC-32C of bytes 0 to 15 and of the payload (RFC 3720, appendix B.4). Pure; any thread.
 */
final class StreamBlock {
    static final int HEADER_LENGTH = 20;

    private static final int STREAM_OFFSET = 8;
    private static final int LENGTH_OFFSET = 12;
    private static final int CHECKSUM_OFFSET = 16;

    private StreamBlock() {}

    /**
     * Fills a buffer, all of it, with a block.
     *
     * @param block its capacity is the block's length
     * @param streamId the stream
     * @param number of the block in it, from 0
     */
    static void fill(final ByteBuffer block, final int streamId, final long number) {
        block.clear().order(ByteOrder.BIG_ENDIAN);
        block.putLong(0, number);
        block.putInt(STREAM_OFFSET, streamId);
        block.putInt(LENGTH_OFFSET, block.capacity());
        for (int i = HEADER_LENGTH; i < block.capacity(); i++) {
            block.put(i, (byte) (number * 7 + streamId * 13L + i * 31L));
        }
        block.putInt(CHECKSUM_OFFSET, checksum(block));
    }

    /**
     * Checks a block.
     *
     * @param block its capacity is the length to expect
     * @param streamId the stream to expect
     * @param number to expect
     * @return what is wrong with it; null if nothing is
     */
    static String fault(final ByteBuffer block, final int streamId, final long number) {
        if (block.getLong(0) != number) {
            return "block " + block.getLong(0) + " instead of " + number;
        }
        if (block.getInt(STREAM_OFFSET) != streamId) {
            return "a block of stream " + block.getInt(STREAM_OFFSET) + " instead of " + streamId;
        }
        if (block.getInt(LENGTH_OFFSET) != block.capacity() || block.getInt(CHECKSUM_OFFSET) != checksum(block)) {
            return "a wrong checksum in block " + number;
        }
        return null;
    }

    private static int checksum(final ByteBuffer block) {
        final CRC32C crc = new CRC32C();
        crc.update(block.duplicate().position(0).limit(CHECKSUM_OFFSET));
        crc.update(block.duplicate().position(HEADER_LENGTH).limit(block.capacity()));
        return (int) crc.getValue();
    }
}

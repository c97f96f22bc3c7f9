package io.fastpath.fastpath.pipeline;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes bad frames of good ones: it knows where the fields are that matter, lies in them, and often mends the checksums
 * afterwards, so that the lie gets past the first checks.
 */
public final class FrameMutator {
    private static final int[] LENGTHS = {0, 1, 7, 8, 19, 20, 21, 28, 39, 40, 41, 255, 256, 1500, 0x7fff, 0x8000, 0xffff
    };
    private static final int[] TYPES = {0x0800, 0x86dd, 0x0806, 0x8100, 0x88a8, 0, 0x9100, 0xffff};
    private static final int[] PROTOCOLS = {0, 1, 6, 17, 43, 44, 50, 51, 58, 59, 60, 132, 255};
    private static final int MUTATION_LIMIT = 4;
    private static final int MUTATION_KINDS = 14;

    private final Random random;
    private final List<byte[]> bases;

    public FrameMutator(final Random random, final List<byte[]> bases) {
        this.random = random;
        this.bases = bases;
    }

    public byte[] next() {
        byte[] frame = bases.get(random.nextInt(bases.size())).clone();
        for (int i = random.nextInt(MUTATION_LIMIT); i > 0; i--) {
            frame = mutate(frame);
        }
        if (random.nextInt(4) != 0) {
            mendIpv4Checksum(frame);
        }
        return frame;
    }

    private byte[] mutate(final byte[] frame) {
        if (frame.length < 60) {
            return frame.length == 0 || random.nextBoolean() ? resize(frame) : flip(frame);
        }
        final int network = FrameChecks.networkOffset(ByteBuffer.wrap(Arrays.copyOf(frame, frame.length + 8)));
        final boolean ipv4 = frame[Math.min(network, frame.length - 1)] >>> 4 == 4;
        final int transport = network + (ipv4 ? 20 : 40);
        return switch (random.nextInt(MUTATION_KINDS)) {
            case 0 -> flip(frame);
            case 1 -> resize(frame);
            case 2 -> putShort(frame, ipv4 ? network + 2 : network + 4, length());
            case 3 -> putByte(frame, network, random.nextInt(256));
            case 4 -> putShort(frame, transport + 4, length());
            case 5 -> putByte(frame, transport + 12, random.nextInt(256));
            case 6 -> putByte(frame, transport + 13, random.nextInt(64));
            case 7 -> putByte(frame, ipv4 ? network + 9 : network + 6, pick(PROTOCOLS));
            case 8 -> putShort(frame, ipv4 ? network + 6 : network + 8, random.nextInt(0x10000));
            case 9 -> insertTag(frame);
            case 10 -> putShort(frame, network - 2, pick(TYPES));
            case 11 ->
                putShort(frame, transport + random.nextInt(2) * 2, random.nextInt(4) == 0 ? 0 : random.nextInt(100));
            case 12 -> putByte(frame, transport + 25, random.nextInt(4));
            default -> nearLength(frame, ipv4 ? network + 2 : network + 4);
        };
    }

    private byte[] flip(final byte[] frame) {
        frame[random.nextInt(frame.length)] ^= (byte) (1 << random.nextInt(8));
        return frame;
    }

    private byte[] resize(final byte[] frame) {
        return Arrays.copyOf(frame, Math.max(0, frame.length + random.nextInt(40) - 30));
    }

    /** One more or one less than the truth. */
    private byte[] nearLength(final byte[] frame, final int offset) {
        final int truth = (frame[offset] & 0xff) << 8 | frame[offset + 1] & 0xff;
        return putShort(frame, offset, truth + random.nextInt(3) - 1);
    }

    private byte[] insertTag(final byte[] frame) {
        final byte[] tagged = new byte[frame.length + 4];
        System.arraycopy(frame, 0, tagged, 0, 12);
        tagged[12] = random.nextBoolean() ? (byte) 0x81 : (byte) 0x88;
        tagged[13] = tagged[12] == (byte) 0x81 ? 0 : (byte) 0xa8;
        tagged[14] = (byte) random.nextInt(256);
        tagged[15] = (byte) random.nextInt(4);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        return tagged;
    }

    private int length() {
        return pick(LENGTHS);
    }

    private int pick(final int[] values) {
        return values[random.nextInt(values.length)];
    }

    private static byte[] putByte(final byte[] frame, final int offset, final int value) {
        if (offset < frame.length) {
            frame[offset] = (byte) value;
        }
        return frame;
    }

    private static byte[] putShort(final byte[] frame, final int offset, final int value) {
        putByte(frame, offset, value >>> 8);
        return putByte(frame, offset + 1, value);
    }

    /** Where there is an IPv4 header as long as it says. */
    private static void mendIpv4Checksum(final byte[] frame) {
        if (frame.length < 34) {
            return;
        }
        final int network = FrameChecks.networkOffset(ByteBuffer.wrap(Arrays.copyOf(frame, frame.length + 8)));
        if (network >= frame.length || frame[network] >>> 4 != 4) {
            return;
        }
        final int end = network + (frame[network] & 0x0f) * 4;
        if (end > frame.length || end - network < 12) {
            return;
        }
        putShort(frame, network + 10, 0);
        putShort(frame, network + 10, ReferenceChecksum.of(Arrays.copyOfRange(frame, network, end)));
    }
}

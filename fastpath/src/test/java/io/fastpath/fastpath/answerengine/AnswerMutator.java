package io.fastpath.fastpath.answerengine;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Makes bad frames of those in {@link AnswerFrames}: lies in the fields that matter, and often mends the checksums
 * afterwards, so that the lie gets past the first checks.
 */
final class AnswerMutator {
    private static final int MUTATION_LIMIT = 4;
    private static final int MUTATION_KINDS = 8;
    private static final int[] BYTES = {0, 1, 2, 8, 58, 64, 127, 128, 129, 135, 136, 224, 254, 255};

    private final Random random;
    private final List<byte[]> bases;

    AnswerMutator(final Random random, final List<byte[]> bases) {
        this.random = random;
        this.bases = bases;
    }

    /** At least as long as an Ethernet header: the kernel tests no shorter ones. */
    byte[] next() {
        byte[] frame = bases.get(random.nextInt(bases.size())).clone();
        for (int i = random.nextInt(MUTATION_LIMIT); i > 0; i--) {
            frame = mutate(frame);
        }
        return random.nextInt(4) == 0 ? frame : FrameMender.mend(frame);
    }

    private byte[] mutate(final byte[] frame) {
        final int network = FrameMender.networkOffset(frame);
        return switch (random.nextInt(MUTATION_KINDS)) {
            case 0 -> put(frame, random.nextInt(frame.length), random.nextInt(256));
            case 1 -> put(frame, network + random.nextInt(96), BYTES[random.nextInt(BYTES.length)]);
            case 2 -> flip(frame, random.nextInt(Math.min(frame.length, 120)));
            case 3 -> Arrays.copyOf(frame, Math.max(14, frame.length + random.nextInt(40) - 30));
            case 4 -> nearLength(frame, network + 2 + 2 * random.nextInt(2));
            case 5 -> insertTag(frame);
            case 6 -> flip(frame, 6);
            default -> put(frame, network + 64 + random.nextInt(16), random.nextInt(4));
        };
    }

    private byte[] flip(final byte[] frame, final int offset) {
        frame[offset] ^= (byte) (1 << random.nextInt(8));
        return frame;
    }

    /** One more or one less than the truth, or eight. */
    private byte[] nearLength(final byte[] frame, final int offset) {
        if (offset + 2 <= frame.length) {
            final int step = random.nextBoolean() ? 1 : 8;
            final int truth = FrameMender.u16(frame, offset);
            FrameMender.putU16(frame, offset, truth + step * (random.nextInt(3) - 1));
        }
        return frame;
    }

    private byte[] insertTag(final byte[] frame) {
        final byte[] tagged = Arrays.copyOf(frame, frame.length + 4);
        System.arraycopy(frame, 12, tagged, 16, frame.length - 12);
        FrameMender.putU16(tagged, 12, random.nextBoolean() ? 0x8100 : 0x88a8);
        FrameMender.putU16(tagged, 14, random.nextInt(4) << 13 | random.nextInt(256));
        return tagged;
    }

    private static byte[] put(final byte[] frame, final int offset, final int value) {
        if (offset < frame.length) {
            frame[offset] = (byte) value;
        }
        return frame;
    }
}

package io.fastpath.fastpath.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.ReferenceChecksum;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The checksum against the byte-wise definition, on random data. */
class ChecksumTest {
    private static final int ROUNDS = 20_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldSumLikeTheDefinition() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] bytes = new byte[random.nextInt(70)];
            random.nextBytes(bytes);
            if (random.nextInt(4) == 0) {
                Arrays.fill(bytes, random.nextBoolean() ? (byte) 0xff : 0);
            }
            final SharedMemory buffer = SharedMemory.allocate(200);
            final int offset = random.nextInt(100);
            put(buffer, offset, bytes);
            assertThat(NetworkOrder.swap16(Checksum.finish(Checksum.sum(buffer, offset, bytes.length))))
                    .as("seed %d round %d length %d", seed, round, bytes.length)
                    .isEqualTo(ReferenceChecksum.of(bytes));
        }
    }

    @Test
    void shouldSumTheLargestPacket() {
        final byte[] bytes = new byte[65535];
        Arrays.fill(bytes, (byte) 0xff);
        assertThat(NetworkOrder.swap16(Checksum.finish(Checksum.sum(copy(bytes), 0, bytes.length))))
                .isEqualTo(ReferenceChecksum.of(bytes));
    }

    @Test
    void shouldFoldAnySum() {
        for (final long sum : new long[] {0, 1, 0xffff, 0x10000, 0xffff_ffffL, 0x1_0000_0000L, 0x1_ffff_fffeL}) {
            final long rest = sum % 0xffff;
            assertThat((long) Checksum.fold(sum)).isEqualTo(sum != 0 && rest == 0 ? 0xffff : rest);
        }
    }

    @Test
    void shouldUpdateLikeASumTakenAnew() {
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] bytes = new byte[40];
            random.nextBytes(bytes);
            final SharedMemory buffer = copy(bytes);
            final int before = Checksum.finish(Checksum.sum(buffer, 0, bytes.length));
            final long newLong = random.nextInt(3) == 0 ? -random.nextInt(2) : random.nextLong();
            final int newInt = random.nextInt(3) == 0 ? -random.nextInt(2) : random.nextInt();
            final long replaced =
                    Checksum.replaceLong(buffer.getLong(8), newLong) + Checksum.replaceInt(buffer.getInt(20), newInt);
            buffer.putLong(8, newLong);
            buffer.putInt(20, newInt);
            assertThat(Checksum.update(before, replaced))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(Checksum.finish(Checksum.sum(buffer, 0, bytes.length)));
        }
    }

    /** RFC 1624, section 4: with equation 2 the answer would be ffff. */
    @Test
    void shouldGiveTheExampleOfRfc1624() {
        final int checksum = NetworkOrder.swap16(0xdd2f);
        final long replaced = Checksum.replaceInt(NetworkOrder.swap16(0x5555), NetworkOrder.swap16(0x3285));
        assertThat(NetworkOrder.swap16(Checksum.update(checksum, replaced))).isEqualTo(0x0000);
    }

    @Test
    void shouldSumPseudoHeaderLengthAndProtocol() {
        final byte[] reference = ReferenceChecksum.pseudoHeader(new byte[4], new byte[4], 17, 1234);
        assertThat(NetworkOrder.swap16(Checksum.finish(Checksum.ofPseudoHeader(17, 1234))))
                .isEqualTo(ReferenceChecksum.of(reference));
    }

    private static SharedMemory copy(final byte[] bytes) {
        final SharedMemory memory = SharedMemory.allocate(bytes.length);
        put(memory, 0, bytes);
        return memory;
    }

    private static void put(final SharedMemory memory, final int offset, final byte[] bytes) {
        for (int i = 0; i < bytes.length; i++) {
            memory.putByte(offset + i, bytes[i]);
        }
    }
}

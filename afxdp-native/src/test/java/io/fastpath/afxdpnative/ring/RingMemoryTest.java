package io.fastpath.afxdpnative.ring;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RingMemoryTest {
    private final UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(256));

    @Test
    void shouldRefuseEntryCountsThatAreNoPowerOfTwo() {
        for (final int entryCount : new int[] {0, -8, 3, 6, XdpRingDescriptor.ENTRY_COUNT_LIMIT * 2}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new RingMemory(buffer, 0, 64, 128, 192, entryCount))
                    .withMessageContaining("power of two");
        }
    }

    @Test
    void shouldRefuseOffsetsOutsideOrMisaligned() {
        assertThatIllegalArgumentException().isThrownBy(() -> new RingMemory(buffer, 254, 64, 128, 192, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new RingMemory(buffer, 0, -4, 128, 192, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new RingMemory(buffer, 0, 64, 130, 192, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new RingMemory(buffer, 0, 64, 128, 196, 8));
    }

    @Test
    void shouldRefuseEntriesThatDoNotFit() {
        final RingMemory memory = new RingMemory(buffer, 0, 64, 128, 192, 8);

        new FillRing(memory);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RxRing(memory))
                .withMessageContaining("256");
    }
}

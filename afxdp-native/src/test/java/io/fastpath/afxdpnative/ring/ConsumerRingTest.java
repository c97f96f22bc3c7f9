package io.fastpath.afxdpnative.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConsumerRingTest {
    private static final int ENTRY_COUNT = 8;

    private FakeKernel kernel = FakeKernel.ofPackets(ENTRY_COUNT, 0);
    private RxRing rx = new RxRing(kernel.memory);

    @AfterEach
    void shouldNotTouchMemoryAroundTheRing() {
        assertThat(kernel.guardsUntouched()).isTrue();
    }

    @Test
    void shouldSeeNothingInAnEmptyRing() {
        assertThat(rx.peek(64)).isZero();
        assertThat(rx.readyCount()).isZero();
    }

    @Test
    void shouldReadWhatTheKernelProduced() {
        kernel.produce(0x1_0000_0100L, 60);
        kernel.produce(4352, 1514);

        assertThat(rx.peek(64)).isEqualTo(2);
        assertThat(rx.dataOffset(0)).isEqualTo(0x1_0000_0100L);
        assertThat(rx.length(0)).isEqualTo(60);
        assertThat(rx.dataOffset(1)).isEqualTo(4352);
        assertThat(rx.length(1)).isEqualTo(1514);
    }

    @Test
    void shouldKeepEntriesFromTheKernelUntilReleased() {
        for (int i = 0; i < ENTRY_COUNT; i++) {
            assertThat(kernel.produce(i, 64)).isTrue();
        }
        assertThat(rx.peek(64)).isEqualTo(ENTRY_COUNT);
        assertThat(kernel.produce(99, 64)).isFalse();

        rx.release(1);

        assertThat(kernel.produce(99, 64)).isTrue();
        assertThat(rx.peek(64)).isEqualTo(ENTRY_COUNT - 1);
        assertThat(rx.dataOffset(0)).isEqualTo(1);
        assertThat(rx.releasedIndex()).isEqualTo(1);
        assertThat(rx.producedIndex()).isEqualTo(ENTRY_COUNT + 1);
    }

    @Test
    void shouldLimitABatchAndKeepTheRest() {
        for (int i = 0; i < 5; i++) {
            kernel.produce(i, 64);
        }

        assertThat(rx.peek(2)).isEqualTo(2);
        rx.release(2);
        assertThat(rx.peek(2)).isEqualTo(2);
        assertThat(rx.dataOffset(0)).isEqualTo(2);
        rx.release(1);
        assertThat(rx.peek(64)).isEqualTo(2);
        assertThat(rx.dataOffset(0)).isEqualTo(3);
    }

    @Test
    void shouldWrapIndicesOver32Bits() {
        for (final int start : new int[] {-5, Integer.MAX_VALUE - 2}) {
            kernel = FakeKernel.ofPackets(ENTRY_COUNT, start);
            rx = new RxRing(kernel.memory);
            for (int round = 0; round < 20; round++) {
                kernel.produce(2L * round, 60);
                kernel.produce(2L * round + 1, 61);
                assertThat(rx.peek(64)).isEqualTo(2);
                assertThat(rx.dataOffset(0)).isEqualTo(2L * round);
                assertThat(rx.dataOffset(1)).isEqualTo(2L * round + 1);
                rx.release(2);
            }
            assertThat(rx.corruptIndexCount()).isZero();
        }
    }

    @Test
    void shouldIgnoreAKernelThatProducedMoreThanTheRingHolds() {
        kernel.lieAboutProducer(ENTRY_COUNT + 1);

        assertThat(rx.peek(64)).isZero();
        assertThat(rx.corruptIndexCount()).isEqualTo(1);
        kernel.lieAboutProducer(-1);
        assertThat(rx.peek(64)).isZero();
        assertThat(rx.corruptIndexCount()).isEqualTo(2);
    }

    @Test
    void shouldIgnoreAKernelThatTakesEntriesBack() {
        for (int i = 0; i < 4; i++) {
            kernel.produce(i, 64);
        }
        assertThat(rx.peek(1)).isEqualTo(1);
        kernel.lieAboutProducer(2);

        assertThat(rx.readyCount()).isEqualTo(4);
        assertThat(rx.corruptIndexCount()).isEqualTo(1);
    }

    @Test
    void shouldStayInsideTheRingForEveryKernelIndex() {
        for (int lie = -40; lie < 40; lie++) {
            kernel.lieAboutProducer(lie);
            final int ready = rx.peek(Integer.MAX_VALUE);
            assertThat(ready).isBetween(0, ENTRY_COUNT);
            for (int i = 0; i < ready; i++) {
                rx.dataOffset(i);
                rx.length(i);
            }
            rx.release(ready);
        }
        assertThat(rx.corruptIndexCount()).isPositive();
    }

    @Test
    void shouldRefuseToReadOrReleaseWhatWasNotPeeked() {
        kernel.produce(1, 64);
        kernel.produce(2, 64);
        rx.peek(1);

        assertThatThrownBy(() -> rx.dataOffset(1)).hasMessage("entry 1, peeked 1");
        assertThatThrownBy(() -> rx.length(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> rx.release(2)).hasMessage("release of 2 entries, peeked 1");
        assertThatThrownBy(() -> rx.release(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        rx.release(1);
        assertThatThrownBy(() -> rx.dataOffset(0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldReadCompletions() {
        kernel = FakeKernel.ofAddresses(ENTRY_COUNT, 0);
        final CompletionRing completion = new CompletionRing(kernel.memory);
        kernel.produce(4096 + 256, 0);

        assertThat(completion.peek(64)).isEqualTo(1);
        assertThat(completion.dataOffset(0)).isEqualTo(4096 + 256);
        completion.release(1);
        assertThat(completion.peek(64)).isZero();
    }
}

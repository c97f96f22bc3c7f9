package io.fastpath.afxdpnative.ring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ProducerRingTest {
    private static final int ENTRY_COUNT = 8;

    private FakeKernel kernel = FakeKernel.ofAddresses(ENTRY_COUNT, 0);
    private FillRing fill = new FillRing(kernel.memory);

    @AfterEach
    void shouldNotTouchMemoryAroundTheRing() {
        assertThat(kernel.guardsUntouched()).isTrue();
    }

    @Test
    void shouldHideEntriesUntilSubmitted() {
        assertThat(fill.reserve(2)).isEqualTo(2);
        fill.put(0, 4096);
        fill.put(1, 8192);
        assertThat(kernel.pending()).isZero();

        fill.submit(2);

        assertThat(kernel.pending()).isEqualTo(2);
        assertThat(kernel.take()).isEqualTo(4096);
        assertThat(kernel.take()).isEqualTo(8192);
        assertThat(fill.submittedIndex()).isEqualTo(2);
    }

    @Test
    void shouldGrantOnlyTheRoomThereIs() {
        submit(5, 0);

        assertThat(fill.reserve(64)).isEqualTo(3);
        assertThat(fill.reserve(0)).isZero();
        submit(3, 5);
        assertThat(fill.reserve(64)).isZero();
        assertThat(fill.pendingCount()).isEqualTo(ENTRY_COUNT);
    }

    @Test
    void shouldFindRoomAgainAfterTheKernelTookEntries() {
        submit(ENTRY_COUNT, 0);
        kernel.take();
        kernel.take();

        assertThat(fill.reserve(ENTRY_COUNT)).isEqualTo(2);
        assertThat(fill.takenIndex()).isEqualTo(2);
    }

    @Test
    void shouldSubmitLessThanReserved() {
        assertThat(fill.reserve(4)).isEqualTo(4);
        fill.put(0, 42);
        fill.submit(1);

        assertThat(kernel.pending()).isEqualTo(1);
        assertThat(fill.reserve(ENTRY_COUNT)).isEqualTo(ENTRY_COUNT - 1);
    }

    @Test
    void shouldWrapIndicesOver32Bits() {
        startAt(-5);

        for (long value = 0; value < 20; value += 4) {
            submit(4, value);
            for (int i = 0; i < 4; i++) {
                assertThat(kernel.take()).isEqualTo(value + i);
            }
        }
        assertThat(fill.submittedIndex()).isEqualTo(15);
        assertThat(fill.corruptIndexCount()).isZero();
    }

    @Test
    void shouldFillToTheBrimAcrossTheWrap() {
        startAt(-3);
        submit(ENTRY_COUNT, 100);

        assertThat(fill.reserve(1)).isZero();
        for (int i = 0; i < ENTRY_COUNT; i++) {
            assertThat(kernel.take()).isEqualTo(100 + i);
        }
        assertThat(fill.reserve(ENTRY_COUNT)).isEqualTo(ENTRY_COUNT);
    }

    @Test
    void shouldWrapWhereTheSignChanges() {
        startAt(Integer.MAX_VALUE - 1);
        submit(ENTRY_COUNT, 7);

        assertThat(fill.pendingCount()).isEqualTo(ENTRY_COUNT);
        assertThat(kernel.take()).isEqualTo(7);
        assertThat(fill.reserve(3)).isEqualTo(1);
    }

    @Test
    void shouldIgnoreAKernelThatTookMoreThanWasSubmitted() {
        submit(3, 0);
        kernel.lieAboutConsumer(4);

        assertThat(fill.reserve(ENTRY_COUNT)).isEqualTo(ENTRY_COUNT - 3);
        assertThat(fill.corruptIndexCount()).isEqualTo(1);
        assertThat(fill.pendingCount()).isEqualTo(3);
        assertThat(fill.corruptIndexCount()).isEqualTo(2);
    }

    @Test
    void shouldIgnoreAKernelThatGivesEntriesBack() {
        submit(4, 0);
        kernel.take();
        kernel.take();
        assertThat(fill.pendingCount()).isEqualTo(2);
        kernel.lieAboutConsumer(1);

        assertThat(fill.pendingCount()).isEqualTo(2);
        assertThat(fill.corruptIndexCount()).isEqualTo(1);
    }

    @Test
    void shouldStartOnAnIndexThatIsNotZeroAndStayFullOnAnImpossibleOne() {
        kernel.lieAboutProducer(1);
        kernel.lieAboutConsumer(2);
        final FillRing damaged = new FillRing(kernel.memory);

        assertThat(damaged.reserve(ENTRY_COUNT)).isZero();
        assertThat(damaged.corruptIndexCount()).isPositive();
    }

    @Test
    void shouldStayInsideTheRingForEveryKernelIndex() {
        int worst = 0;
        for (int lie = -40; lie < 40; lie++) {
            kernel.lieAboutConsumer(lie);
            final int granted = fill.reserve(Integer.MAX_VALUE);
            worst = Math.max(worst, granted);
            for (int i = 0; i < granted; i++) {
                fill.put(i, -1L);
            }
            fill.submit(granted);
        }

        assertThat(worst).isEqualTo(ENTRY_COUNT);
        assertThat(fill.corruptIndexCount()).isPositive();
    }

    @Test
    void shouldTellWhenTheKernelWantsToBeWoken() {
        assertThat(fill.needsWakeup()).isFalse();
        kernel.flags(2);
        assertThat(fill.needsWakeup()).isFalse();
        kernel.flags(3);
        assertThat(fill.needsWakeup()).isTrue();
    }

    @Test
    void shouldRefuseToPutOrSubmitWhatWasNotReserved() {
        fill.reserve(2);

        assertThatThrownBy(() -> fill.put(2, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> fill.put(-1, 0)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> fill.submit(3)).hasMessage("submit of 3 entries, reserved 2");
        assertThatThrownBy(() -> fill.submit(-1)).isInstanceOf(IndexOutOfBoundsException.class);
        fill.submit(0);
        assertThatThrownBy(() -> fill.put(0, 0)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldWriteWholePacketEntries() {
        kernel = FakeKernel.ofPackets(ENTRY_COUNT, -1);
        final TxRing tx = new TxRing(kernel.memory);
        kernel.memory.buffer().setMemory(FakeKernel.ENTRIES, ENTRY_COUNT * 16, (byte) 0xFF);

        assertThat(tx.reserve(2)).isEqualTo(2);
        tx.put(0, 0x1_0000_0100L, 60);
        tx.put(1, 4096 + 256, 1514);
        tx.submit(2);

        assertThat(kernel.nextLength()).isEqualTo(60);
        assertThat(kernel.take()).isEqualTo(0x1_0000_0100L);
        assertThat(kernel.nextLength()).isEqualTo(1514);
        assertThat(kernel.take()).isEqualTo(4096 + 256);
        assertThat(kernel.memory.buffer().getInt(FakeKernel.ENTRIES + XdpRingDescriptor.OPTIONS_OFFSET))
                .isZero();
    }

    private void startAt(final int index) {
        kernel = FakeKernel.ofAddresses(ENTRY_COUNT, index);
        fill = new FillRing(kernel.memory);
    }

    private void submit(final int count, final long firstValue) {
        assertThat(fill.reserve(count)).isEqualTo(count);
        for (int i = 0; i < count; i++) {
            fill.put(i, firstValue + i);
        }
        fill.submit(count);
    }
}

package io.fastpath.afxdpnative.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Two threads on one ring, started short of the 32-bit wrap. Forbidden outcomes: an entry seen before it is written, lost,
 * doubled, or overwritten before it was read.
 */
class RingStressTest {
    private static final int ENTRY_COUNT = 64;
    private static final int TOTAL = 2_000_000;
    private static final int START = -TOTAL / 2;

    @Test
    @Timeout(300)
    void shouldHandEachEntryToTheKernelOnceAndInOrder() throws Exception {
        final FakeKernel kernel = FakeKernel.ofPackets(ENTRY_COUNT, START);
        final TxRing tx = new TxRing(kernel.memory);
        final CompletableFuture<Void> consumer = CompletableFuture.runAsync(() -> {
            for (int expected = 0; expected < TOTAL; expected++) {
                while (kernel.pending() == 0) {
                    Thread.onSpinWait();
                }
                checkEntry(kernel.nextAddress(), kernel.nextLength(), expected);
                kernel.take();
            }
        });

        int sent = 0;
        while (sent < TOTAL && !consumer.isCompletedExceptionally()) {
            final int granted = tx.reserve(Math.min(1 + sent % ENTRY_COUNT, TOTAL - sent));
            for (int i = 0; i < granted; i++) {
                tx.put(i, address(sent + i), sent + i);
            }
            tx.submit(granted);
            sent += granted;
        }

        consumer.get(30, TimeUnit.SECONDS);
        assertThat(tx.corruptIndexCount()).isZero();
        assertThat(tx.pendingCount()).isZero();
    }

    @Test
    @Timeout(300)
    void shouldTakeEachEntryFromTheKernelOnceAndInOrder() throws Exception {
        final FakeKernel kernel = FakeKernel.ofPackets(ENTRY_COUNT, START);
        final RxRing rx = new RxRing(kernel.memory);
        final CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            for (int value = 0; value < TOTAL; value++) {
                while (!kernel.produce(address(value), value)) {
                    Thread.onSpinWait();
                }
            }
        });

        int received = 0;
        while (received < TOTAL && !producer.isCompletedExceptionally()) {
            final int ready = rx.peek(1 + received % ENTRY_COUNT);
            for (int i = 0; i < ready; i++) {
                checkEntry(rx.dataOffset(i), rx.length(i), received + i);
            }
            rx.release(ready);
            received += ready;
        }

        producer.get(30, TimeUnit.SECONDS);
        assertThat(rx.corruptIndexCount()).isZero();
    }

    private static long address(final int value) {
        return value * 4096L + 256;
    }

    private static void checkEntry(final long address, final int length, final int expected) {
        if (address != address(expected) || length != expected) {
            throw new AssertionError("entry " + expected + " reads as " + address + ", " + length);
        }
    }
}

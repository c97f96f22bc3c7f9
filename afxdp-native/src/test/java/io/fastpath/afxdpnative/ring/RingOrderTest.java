package io.fastpath.afxdpnative.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Pins the order and the kind of every access, access by access: a weaker or earlier one must fail here, on any machine. */
class RingOrderTest {
    private final Recorder recorder = new Recorder();

    @Test
    void shouldReleaseTheProducerIndexAfterTheEntries() {
        final FakeKernel kernel = FakeKernel.ofPackets(4, recorder);
        final TxRing tx = new TxRing(kernel.memory);
        recorder.accesses.clear();

        tx.reserve(2);
        tx.put(0, 4096, 60);
        tx.put(1, 8192, 61);
        tx.submit(2);

        assertThat(recorder.accesses)
                .containsExactly(
                        "plain 192=4096",
                        "plain 200=60",
                        "plain 204=0",
                        "plain 208=8192",
                        "plain 216=61",
                        "plain 220=0",
                        "release 0=2");
    }

    @Test
    void shouldReadTheKernelsConsumerIndexWithAcquireOnlyWhenTheRingLooksFull() {
        final FakeKernel kernel = FakeKernel.ofAddresses(4, recorder);
        final FillRing fill = new FillRing(kernel.memory);
        fill.reserve(3);
        fill.submit(3);
        recorder.accesses.clear();

        fill.reserve(1);
        assertThat(recorder.accesses).isEmpty();
        fill.reserve(2);
        assertThat(recorder.accesses).containsExactly("acquire 64");
    }

    @Test
    void shouldReadEntriesBetweenAcquireAndRelease() {
        final FakeKernel kernel = FakeKernel.ofPackets(4, recorder);
        final RxRing rx = new RxRing(kernel.memory);
        kernel.produce(4096, 60);
        kernel.produce(8192, 61);
        recorder.accesses.clear();

        rx.peek(1);
        rx.dataOffset(0);
        rx.length(0);
        rx.release(1);
        rx.peek(1);
        rx.dataOffset(0);
        rx.release(1);

        assertThat(recorder.accesses)
                .containsExactly("acquire 0", "plain 192", "plain 200", "release 64=1", "plain 208", "release 64=2");
    }

    @Test
    void shouldLoadTheWakeupFlagEachTime() {
        final FakeKernel kernel = FakeKernel.ofAddresses(4, recorder);
        final FillRing fill = new FillRing(kernel.memory);
        recorder.accesses.clear();

        fill.needsWakeup();
        fill.needsWakeup();

        assertThat(recorder.accesses).containsExactly("opaque 128", "opaque 128");
    }

    /** A buffer that writes down what is done to it. */
    private static final class Recorder extends UnsafeBuffer {
        final List<String> accesses = new ArrayList<>();

        Recorder() {
            super(0, 0);
        }

        @Override
        public void putLong(final int index, final long value) {
            accesses.add("plain " + index + '=' + value);
            super.putLong(index, value);
        }

        @Override
        public void putInt(final int index, final int value) {
            accesses.add("plain " + index + '=' + value);
            super.putInt(index, value);
        }

        @Override
        public void putIntRelease(final int index, final int value) {
            accesses.add("release " + index + '=' + value);
            super.putIntRelease(index, value);
        }

        @Override
        public long getLong(final int index) {
            accesses.add("plain " + index);
            return super.getLong(index);
        }

        @Override
        public int getInt(final int index) {
            accesses.add("plain " + index);
            return super.getInt(index);
        }

        @Override
        public int getIntAcquire(final int index) {
            accesses.add("acquire " + index);
            return super.getIntAcquire(index);
        }

        @Override
        public int getIntOpaque(final int index) {
            accesses.add("opaque " + index);
            return super.getIntOpaque(index);
        }
    }
}

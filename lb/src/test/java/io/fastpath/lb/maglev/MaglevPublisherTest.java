package io.fastpath.lb.maglev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class MaglevPublisherTest {
    private static final int SIZE = 2039;
    private static final int COPY_B = 2048;
    private static final int ENTRY_COUNT = 2 * COPY_B;

    private final LbMemory memory = LbMemory.allocate(8, 64, ENTRY_COUNT, 1);
    private final MaglevPublisher publisher = new MaglevPublisher(memory);

    MaglevPublisherTest() {
        putWord(ServiceDescriptor.MAGLEV_B_INDEX_OFFSET, COPY_B);
        putWord(ServiceDescriptor.MAGLEV_SIZE_OFFSET, SIZE);
    }

    @Test
    void shouldWriteOnlyTheSlotsThatDifferAndFlipLast() {
        final List<BackendSpec> backends = Samples.backends(20);
        final MaglevTable twenty = MaglevTable.build(backends, SIZE);
        final MaglevTable nineteen = MaglevTable.build(backends.subList(0, 19), SIZE);
        final int[] indices = IntStream.range(0, 20).toArray();

        assertThat(publisher.publish(0, twenty, indices)).isBetween(SIZE - SIZE / 10, SIZE); // index 0 stands there
        assertThat(word(ServiceDescriptor.MAGLEV_ACTIVE_OFFSET)).isEqualTo(1);
        publisher.publish(0, nineteen, indices);
        assertThat(word(ServiceDescriptor.MAGLEV_ACTIVE_OFFSET)).isZero();

        final byte[] before = Samples.bytes(memory.maglev());
        final MaglevTable back = MaglevTable.build(backends.subList(0, 18), SIZE);
        final int written = publisher.publish(0, back, indices);
        final byte[] after = Samples.bytes(memory.maglev());
        final long differing = IntStream.range(0, ENTRY_COUNT)
                .filter(i -> before[2 * i] != after[2 * i] || before[2 * i + 1] != after[2 * i + 1])
                .count();
        assertThat(written).isEqualTo((int) differing).isBetween(1, SIZE / 4);
        assertThat(entries(COPY_B)).isEqualTo(positions(back));
        assertThat(entries(0)).isEqualTo(positions(nineteen));
    }

    @Test
    void shouldNeitherWriteNorFlipWhenTheTableIsInForce() {
        final MaglevTable table = MaglevTable.build(Samples.backends(5), SIZE);
        publisher.publish(0, table, new int[] {9, 8, 7, 6, 5});
        final List<byte[]> before = Samples.bytes(memory);
        assertThat(publisher.publish(0, table, new int[] {9, 8, 7, 6, 5})).isZero();
        assertThat(Samples.bytes(memory)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void shouldSayNoBackendWhereThereIsNone() {
        publisher.publish(0, MaglevTable.build(List.of(), SIZE), new int[0]);
        assertThat(entries(COPY_B)).containsOnly(ServiceDescriptor.MAGLEV_NO_BACKEND);
    }

    @Test
    void shouldRefuseATableOfAnotherSize() {
        assertThatThrownBy(() -> publisher.publish(0, MaglevTable.build(List.of(), 23), new int[0]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** A copy that was in force when a reader began is whole, unless the second next publication has begun since. */
    @Test
    void shouldNeverShowAHalfBuiltCopy() throws InterruptedException {
        final List<MaglevTable> tables = new ArrayList<>();
        for (int count = 2; count <= 5; count++) {
            tables.add(MaglevTable.build(Samples.backends(count), SIZE));
        }
        final int[] indices = IntStream.range(0, 5).toArray();
        publisher.publish(0, tables.get(0), indices);
        final AtomicBoolean running = new AtomicBoolean(true);
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger done = new AtomicInteger();
        final AtomicReference<String> failure = new AtomicReference<>();
        final AtomicInteger checked = new AtomicInteger();
        final Thread reader = new Thread(() -> {
            while (running.get() && failure.get() == null) {
                final int doneBefore = done.get();
                final List<Integer> seen =
                        entries(wordAcquire(ServiceDescriptor.MAGLEV_ACTIVE_OFFSET) == 0 ? 0 : COPY_B);
                if (begun.get() > doneBefore + 1) {
                    continue; // the copy may be in use again
                }
                checked.incrementAndGet();
                if (!seen.equals(positions(tables.get(doneBefore % 4)))
                        && !seen.equals(positions(tables.get((doneBefore + 1) % 4)))) {
                    failure.set("a mixture after publication " + doneBefore);
                }
            }
        });
        reader.start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while ((done.get() < 3000 || checked.get() < 100) && System.nanoTime() < deadlineNs) {
            final int number = begun.incrementAndGet();
            publisher.publish(0, tables.get(number % 4), indices);
            done.set(number);
            final int checkedBefore = checked.get();
            for (int i = 0; i < 2_000 && checked.get() == checkedBefore; i++) {
                Thread.onSpinWait(); // lets a reader finish a copy now and then
            }
        }
        running.set(false);
        reader.join();
        assertThat(failure.get()).isNull();
        assertThat(checked.get()).as("whole copies seen").isGreaterThanOrEqualTo(100);
    }

    private List<Integer> entries(final int first) {
        final List<Integer> entries = new ArrayList<>(SIZE);
        for (int slot = 0; slot < SIZE; slot++) {
            entries.add(memory.maglev().getShort(2L * (first + slot)) & 0xffff);
        }
        return entries;
    }

    private static List<Integer> positions(final MaglevTable table) {
        return IntStream.range(0, SIZE).mapToObj(table::position).toList();
    }

    private int word(final int offset) {
        return memory.services().getInt(offset);
    }

    private int wordAcquire(final int offset) {
        return memory.services().getIntAcquire(offset);
    }

    private void putWord(final int offset, final int value) {
        memory.services().putInt(offset, value);
    }
}

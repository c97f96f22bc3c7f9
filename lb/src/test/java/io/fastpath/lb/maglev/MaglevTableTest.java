package io.fastpath.lb.maglev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Samples;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MaglevTableTest {
    private static final int SIZE = MaglevSize.DEFAULT;

    @Test
    void shouldBuildTheTableOfEveryMachine() {
        assertThat(slots(MaglevTable.build(Samples.backends(3), 23)))
                .containsExactly(2, 1, 2, 1, 0, 1, 1, 2, 2, 0, 1, 0, 1, 1, 0, 1, 0, 0, 0, 2, 2, 2, 0);
    }

    @Test
    void shouldBuildTheWeightedTableOfEveryMachine() {
        final List<BackendSpec> backends = List.of(
                new BackendSpec(Samples.ipv4(1), 8080, 1),
                new BackendSpec(Samples.ipv4(2), 8080, 3),
                new BackendSpec(Samples.ipv4(3), 8080, 0),
                new BackendSpec(Samples.ipv4(3), 8081, 2));
        final MaglevTable table = MaglevTable.build(backends, 23);
        assertThat(slots(table)).containsExactly(0, 1, 2, 2, 2, 1, 1, 1, 1, 0, 1, 2, 1, 1, 0, 1, 2, 0, 2, 2, 1, 1, 1);
        assertThat(table.backends()).containsExactly(backends.get(0), backends.get(1), backends.get(3));
    }

    @Test
    void shouldBuildTheIpv6TableOfEveryMachine() {
        final List<BackendSpec> backends = List.of(
                new BackendSpec(Address.parse("2001:db8::1"), 443, 1),
                new BackendSpec(Address.parse("2001:db8::2"), 443, 2));
        assertThat(slots(MaglevTable.build(backends, 13))).containsExactly(1, 1, 1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 0);
    }

    @Test
    void shouldBuildTheDefaultSizedTableOfEveryMachine() {
        final List<BackendSpec> backends = IntStream.rangeClosed(1, 100)
                .mapToObj(i -> new BackendSpec(Samples.ipv4(i), 8080, 1 + i % 5))
                .toList();
        final CRC32 checksum = new CRC32();
        slots(MaglevTable.build(backends, SIZE)).forEach(checksum::update);
        assertThat(checksum.getValue()).isEqualTo(4_029_014_606L);
    }

    @Test
    void shouldEqualTheReferenceOnRandomBackends() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 60; i++) {
            final int size = MaglevSize.SUGGESTED.get(random.nextInt(4));
            final List<BackendSpec> backends = randomBackends(random, 1 + random.nextInt(20));
            if (backends.stream().anyMatch(backend -> backend.weight() > 0)) {
                assertThat(slots(MaglevTable.build(backends, size)))
                        .as("seed %d size %d backends %s", seed, size, backends)
                        .isEqualTo(ReferenceMaglev.build(backends, size));
            }
        }
    }

    @Test
    void shouldNotDependOnOrder() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<BackendSpec> backends = new ArrayList<>(randomBackends(random, 50));
        final List<Integer> slots = slots(MaglevTable.build(backends, 8191));
        for (int i = 0; i < 10; i++) {
            Collections.shuffle(backends, random);
            assertThat(slots(MaglevTable.build(backends, 8191)))
                    .as("seed %d", seed)
                    .isEqualTo(slots);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 10, 100, 655})
    void shouldShareAlikeWithinOneSlot(final int backendCount) {
        final int[] counts =
                MaglevTable.build(Samples.backends(backendCount), SIZE).slotCounts();
        final int low = SIZE / backendCount;
        assertThat(counts).hasSize(backendCount);
        assertThat(IntStream.of(counts)).allMatch(count -> count == low || count == low + 1);
        assertThat(IntStream.of(counts).sum()).isEqualTo(SIZE);
    }

    @Test
    void shouldShareByWeightWithinTwoTurns() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 20; i++) {
            final List<BackendSpec> backends = randomBackends(random, 2 + random.nextInt(400));
            final MaglevTable table = MaglevTable.build(backends, SIZE);
            final double sum =
                    table.backends().stream().mapToInt(BackendSpec::weight).sum();
            final int[] counts = table.slotCounts();
            for (int j = 0; j < counts.length; j++) {
                assertThat((double) counts[j])
                        .as("seed %d backend %s", seed, table.backends().get(j))
                        .isCloseTo(SIZE * table.backends().get(j).weight() / sum, within(2.0));
            }
        }
    }

    /**
     * What changes beyond the slots that must change (10, 1 and 0.1 % of them). Over a hundred removals each, 0.30, 0.56
     * and 0.56 % of the table were measured, at worst 0.59, 0.65 and 0.61 %.
     */
    @ParameterizedTest
    @CsvSource({"10, 0.007", "100, 0.007", "1000, 0.007"})
    void shouldMoveFewFlowsBeyondThoseOfAnAddedOrRemovedBackend(final int backendCount, final double bound) {
        final List<BackendSpec> backends = Samples.backends(backendCount);
        final MaglevTable all = MaglevTable.build(backends, SIZE);
        double worst = 0;
        for (int i = 0; i < 10; i++) {
            final List<BackendSpec> fewer = new ArrayList<>(backends);
            final BackendSpec odd = fewer.remove(i * (backendCount - 1) / 9);
            final MaglevTable others = MaglevTable.build(fewer, SIZE);
            worst = Math.max(worst, needlesslyMoved(all, others, odd) / (double) SIZE);
        }
        assertThat(worst).as("share of slots that moved without need").isBetween(1e-9, bound);
    }

    @Test
    void shouldKeepMostSlotsWhenAWeightChanges() {
        final List<BackendSpec> backends = new ArrayList<>();
        Samples.backends(100).forEach(backend -> backends.add(new BackendSpec(backend.endpoint(), 10)));
        final MaglevTable before = MaglevTable.build(backends, SIZE);
        backends.set(50, new BackendSpec(backends.get(50).endpoint(), 9));
        final MaglevTable after = MaglevTable.build(backends, SIZE);
        final long moved = IntStream.range(0, SIZE)
                .filter(slot -> before.position(slot) != after.position(slot))
                .count();
        assertThat(moved / (double) SIZE).isBetween(0.0009, 0.005); // 0.42 % measured, 0.1 % must
    }

    @Test
    void shouldBeEmptyWithoutWeights() {
        final MaglevTable table = MaglevTable.build(List.of(new BackendSpec(Samples.ipv4(1), 80, 0)), 23);
        assertThat(slots(table)).containsOnly(MaglevTable.NONE);
        assertThat(table.slotCounts()).isEmpty();
        assertThat(table.backends()).isEmpty();
    }

    @Test
    void shouldFillTheSmallestAndTheLargestTable() {
        assertThat(slots(MaglevTable.build(Samples.backends(2), 2))).containsExactlyInAnyOrder(0, 1);
        final MaglevTable largest = MaglevTable.build(Samples.backends(3), MaglevSize.LIMIT);
        assertThat(IntStream.of(largest.slotCounts()).sum()).isEqualTo(MaglevSize.LIMIT);
    }

    @Test
    void shouldRefuseWhatMakesNoTable() {
        assertThatThrownBy(() -> MaglevTable.build(List.of(), 65_536))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("65536 is not a prime")
                .hasMessageContaining("65537, 131071");
        final BackendSpec backend = new BackendSpec(Samples.ipv4(1), 80, 1);
        assertThatThrownBy(() -> MaglevTable.build(List.of(backend, new BackendSpec(Samples.ipv4(1), 80, 0)), 23))
                .hasMessageContaining("10.0.0.1:80 is there twice");
        assertThatThrownBy(() -> MaglevTable.build(Samples.backends(3), 2)).hasMessageContaining("3 backends");
    }

    @ParameterizedTest
    @ValueSource(ints = {-7, 0, 1, 4, 9, 65_536, 65_539 * 3, MaglevSize.LIMIT + 2, Integer.MAX_VALUE})
    void shouldRefuseSizesThatAreNotPrimeOrTooLarge(final int size) {
        assertThatThrownBy(() -> MaglevSize.check(size)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldSuggestSizesThatItAllows() {
        assertThat(MaglevSize.SUGGESTED).allMatch(size -> MaglevSize.check(size) == size);
        assertThat(MaglevSize.check(MaglevSize.LIMIT)).isGreaterThan(100 * 65_535);
        assertThat(MaglevSize.isBalanced(SIZE, 655)).isTrue();
        assertThat(MaglevSize.isBalanced(SIZE, 656)).isFalse();
    }

    private static int needlesslyMoved(final MaglevTable all, final MaglevTable others, final BackendSpec odd) {
        int moved = 0;
        for (int slot = 0; slot < all.size(); slot++) {
            final BackendSpec before = all.backends().get(all.position(slot));
            final BackendSpec after = others.backends().get(others.position(slot));
            if (!before.equals(odd) && !before.equals(after)) {
                moved++;
            }
        }
        return moved;
    }

    private static List<Integer> slots(final MaglevTable table) {
        return IntStream.range(0, table.size()).mapToObj(table::position).toList();
    }

    private static List<BackendSpec> randomBackends(final Random random, final int count) {
        return Samples.backends(count).stream()
                .map(backend -> new BackendSpec(backend.address(), 1 + random.nextInt(65_535), random.nextInt(8)))
                .toList();
    }
}

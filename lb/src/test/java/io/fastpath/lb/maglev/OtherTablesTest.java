package io.fastpath.lb.maglev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Samples;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rendezvous and round robin: who gets how much, and what a change moves. */
class OtherTablesTest {
    private static final int SIZE = 16381;

    /** The theoretical minimum: nothing but the slots of the backend that goes. */
    @ParameterizedTest
    @ValueSource(ints = {10, 100, 1000})
    void shouldMoveNothingButWhatMustWhenARendezvousBackendGoes(final int backendCount) {
        final List<BackendSpec> backends = Samples.backends(backendCount);
        final MaglevTable all = MaglevTable.build(Algorithm.RENDEZVOUS, backends, SIZE);
        final List<BackendSpec> fewer = new ArrayList<>(backends);
        final BackendSpec odd = fewer.remove(backendCount / 2);
        final MaglevTable others = MaglevTable.build(Algorithm.RENDEZVOUS, fewer, SIZE);
        for (int slot = 0; slot < SIZE; slot++) {
            final BackendSpec before = all.backends().get(all.position(slot));
            if (!before.equals(odd)) {
                assertThat(others.backends().get(others.position(slot))).isEqualTo(before);
            }
        }
    }

    @Test
    void shouldMoveFlowsOnlyFromTheRendezvousBackendWhoseWeightFalls() {
        final List<BackendSpec> backends = new ArrayList<>();
        Samples.backends(20).forEach(backend -> backends.add(new BackendSpec(backend.endpoint(), 10)));
        backends.set(3, new BackendSpec(backends.get(3).endpoint(), 20));
        final MaglevTable before = MaglevTable.build(Algorithm.RENDEZVOUS, backends, SIZE);
        backends.set(3, new BackendSpec(backends.get(3).endpoint(), 15));
        final MaglevTable after = MaglevTable.build(Algorithm.RENDEZVOUS, backends, SIZE);
        for (int slot = 0; slot < SIZE; slot++) {
            if (before.position(slot) != after.position(slot)) {
                assertThat(before.backends().get(before.position(slot)).endpoint())
                        .isEqualTo(backends.get(3).endpoint());
            }
        }
    }

    @Test
    void shouldShareByWeight() {
        final List<BackendSpec> backends = new ArrayList<>();
        final List<BackendSpec> samples = Samples.backends(3);
        for (int i = 0; i < 3; i++) {
            backends.add(new BackendSpec(samples.get(i).endpoint(), 1 << i));
        }
        for (final Algorithm algorithm : new Algorithm[] {Algorithm.RENDEZVOUS, Algorithm.WEIGHTED_ROUND_ROBIN}) {
            final MaglevTable table = MaglevTable.build(algorithm, backends, SIZE);
            final int[] counts = table.slotCounts();
            for (int i = 0; i < 3; i++) {
                assertThat((double) counts[i] / SIZE)
                        .isCloseTo(table.backends().get(i).weight() / 7.0, within(0.02));
            }
        }
    }

    @Test
    void shouldHaveEachBackendOnceInEachTurn() {
        final MaglevTable table = MaglevTable.build(Algorithm.WEIGHTED_ROUND_ROBIN, Samples.backends(7), SIZE);
        for (int slot = 0; slot + 7 <= SIZE; slot += 7) {
            final List<Integer> turn = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                turn.add(table.position(slot + i));
            }
            assertThat(turn).doesNotHaveDuplicates();
        }
    }

    @Test
    void shouldBeEmptyWithoutBackends() {
        for (final Algorithm algorithm : Algorithm.values()) {
            assertThat(MaglevTable.build(algorithm, List.of(), 251).position(7)).isEqualTo(MaglevTable.NONE);
        }
    }
}

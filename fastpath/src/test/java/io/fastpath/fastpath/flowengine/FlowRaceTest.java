package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Forwarding;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Kernel and Java want the same thing at the same time. Forbidden: two visible entries of one tuple, a source port given
 * twice, half a connection, and a connection that both say they have opened, or neither.
 */
class FlowRaceTest {
    private final long seed = System.nanoTime();

    /** Both are given the same new connections; each is entered once. */
    @Test
    void shouldEnterAConnectionOnce() throws Exception {
        try (RaceArena arena = new RaceArena(1000, seed)) {
            int round = 0;
            int busy = 0;
            for (; arena.isOpen(); round++) {
                final List<FlowTuple> tuples = RaceArena.requests(round);
                busy += arena.race(tuples, tuples, (round & 1) == 0 ? Forwarding.NAT : Forwarding.FULL_NAT);
                arena.audit();
                arena.remove(tuples);
            }
            arena.requireBoth("same connections (" + busy + " packets in each other's way)", round);
        }
    }

    /** Twice as many connections as there are ports towards each backend: each port is given once, and all are given. */
    @Test
    void shouldGiveAPortOnce() throws Exception {
        try (RaceArena arena = new RaceArena(RaceArena.BATCH, seed)) {
            int round = 0;
            for (; arena.isOpen(); round++) {
                final List<FlowTuple> ofJava = RaceArena.requests(2 * round);
                final List<FlowTuple> ofKernel = RaceArena.requests(2 * round + 1);
                arena.race(ofJava, ofKernel, Forwarding.FULL_NAT);
                assertThat(arena.audit())
                        .as("ports in use, round %d, seed %d", round, seed)
                        .isEqualTo(RaceArena.BATCH * RaceArena.BATCHES);
                arena.remove(ofJava);
                arena.remove(ofKernel);
            }
            arena.requireBoth("same ports", round);
        }
    }
}

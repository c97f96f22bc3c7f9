package io.fastpath.fastpath.engineraces;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * The kernel engine opens flows while the control thread changes the list of backends. Forbidden: a new flow on a backend
 * that was in none of the lists in force while its first packet was under work; a packet without a backend while there is
 * one; and a flow that changes its backend, whether that was retired or came back.
 */
class MaglevSwitchRaceTest {
    private static final long RUN_NS = TimeUnit.MILLISECONDS.toNanos(2000);
    private static final int OLD_FLOW_COUNT = 64;

    /** Each backend is retired and comes back; neighbours overlap, so that a flow may find the same one in both. */
    private static final List<List<Integer>> LISTS =
            List.of(RaceRig.numbers(1, 6), RaceRig.numbers(4, 9), RaceRig.numbers(7, 12));

    private final AtomicInteger begunTurn = new AtomicInteger();
    private final AtomicInteger doneTurn = new AtomicInteger();

    @Test
    void shouldSelectABackendOfAListInForce() {
        try (RaceRig rig = prepared()) {
            int opened = 0;
            try (BackgroundLoop changes = new BackgroundLoop(turn -> change(rig, turn))) {
                for (final long endNs = System.nanoTime() + RUN_NS; System.nanoTime() < endNs; opened++) {
                    final int oldest = doneTurn.get();
                    final int backend = RaceRig.backendOf(rig.forward(RaceRig.request(opened)));
                    final int newest = begunTurn.get();
                    assertThat(inForce(oldest, newest))
                            .as("backends of the lists %d to %d, flow %d", oldest, newest, opened)
                            .contains(backend);
                }
                System.out.println("Maglev switch: " + opened + " flows opened during " + changes.turns() + " changes");
            }
            assertThat(rig.drops()).isEmpty();
            assertThat(rig.count(Counter.FLOW_OPENED)).isEqualTo(opened);
            assertThat(doneTurn.get()).as("changes").isGreaterThan(10);
        }
    }

    @Test
    void shouldKeepAFlowOnItsBackend() {
        try (RaceRig rig = prepared()) {
            final int[] backends = new int[OLD_FLOW_COUNT];
            for (int flow = 0; flow < OLD_FLOW_COUNT; flow++) {
                backends[flow] = RaceRig.backendOf(rig.forward(RaceRig.request(flow)));
            }
            int packets = 0;
            try (BackgroundLoop changes = new BackgroundLoop(turn -> change(rig, turn))) {
                for (final long endNs = System.nanoTime() + RUN_NS; System.nanoTime() < endNs; packets++) {
                    final int flow = packets % OLD_FLOW_COUNT;
                    assertThat(RaceRig.backendOf(rig.forward(RaceRig.request(flow))))
                            .as("backend of flow %d in packet %d", flow, packets)
                            .isEqualTo(backends[flow]);
                }
                System.out.println("old flows: " + packets + " packets during " + changes.turns() + " changes");
            }
            assertThat(rig.drops()).isEmpty();
            assertThat(rig.count(Counter.FLOW_OPENED)).isEqualTo(OLD_FLOW_COUNT);
        }
    }

    /** All backends have been in use once, so that each has its record and its way out; the first list is in force. */
    private RaceRig prepared() {
        final RaceRig rig = new RaceRig(RaceRig.numbers(1, 12));
        for (int i = LISTS.size(); i >= 0; i--) {
            rig.apply(LISTS.get(i % LISTS.size()));
            rig.balancer.routesChanged();
        }
        return rig;
    }

    /** Turn 0 is the list that was in force before. */
    private void change(final RaceRig rig, final int turn) {
        begunTurn.set(turn + 1);
        rig.apply(LISTS.get((turn + 1) % LISTS.size()));
        doneTurn.set(turn + 1);
    }

    private static Set<Integer> inForce(final int oldestTurn, final int newestTurn) {
        final Set<Integer> backends = new HashSet<>();
        for (int turn = oldestTurn; turn <= newestTurn && turn < oldestTurn + LISTS.size(); turn++) {
            backends.addAll(LISTS.get(turn % LISTS.size()));
        }
        return backends;
    }
}

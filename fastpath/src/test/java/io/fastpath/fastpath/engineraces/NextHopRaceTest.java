package io.fastpath.fastpath.engineraces;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.NextHopMaintenance;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.Address;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * The kernel engine writes link headers while the control thread learns of another MAC of the backend. Forbidden: a frame
 * to a MAC that is neither, half of each; another source MAC; a packet that goes missing for any other reason than that its
 * next hop was being written just then. (The kernel's own tables, which are asked then, know nothing here.)
 */
class NextHopRaceTest {
    private static final long RUN_NS = TimeUnit.MILLISECONDS.toNanos(2000);
    private static final int MAC_LENGTH = 6;
    private static final int BACKEND = 1;

    /** No byte of the one is in the other. */
    private static final List<String> MACS = List.of("02:aa:aa:aa:aa:aa", "06:55:55:55:55:55");

    @Test
    void shouldNeverSendToHalfAMac() {
        try (RaceRig rig = new RaceRig(List.of(BACKEND))) {
            rig.apply(List.of(BACKEND));
            rig.balancer.routesChanged();
            final byte[] request = RaceRig.request(0);
            rig.forward(request);
            final Map<String, Integer> seen = new HashMap<>();
            try (BackgroundLoop changes = new BackgroundLoop(turn -> learn(rig, MACS.get(turn % MACS.size())))) {
                for (final long endNs = System.nanoTime() + RUN_NS; System.nanoTime() < endNs; ) {
                    final XdpTestResult result = rig.receive(request);
                    seen.merge(RaceRig.isSent(result) ? destination(result.packet()) : "dropped", 1, Integer::sum);
                }
                System.out.println("next hop: " + seen + " during " + changes.turns() + " changes");
                assertThat(changes.turns()).isGreaterThan(100);
            }
            seen.remove("dropped");
            seen.remove("02:bb:00:00:00:01"); // before the first change
            assertThat(seen.keySet()).containsExactlyInAnyOrderElementsOf(MACS);
            assertThat(Map.of(Counter.DROP_NO_NEXT_HOP, 0L).keySet())
                    .as("reasons to drop")
                    .containsAll(rig.drops().keySet());
            assertThat(destination(rig.forward(request))).as("at rest").isIn(MACS);
        }
    }

    private static void learn(final RaceRig rig, final String mac) {
        final Address backend = Address.parse(RaceRig.backend(BACKEND));
        final NextHopKey key = new NextHopKey().set(TestBalancer.SERVERS, backend.word0(), backend.word1());
        final NextHopMaintenance maintenance = rig.balancer.maintenance();
        while (!maintenance.neighbourFound(key, TestBalancer.number(mac), System.nanoTime())) {
            Thread.onSpinWait();
        }
    }

    /** The destination MAC of a frame, whose source MAC is checked. */
    private static String destination(final byte[] frame) {
        final byte[] source = Arrays.copyOfRange(frame, MAC_LENGTH, 2 * MAC_LENGTH);
        assertThat(source).as("source MAC").isEqualTo(PacketBuilder.mac(TestBalancer.SERVERS_MAC));
        final StringBuilder text = new StringBuilder();
        for (int i = 0; i < MAC_LENGTH; i++) {
            text.append(i == 0 ? "" : ":").append(String.format("%02x", frame[i]));
        }
        return text.toString();
    }
}

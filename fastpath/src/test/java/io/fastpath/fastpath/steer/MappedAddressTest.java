package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.steer.Frames.icmpv6;
import static io.fastpath.fastpath.steer.Frames.other;
import static io.fastpath.fastpath.steer.Frames.tcp;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.steer.FlowWorld.Connection;
import io.fastpath.fastpath.steer.Frames.Layer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.service.ServiceTable;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * IPv6 packets from or to a mapped IPv4 address: the program steers those that the tables take for IPv4 packets of ours,
 * so that the engine drops and counts them (DROP_MARTIAN; the pipeline's tests say so), and passes the others.
 */
class MappedAddressTest {
    private static final int FRAGMENT_HEADER = 44;
    private static final Address CLIENT = Address.parse(Net.CLIENT);
    private static final Address CLIENT6 = Address.parse(Net.CLIENT6);
    private static final Address VIP = Address.parse(Net.VIP);
    private static final Address VIP6 = Address.parse(Net.VIP6);
    private static final Address OTHER = Address.parse(Net.OTHER);

    private final long seed = System.nanoTime();

    @Test
    void shouldSteerWhatLooksLikeOurs() {
        try (SteerRig rig = services()) {
            assertReason(rig, CLIENT, VIP, tcp(1234, 80), Counter.XDP_STEERED_SERVICE);
            assertReason(rig, CLIENT6, VIP, tcp(1234, 80), Counter.XDP_STEERED_SERVICE);
            assertReason(rig, CLIENT, VIP6, tcp(1234, 80), Counter.XDP_STEERED_SERVICE);
            assertReason(rig, CLIENT, VIP, other(FRAGMENT_HEADER, 16), Counter.XDP_STEERED_SERVICE);
            assertReason(rig, CLIENT, VIP, icmpv6(128), Counter.XDP_STEERED_ICMP);
        }
    }

    @Test
    void shouldPassWhatIsNobodys() {
        try (SteerRig rig = services()) {
            assertReason(rig, CLIENT, OTHER, tcp(1234, 80), Counter.XDP_PASS_NOT_OURS);
            assertReason(rig, CLIENT, VIP, tcp(1234, 81), Counter.XDP_PASS_NOT_OURS);
            assertReason(rig, CLIENT, OTHER, icmpv6(128), Counter.XDP_PASS_NOT_OURS);
        }
    }

    @Test
    void shouldPassSolicitationsForAMappedVip() {
        try (SteerRig rig = services()) {
            assertReason(rig, CLIENT6, VIP6, Frames.solicitation(Net.VIP6), Counter.XDP_STEERED_ICMP);
            assertReason(rig, CLIENT6, VIP6, Frames.solicitation(Net.VIP), Counter.XDP_PASS_NOT_OURS);
        }
    }

    @Test
    void shouldSteerWhatLooksLikeAPacketOfAFlow() {
        final Random random = new Random(seed);
        try (FlowWorld world = new FlowWorld(512, seed)) {
            for (int i = 0; i < 100; i++) {
                final Connection connection = world.open(FlowWorld.randomRequest(random), Forwarding.FULL_NAT, random);
                assertReason(world.rig, connection.request(), Counter.XDP_STEERED_SERVICE);
                assertReason(world.rig, connection.reply(), Counter.XDP_STEERED_REPLY);
            }
        }
    }

    private SteerRig services() {
        final SteerRig rig = SteerRig.onLoopback(512, 64, seed);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
        return rig;
    }

    private void assertReason(final SteerRig rig, final Tuple tuple, final Counter reason) {
        assertReason(rig, tuple.source(), tuple.destination(), tuple.transport(), reason);
    }

    private void assertReason(
            final SteerRig rig,
            final Address source,
            final Address destination,
            final Layer inner,
            final Counter reason) {
        assertThat(rig.receive(Frames.frame(Frames.mapped(source, destination, inner))))
                .as("%s to %s, seed %d", source, destination, seed)
                .isEqualTo(Verdict.of(reason));
    }
}

package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.steer.FlowWorld.Connection;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tuples that lead to a live connection's home and differ from its own in one field: there the program stands before the
 * slot, and the comparison alone keeps it from steering.
 */
class SharedHomeTest {
    private static final int SLOT_COUNT = 512;
    private static final int TRY_LIMIT = 100 * SLOT_COUNT;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @ParameterizedTest
    @EnumSource(Forwarding.class)
    void shouldCompareEveryField(final Forwarding forwarding) {
        try (FlowWorld world = new FlowWorld(SLOT_COUNT, seed)) {
            for (int i = 0; i < 20; i++) {
                final Connection connection = world.open(FlowWorld.randomRequest(random), forwarding, random);
                compareEveryField(world, connection.request(), Counter.XDP_STEERED_SERVICE);
                compareEveryField(world, connection.reply(), Counter.XDP_STEERED_REPLY);
            }
        }
    }

    @Test
    void shouldCompareTheProtocol() {
        try (FlowWorld world = new FlowWorld(SLOT_COUNT, seed)) {
            final Tuple request = search(() -> {
                final Tuple one = FlowWorld.randomRequest(random);
                return one.home(world.flows) == otherProtocol(one).home(world.flows) ? one : null;
            });
            world.open(request, Forwarding.FULL_NAT, random);
            assertVerdict(world, request, Counter.XDP_STEERED_SERVICE);
            assertVerdict(world, otherProtocol(request), Counter.XDP_PASS_NOT_OURS);
        }
    }

    private void compareEveryField(final FlowWorld world, final Tuple live, final Counter reason) {
        assertVerdict(world, live, reason);
        final Address source = live.source();
        final Address destination = live.destination();
        assertNotOurs(
                world,
                live,
                () -> new Tuple(
                        altered(source), live.sourcePort(), destination, live.destinationPort(), live.protocol()));
        assertNotOurs(
                world,
                live,
                () -> new Tuple(source, random.nextInt(65536), destination, live.destinationPort(), live.protocol()));
        assertNotOurs(
                world,
                live,
                () -> new Tuple(
                        source, live.sourcePort(), altered(destination), live.destinationPort(), live.protocol()));
        assertNotOurs(
                world,
                live,
                () -> new Tuple(source, live.sourcePort(), destination, random.nextInt(65536), live.protocol()));
    }

    private void assertNotOurs(final FlowWorld world, final Tuple live, final Supplier<Tuple> candidates) {
        final FlowTable flows = world.flows;
        final int home = live.home(flows);
        final Tuple twin = search(() -> {
            final Tuple candidate = candidates.get();
            return candidate.home(flows) == home && !candidate.equals(live) ? candidate : null;
        });
        assertThat(twin.reason(flows)).as("Java's word, seed %d", seed).isEqualTo(Counter.XDP_PASS_NOT_OURS);
        assertVerdict(world, twin, Counter.XDP_PASS_NOT_OURS);
    }

    private Tuple search(final Supplier<Tuple> candidates) {
        for (int i = 0; i < TRY_LIMIT; i++) {
            final Tuple found = candidates.get();
            if (found != null) {
                return found;
            }
        }
        throw new AssertionError("no such tuple, seed " + seed);
    }

    /** The address with other last three bytes. */
    private Address altered(final Address address) {
        final byte[] bytes = address.bytes();
        for (int i = bytes.length - 3; i < bytes.length; i++) {
            bytes[i] = (byte) random.nextInt();
        }
        return Address.ofBytes(bytes);
    }

    private static Tuple otherProtocol(final Tuple tuple) {
        return new Tuple(
                tuple.source(),
                tuple.sourcePort(),
                tuple.destination(),
                tuple.destinationPort(),
                Frames.TCP + Frames.UDP - tuple.protocol());
    }

    private void assertVerdict(final FlowWorld world, final Tuple tuple, final Counter reason) {
        assertThat(world.rig.receive(tuple.frame()))
                .as("%s, seed %d", tuple, seed)
                .isEqualTo(Verdict.of(reason));
    }
}

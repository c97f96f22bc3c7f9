package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.conntrack.FragmentEvents;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.fastpath.pipeline.FrameMutator;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.replay.Steering;
import io.fastpath.fastpath.steer.FlowWorld.Connection;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.ServiceTable;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Java says whose a frame is exactly as the XDP program does: all its cases, cut off at each byte, damaged, with flows. */
class SteeringAgreementTest {
    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldDecideAllCasesAndTheirPiecesAsTheProgramDoes() {
        try (SteerRig rig = SteerRig.onLoopback(512, 64, 1)) {
            ServiceTable.attach(rig.lbMemory()).apply(Net.services());
            final Steering steering = steering(rig);
            SteerCasesTest.cases().forEach(each -> {
                assertThat(steering.classify(each.frame(), System.nanoTime()))
                        .as(each.sentence())
                        .isEqualTo(each.reason());
                for (int length = SteerCase.ETHERNET_LENGTH; length < each.frame().length; length++) {
                    assertSame(rig, steering, Arrays.copyOf(each.frame(), length));
                }
            });
        }
    }

    @Test
    void shouldDecideDamagedFramesAsTheProgramDoes() {
        try (SteerRig rig = SteerRig.onLoopback(512, 64, 1)) {
            ServiceTable.attach(rig.lbMemory()).apply(Net.services());
            final Steering steering = steering(rig);
            final List<byte[]> bases =
                    SteerCasesTest.cases().map(SteerCase::frame).toList();
            final FrameMutator mutator = new FrameMutator(random, bases);
            for (int i = 0; i < 5000; i++) {
                final byte[] frame = mutator.next();
                if (frame.length >= SteerCase.ETHERNET_LENGTH) {
                    assertSame(rig, steering, frame);
                }
            }
        }
    }

    @Test
    void shouldDecideOnConnectionsAsTheProgramDoes() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final Steering steering = steering(world.rig);
            int replies = 0;
            for (int i = 0; i < 100; i++) {
                final Connection connection = world.open(
                        FlowWorld.randomRequest(random),
                        random.nextBoolean() ? Forwarding.FULL_NAT : Forwarding.NAT,
                        random);
                if (connection == null) {
                    continue;
                }
                assertSame(world.rig, steering, connection.request().frame());
                assertSame(world.rig, steering, connection.reply().frame());
                assertSame(world.rig, steering, FlowWorld.randomRequest(random).frame());
                replies += steering.classify(connection.reply().frame(), System.nanoTime()) == Counter.XDP_STEERED_REPLY
                        ? 1
                        : 0;
            }
            assertThat(replies).as("replies, seed %d", seed).isGreaterThan(50);
        }
    }

    /** A later fragment of a reply is known by its datagram, or by the addresses between which one went before. */
    @Test
    void shouldDecideOnFragmentsOfRepliesAsTheProgramDoes() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final Steering steering = steering(world.rig);
            int count = 0;
            for (int i = 0; i < 100; i++) {
                final Connection connection = world.open(
                        FlowWorld.randomRequest(random),
                        random.nextBoolean() ? Forwarding.FULL_NAT : Forwarding.NAT,
                        random);
                if (connection == null || connection.reply().protocol() != Frames.UDP) {
                    continue;
                }
                final byte[] reply = PacketBuilder.udp(
                                connection.reply().source().toString(),
                                connection.reply().sourcePort(),
                                connection.reply().destination().toString(),
                                connection.reply().destinationPort())
                        .payload(88)
                        .build();
                assertSame(world.rig, steering, fragment(reply, i, 48, 96));
                assertSame(world.rig, steering, fragment(reply, i, 0, 48));
                assertSame(world.rig, steering, fragment(reply, i + 1, 48, 96));
                assertThat(steering.classify(fragment(reply, i + 1, 48, 96), System.nanoTime()))
                        .isEqualTo(Counter.XDP_STEERED_REPLY);
                count++;
            }
            assertThat(count).as("connections, seed %d", seed).isGreaterThan(20);
        }
    }

    private void assertSame(final SteerRig rig, final Steering steering, final byte[] frame) {
        assertThat(rig.receive(frame))
                .as("seed %d, frame %s", seed, Arrays.toString(frame))
                .isEqualTo(Verdict.of(steering.classify(frame, System.nanoTime())));
    }

    private static Steering steering(final SteerRig rig) {
        return new Steering(
                new Selector(rig.lbMemory()),
                new FlowTable(
                        rig.region(MapNames.FLOWS),
                        rig.region(MapNames.CONFIG),
                        rig.region(MapNames.BACKENDS),
                        FlowTimeouts.defaults(),
                        FlowEvents.NONE),
                new FragmentTable(rig.region(MapNames.FRAGMENTS), rig.region(MapNames.CONFIG), FragmentEvents.NONE),
                TupleHash.of(rig.region(MapNames.CONFIG), ConfigDescriptor.HASH_KEY_OFFSET));
    }
}

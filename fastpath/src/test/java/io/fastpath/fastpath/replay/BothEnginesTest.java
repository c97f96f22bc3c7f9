package io.fastpath.fastpath.replay;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.pipeline.FrameMutator;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Both engines on one capture: they agree, and if one of them is made to fail the replay says so. Needs root. */
class BothEnginesTest {
    @TempDir
    private Path folder;

    private ReplayStage stage;

    @BeforeEach
    void prepare() {
        stage = new ReplayStage(folder);
    }

    @Test
    void shouldAgreeOnConnectionsOverHours() {
        final List<byte[]> frames = new ArrayList<>();
        final List<Long> times = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            final int port = 1000 + i % 37;
            frames.add(PacketBuilder.tcp(Frames.CLIENT, port, Frames.VIP, i % 2 == 0 ? 80 : 90)
                    .flags(i % 5 == 4 ? FIN | ACK : i % 5 == 0 ? SYN : ACK)
                    .build());
            frames.add(PacketBuilder.tcp(Frames.CLIENT6, port, Frames.VIP6, 80)
                    .flags(SYN)
                    .build());
            frames.add(PacketBuilder.udp(Frames.REMOTE_CLIENT, port, Frames.VIP, 90)
                    .build());
            for (int k = 0; k < 3; k++) {
                times.add(ReplayStage.START_NS + i * 61_000_000_000L + k);
            }
        }
        final ReplayInput clients = stage.capture(
                "clients",
                "clients.pcap",
                times.stream().mapToLong(time -> time).toArray(),
                frames.toArray(byte[][]::new));
        final ReplayInput servers = stage.capture(
                "servers",
                "servers.pcap",
                new long[] {ReplayStage.START_NS + 5},
                ReplayTest.natReply().build());
        final ReplayReport report = stage.play(EngineChoice.BOTH, clients, servers);
        assertThat(report.differences()).isEmpty();
        assertThat(report.packets()).isEqualTo(601);
        assertThat(report.counters()).containsKey("flow_closed").containsKey("drop_no_flow");
    }

    /**
     * Damaged frames of all kinds, from a seed. Their sender's MAC is left alone: Java keeps a hop per client on the link, the
     * kernel engine, where it knows no neighbour, one per MAC.
     */
    @Test
    void shouldAgreeOnRandomFrames() {
        final long seed = System.nanoTime();
        final FrameMutator mutator = new FrameMutator(
                new Random(seed),
                List.of(
                        ReplayTest.nat(SYN).build(),
                        PacketBuilder.udp(Frames.CLIENT, 7, Frames.VIP, 90)
                                .payload(60)
                                .build(),
                        PacketBuilder.echo(Frames.CLIENT, Frames.VIP, false).build(),
                        PacketBuilder.tcp(Frames.CLIENT6, 9, Frames.VIP6, 80)
                                .flags(SYN)
                                .build()));
        final byte[][] frames = new byte[1500][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = mutator.next();
            final byte[] mac = PacketBuilder.mac(TestBalancer.CLIENT_MAC);
            if (frames[i].length >= 14) {
                System.arraycopy(mac, 0, frames[i], 6, mac.length);
                withoutTag(frames[i]);
            }
        }
        final ReplayReport report = stage.play(EngineChoice.BOTH, stage.capture("clients", frames));
        assertThat(report.differences()).as("seed %d", seed).isEmpty();
    }

    /** What the engines keep of a client on the link that changes its tags is not the same: see README. */
    private static void withoutTag(final byte[] frame) {
        final int type = (frame[12] & 0xff) << 8 | frame[13] & 0xff;
        if (type == 0x8100 || type == 0x88a8) {
            frame[12] = 8;
            frame[13] = 0;
        }
    }

    @Test
    void shouldPlayOnTheKernelEngineAlone() {
        final ReplayReport report = stage.play(
                EngineChoice.KERNEL,
                stage.capture(
                        "clients",
                        ReplayTest.nat(SYN).build(),
                        ReplayTest.nat(SYN).build()));
        assertThat(report.reasons()).containsEntry("forwarded_request", 2L);
        assertThat(stage.sent("servers")).hasSize(2);
        assertThat(stage.lines(Replay.PACKETS_FILE).get(0).path("backend").asText())
                .isEqualTo("10.8.0.11:9090");
    }

    /** Ways for an engine to be wrong. */
    enum Fault {
        BYTES("frame out: "),
        VERDICT("verdict: drop_mtu / forwarded_request"),
        COUNTER("flow_lost_race: 1 / 0"),
        FLOW("fp_flows at byte ");

        private final String text;

        Fault(final String text) {
            this.text = text;
        }
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void shouldDetectAnEngineThatFails(final Fault fault) {
        final ReplayInput input = stage.capture(
                "clients", ReplayTest.nat(SYN).build(), ReplayTest.nat(SYN).build());
        final ReplayReport report = new Replay(stage.config(), List.of(input))
                .javaEngine((config, startNs) -> new Sabotaged(config, startNs, fault))
                .run(EngineChoice.BOTH, stage.out(), line -> {});
        assertThat(report.differences())
                .anySatisfy(difference -> assertThat(difference)
                        .startsWith("packet 2 (clients): ")
                        .contains(fault.text));
        assertThat(stage.out()).isDirectoryNotContaining(file -> !file.endsWith(Replay.DIFFERENCE_NAME + ".pcap"));
        assertThat(stage.sent(Replay.DIFFERENCE_NAME).get(0).bytes())
                .isEqualTo(ReplayTest.nat(SYN).build());
    }

    /** Fails at the second frame. */
    private static final class Sabotaged extends JavaReplay {
        private final Fault fault;
        private int count;

        Sabotaged(final InstanceConfig config, final long startNs, final Fault fault) {
            super(config, startNs);
            this.fault = fault;
        }

        @Override
        public Outcome receive(final int ifindex, final byte[] frame, final long nowNs) {
            final Outcome outcome = super.receive(ifindex, frame, nowNs);
            if (++count < 2) {
                return outcome;
            }
            switch (fault) {
                case BYTES -> outcome.frame()[30] ^= 1;
                case VERDICT -> {
                    return Outcome.end(Counter.DROP_MTU);
                }
                case COUNTER ->
                    new CounterRow(world().tables().region(MapNames.COUNTERS), 0)
                            .increment(Counter.FLOW_LOST_RACE.code());
                default -> touchFlows();
            }
            return outcome;
        }

        private void touchFlows() {
            final SharedMemory flows = world().tables().region(MapNames.FLOWS);
            for (long slot = 0; slot < flows.length(); slot += FlowDescriptor.LENGTH) {
                final long control = slot + FlowDescriptor.CONTROL_OFFSET;
                if ((flows.getInt(control) & FlowDescriptor.STATE_MASK) != FlowState.FREE) {
                    flows.putInt(control, flows.getInt(control) ^ 1 << FlowDescriptor.VERSION_SHIFT);
                }
            }
        }
    }
}

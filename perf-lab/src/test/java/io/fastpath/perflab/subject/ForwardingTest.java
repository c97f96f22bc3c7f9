package io.fastpath.perflab.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.perflab.Await;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.Sink;
import io.fastpath.perflab.traffic.SinkCounters;
import io.fastpath.perflab.traffic.TrafficGenerator;
import io.fastpath.perflab.traffic.TrafficPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Traffic from generator to sink through each subject. Needs root. */
final class ForwardingTest {
    /** Slow enough for a busy machine, fast enough to be done soon. */
    private static final long PACKETS_PER_SECOND = 50_000;

    /** More than any subject has frames, so that one that doesn't recycle them is found out. */
    private static final long PACKET_COUNT = 10_000;

    private static final int CPU = 0;

    private static SourceTree sources;
    private static Topology topology;
    private static Sink sink;
    private static TrafficGenerator generator;

    @BeforeAll
    static void buildLab() {
        sources = SourceTree.unpack();
        topology = Topology.build(1, 2);
        sink = Sink.load(sources.compileBpf("lab_sink"));
        sink.attach(topology);
        generator = TrafficGenerator.load(sources.compileBpf("lab_traffic"), topology, CPU);
    }

    @AfterAll
    static void removeLab() {
        generator.close();
        sink.close();
        topology.close();
        sources.close();
    }

    @Test
    void shouldDeliverThroughTheKernel() {
        shouldDeliver(new KernelForwarding());
    }

    @Test
    void shouldDeliverThroughABareRedirect() {
        shouldDeliver(new BareRedirect(sources));
    }

    @Test
    void shouldDeliverThroughNftables() throws IOException {
        final Path limit = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");
        final String before = Files.readString(limit);
        shouldDeliver(new NftablesDnat(sources.folder(), 1 << 20));
        assertThat(Files.readString(limit)).isEqualTo(before);
    }

    @Test
    void shouldDeliverThroughTheCForwarder() {
        shouldDeliver(new CForwarder(sources, CPU));
    }

    @Test
    void shouldNotDeliverWithoutASubject() {
        final long seenBefore = sink.counters().packets();
        final long sentBefore = generator.sentCount();
        generator.start(new TrafficPlan(16, 64), PACKETS_PER_SECOND);
        try {
            Await.until("packets sent", () -> generator.sentCount() - sentBefore > PACKET_COUNT);
        } finally {
            generator.stop();
        }
        assertThat(sink.counters().packets()).isEqualTo(seenBefore);
    }

    @Test
    void shouldStartAgainAfterTheCForwarderWasKilled() {
        final CForwarder forwarder = new CForwarder(sources, CPU);
        final RunningSubject killed = forwarder.start(topology);
        awaitXdp();
        ProcessHandle.of(((SubjectProcess) killed).process().pid()).ifPresent(ProcessHandle::destroyForcibly);
        Await.until("end of the forwarder", () -> !isAlive(killed));

        assertThatThrownBy(killed::checkAlive).isInstanceOf(LabException.class).hasMessageContaining("c-afxdp ended");
        killed.close();
        Await.until("XDP to come off", ForwardingTest::isFreeOfXdp);
        shouldDeliver(forwarder);
    }

    @Test
    void shouldSayWhyTheCForwarderCannotStart() {
        final CForwarder forwarder = new CForwarder(sources, CPU);
        try (RunningSubject first = forwarder.start(topology)) {
            awaitXdp();
            final RunningSubject second = forwarder.start(topology);
            Await.until("end of the second", () -> !isAlive(second));

            assertThatThrownBy(second::checkAlive)
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining("exit code 1: afxdp_forward: front: Device or resource busy");
            first.checkAlive();
            second.close();
        }
    }

    @Test
    void shouldStartTheBalancerAsAnOperatorWould() throws IOException {
        final Path folder = sources.folder();
        final Path said = folder.resolve("said");
        final Path launcher = folder.resolve("fastpath");
        Files.writeString(launcher, """
                #!/bin/sh
                echo "$*" >> %s
                [ "$1" = detach ] || ip -o link show front | cut -d: -f2 >> %s
                [ "$1" = detach ] || exec sleep 60
                """.formatted(said, said));
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));

        try (RunningSubject running =
                new Balancer("fastpath", launcher, folder, 1, "full-nat", "userspace", 1 << 16).start(topology)) {
            Await.until("the launcher's words", () -> read(said).contains("front@"));
            running.checkAlive();
        }

        assertThat(read(said).lines())
                .containsExactly(
                        "run --config " + folder.resolve("fastpath.yaml"),
                        " front@if2",
                        "detach --instance " + topology.node());
        assertThat(Files.readString(folder.resolve("fastpath.yaml")))
                .contains("instance: " + topology.node())
                .contains("workers: {cpus: [1], idle: busy}")
                .contains("vip: 10.7.0.100")
                .contains("forwarding: full-nat")
                .contains("      - {address: 10.8.0.11, port: 9000, weight: 1}\n"
                        + "      - {address: 10.8.0.12, port: 9000, weight: 1}\n");
    }

    private static void shouldDeliver(final Subject subject) {
        sink.expect(subject.delivery(topology));
        final SinkCounters before = sink.counters();
        final long sentBefore = generator.sentCount();
        try (RunningSubject running = subject.start(topology)) {
            generator.start(new TrafficPlan(16, 64), PACKETS_PER_SECOND);
            Await.until("packets through " + subject.name(), () -> {
                running.checkAlive();
                return sink.counters().since(before).packets() >= PACKET_COUNT;
            });
        } finally {
            generator.stop();
        }
        final SinkCounters seen = sink.counters().since(before);
        assertThat(seen.packets()).isLessThanOrEqualTo(generator.sentCount() - sentBefore);
        assertThat(seen.bytes()).isEqualTo(60 * seen.packets());
        assertThat(seen.sampled()).isPositive();
        assertThat(seen.misdirected()).isZero();
        assertThat(seen.badChecksum()).isZero();
        topology.checkNoXdp();
    }

    private static String read(final Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void awaitXdp() {
        Await.until("XDP on front", () -> !isFreeOfXdp());
    }

    private static boolean isFreeOfXdp() {
        try {
            topology.checkNoXdp();
            return true;
        } catch (final LabException ex) {
            return false;
        }
    }

    private static boolean isAlive(final RunningSubject subject) {
        try {
            subject.checkAlive();
            return true;
        } catch (final LabException ex) {
            return false;
        }
    }
}

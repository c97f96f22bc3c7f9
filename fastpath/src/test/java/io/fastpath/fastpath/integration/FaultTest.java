package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.cli.Main;
import io.fastpath.fastpath.lab.DatagramReport;
import io.fastpath.fastpath.lab.Flood;
import io.fastpath.fastpath.lab.GarbageStorm;
import io.fastpath.kernelbpf.layout.Counter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * Faults under load: {@value FaultBed#HELD} held connections with checksummed data, and new ones all the time. None may
 * fail, and no byte may be wrong. What each fault costs a stream of a thousand datagrams a second is reported, and
 * bounded far above the target of 5 ms, since the machine of a test run is noisy.
 */
final class FaultTest {
    /**
     * How often a balancer is killed and started again in a row: a property, since the fifty times that it must stand take
     * minutes.
     */
    private static final int KILLS = Integer.getInteger("fastpath.test.kills", 3);

    private static final long STOP_MS = 5_000;
    private static final long FAULT_MS = 3_000;
    private static final double LOSS_LIMIT_MS = 500;
    private static final int LIVE_HEAP_MB = 500;

    /** What each test found, appended. */
    private static final Path REPORT = Path.of("target", "faults.txt");

    private FaultBed bed;
    private String name;

    @BeforeEach
    void build(final TestInfo info) {
        name = info.getDisplayName();
        bed = new FaultBed();
    }

    @AfterEach
    void remove() {
        bed.close();
    }

    @Test
    void shouldCarryOnWithoutAFault() {
        start();
        bed.run(FAULT_MS);
        conclude();
    }

    @Test
    void shouldCarryOnAfterKillAndThroughTheNextStart() {
        start();
        final long before = bed.kernelForwarded();
        bed.balancer().process().kill();
        bed.run(2_000);
        assertThat(bed.kernelForwarded()).isGreaterThan(before + 1_000);
        bed.balancer().start(bed.yaml());
        bed.more();
        conclude();
    }

    @Test
    void shouldCarryOnWhileTheProcessIsStopped() {
        start();
        final long before = bed.counters().kernel().get(Counter.XDP_KERNEL_STALE.label());
        bed.signal("STOP");
        bed.run(STOP_MS);
        bed.signal("CONT");
        assertThat(bed.counters().kernel().get(Counter.XDP_KERNEL_STALE.label()))
                .isGreaterThan(before + 1_000);
        bed.more();
        conclude();
    }

    @Test
    void shouldCarryOnInAStormOfFullCollections() throws IOException {
        final Path trigger = bed.balancer().folder().resolve("storm");
        final List<String> command = Fastpath.java("-Xmx" + 2 * LIVE_HEAP_MB + "m");
        command.addAll(List.of(
                GarbageStorm.class.getName(),
                trigger.toString(),
                Integer.toString(LIVE_HEAP_MB),
                Main.class.getName()));
        bed.balancer().start(bed.yaml(), command);
        bed.drive();
        final long stale = bed.counters().kernel().get(Counter.XDP_KERNEL_STALE.label());
        Files.createFile(trigger);
        bed.run(2 * FAULT_MS);
        Files.delete(trigger);
        assertThat(bed.counters().kernel().get(Counter.XDP_KERNEL_STALE.label()))
                .isGreaterThan(stale + 1_000);
        bed.more();
        conclude();
    }

    @Test
    void shouldCarryOnWhenOverloaded() {
        start();
        try (Flood flood = new Flood(bed.balancer().lab(), FaultBed.FLOOD_VIP_PORT, FaultBed.FLOOD_PORT, 1)) {
            flood.start();
            bed.run(FAULT_MS);
            flood.finish();
            assertThat(flood.failures()).as(flood.firstFailure()).isZero();
            final long spilled = bed.counters().kernel().get(Counter.XDP_KERNEL_FULL.label())
                    + bed.counters().kernel().get(Counter.XDP_KERNEL_STALE.label());
            report(flood.sent() + " flood datagrams, " + spilled + " to the kernel engine");
            assertThat(spilled).isGreaterThan(1_000);
        }
        bed.more();
        conclude();
    }

    @Test
    void shouldCarryOnThroughAnUpgrade() {
        start();
        bed.balancer().upgrade(bed.yaml());
        bed.more();
        conclude();
    }

    @Test
    void shouldKeepBackendsOfLiveConnectionsThroughARestartWithAnotherList() {
        bed.balancer().start(bed.yaml().replace("onExit: detach", "onExit: handover"));
        bed.drive();
        assertThat(bed.balancer().process().stop()).isZero();
        bed.more();
        bed.balancer().start(bed.yaml(2));
        bed.more();
        final long first = bed.load().perBackend().get("backend-1");
        final long second = bed.load().perBackend().get("backend-2");
        bed.more();
        assertThat(bed.load().perBackend().get("backend-1")).isEqualTo(first);
        assertThat(bed.load().perBackend().get("backend-2")).isGreaterThan(second);
        conclude();
    }

    @Test
    void shouldCarryOnThroughKillAfterKill() {
        start();
        for (int i = 0; i < KILLS; i++) {
            bed.balancer().process().kill();
            bed.balancer().start(bed.yaml());
            bed.more();
        }
        conclude();
    }

    private void start() {
        bed.balancer().start(bed.yaml());
        bed.drive();
    }

    private void report(final String text) {
        try {
            Files.writeString(REPORT, name + ": " + text + '\n', StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void conclude() {
        final DatagramReport report = bed.assertNothingBroke();
        report(bed.summary() + "; dropped " + bed.drops() + "; datagrams: " + report);
        assertThat(report.longestLossMs()).as(report::toString).isLessThan(LOSS_LIMIT_MS);
    }
}

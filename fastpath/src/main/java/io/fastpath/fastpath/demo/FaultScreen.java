package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.StreamLoad;
import java.util.Map;

/** The lines of a demo with a fault: how much of the work the kernel engine does, and that nothing breaks. */
final class FaultScreen {
    private final DemoScreen screen;
    private long lastRequests;
    private long lastBlocks;
    private long lastUserspace;
    private long lastKernel;

    FaultScreen(final DemoScreen screen) {
        this.screen = screen;
    }

    /** A second is over. */
    void tick(final int second, final DemoTraffic traffic, final StreamLoad streams, final CountersReport counters) {
        if (second == 1) {
            screen.line(
                    "%6s %9s %9s %9s %9s %14s %14s  %s",
                    "second",
                    "held open",
                    "blocks/s",
                    "HTTP/s",
                    "broken",
                    "Java pkt/s",
                    "kernel pkt/s",
                    "kernel engine's share");
        }
        final Map<String, Long> packets = InstanceCounters.packetsByEngine(counters);
        final long userspace = packets.get("userspace") - lastUserspace;
        final long kernel = packets.get("kernel") - lastKernel;
        final long percent = userspace + kernel == 0 ? 0 : 100 * kernel / (userspace + kernel);
        screen.line(
                "%6d %9d %9d %9d %9d %14d %14d  %3d %% %s",
                second,
                streams.open(),
                streams.checkedBlocks() - lastBlocks,
                traffic.http().requests() - lastRequests,
                streams.failures() + traffic.http().failures(),
                userspace,
                kernel,
                percent,
                "#".repeat((int) percent / 5));
        lastRequests = traffic.http().requests();
        lastBlocks = streams.checkedBlocks();
        lastUserspace = packets.get("userspace");
        lastKernel = packets.get("kernel");
    }

    /** All of it at the end. */
    void summary(final FaultResult result) {
        screen.line("");
        screen.line("packets sent by engine: %s", result.demo().packets());
        screen.line("why the kernel engine took packets: %s", result.kernelCauses());
        screen.line(
                "packets dropped by reason: %s",
                result.demo().drops().isEmpty() ? "none" : result.demo().drops());
        screen.line("a constant stream of datagrams: %s", result.datagrams());
        screen.line(
                "%d connections held through \"%s\", %d opened and ended, %d blocks (%d bytes) checked; longest wait %.0f ms",
                result.connectionsHeld(),
                result.fault(),
                result.connectionsOpened() - result.connectionsHeld(),
                result.blocksChecked(),
                result.bytesChecked(),
                result.longestWaitMs());
        screen.line(
                "%d HTTP requests: %d failed; %d connections broken; %d takeover(s)",
                result.demo().requests(), result.demo().failures(), result.connectionsBroken(), result.takeovers());
        for (final String shortcoming : result.shortcomings()) {
            screen.line("NOT PASSED: %s", shortcoming);
        }
    }
}

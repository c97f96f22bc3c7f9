package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.control.PlacementReport;
import io.fastpath.fastpath.control.PlacementReport.PacketsReport;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** Who works on packets, as people read it. Pure. */
final class PlacementText {
    private PlacementText() {}

    /**
     * {@return the lines}
     *
     * @param placement of an instance.
     */
    static List<String> lines(final PlacementReport placement) {
        final PacketsReport packets = placement.packets();
        return List.of(
                "engine    " + placement.inForce() + asked(placement) + ": " + placement.reason(),
                String.format(
                        Locale.ROOT,
                        "limits    the kernel steps in for a worker that stands still for %s ms, or has %s in flight",
                        milliseconds(placement.stallLimitNs()),
                        Quantities.count(placement.spillLimit(), "frame")),
                String.format(
                        Locale.ROOT,
                        "packets   userspace %d, kernel %d (placed %d, no socket %d, stale %d, full %d)",
                        packets.userspace(),
                        packets.kernel(),
                        packets.placed(),
                        packets.noSocket(),
                        packets.stale(),
                        packets.full()),
                "takeovers " + placement.takeovers());
    }

    private static String asked(final PlacementReport placement) {
        return placement.asked().isEmpty() || placement.asked().equals(placement.inForce())
                ? ""
                : " (asked: " + placement.asked() + ")";
    }

    private static String milliseconds(final long ns) {
        final double ms = ns / (double) TimeUnit.MILLISECONDS.toNanos(1);
        return ms == Math.rint(ms) ? Long.toString((long) ms) : Double.toString(ms);
    }
}

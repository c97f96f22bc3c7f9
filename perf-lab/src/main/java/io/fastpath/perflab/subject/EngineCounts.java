package io.fastpath.perflab.subject;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.Locale;

/**
 * What a balancer's two engines have done, by its own counters. Immutable.
 *
 * @param kernelPackets that the kernel engine forwarded.
 * @param workerPackets that workers forwarded.
 * @param placed packets that the kernel engine took because the configuration says so.
 * @param noSocket that it took because there was no worker.
 * @param stale because the worker was not fresh.
 * @param full because the worker had too many in flight.
 * @param openFlows flows in the table now, not a difference.
 */
public record EngineCounts(
        long kernelPackets, long workerPackets, long placed, long noSocket, long stale, long full, long openFlows) {
    private static final double PERCENT = 100;

    /**
     * {@return the counts}
     *
     * @param report as {@code fastpath counters --json} prints it.
     */
    static EngineCounts of(final JsonNode report) {
        final JsonNode kernel = report.path("kernel");
        final JsonNode all = report.path("counters");
        return new EngineCounts(
                forwarded(kernel),
                forwarded(report.path("userspace")),
                count(kernel, Counter.XDP_KERNEL_PLACED),
                count(kernel, Counter.XDP_KERNEL_NO_SOCKET),
                count(kernel, Counter.XDP_KERNEL_STALE),
                count(kernel, Counter.XDP_KERNEL_FULL),
                count(all, Counter.FLOW_OPENED) - count(all, Counter.FLOW_CLOSED));
    }

    /**
     * {@return what was done since}
     *
     * @param earlier counts; open flows are those of now.
     */
    public EngineCounts since(final EngineCounts earlier) {
        return new EngineCounts(
                kernelPackets - earlier.kernelPackets,
                workerPackets - earlier.workerPackets,
                placed - earlier.placed,
                noSocket - earlier.noSocket,
                stale - earlier.stale,
                full - earlier.full,
                openFlows);
    }

    /** {@return the share of forwarded packets that the kernel engine forwarded, 0 to 1; NaN of no packet} */
    public double kernelShare() {
        return kernelPackets / (double) (kernelPackets + workerPackets);
    }

    /** {@return the share of packets that went to the kernel engine for want of a worker, of all forwarded; NaN of none} */
    public double spilledShare() {
        return (noSocket + stale + full) / (double) (kernelPackets + workerPackets);
    }

    /** {@return who did the work, in a line} */
    public String inWords() {
        return String.format(
                Locale.ROOT,
                "by Java %.1f %%, by the kernel %.1f %% (spilled: full %,d, stale %,d, no socket %,d); %,d flows open",
                (1 - kernelShare()) * PERCENT,
                kernelShare() * PERCENT,
                full,
                stale,
                noSocket,
                openFlows);
    }

    private static long forwarded(final JsonNode counters) {
        return count(counters, Counter.FORWARDED_REQUEST) + count(counters, Counter.FORWARDED_REPLY);
    }

    private static long count(final JsonNode counters, final Counter counter) {
        final JsonNode value = counters.path(counter.label());
        if (!value.isNumber()) {
            throw new LabException("the balancer's counters do not tell " + counter.label());
        }
        return value.asLong();
    }
}

package io.fastpath.fastpath.control;

import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;

/**
 * What {@code engine} answers, and {@code status} among other things: who works on packets, and how many each has worked
 * on. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param asked the mode that was asked for, by the configuration or by {@code fastpath engine}: userspace, hybrid, kernel
 *     or auto; empty of an instance without a process.
 * @param inForce the mode that is in force: userspace, hybrid or kernel.
 * @param reason why it is that.
 * @param stallLimitNs age of a worker's heartbeat from which on the kernel engine takes its packets.
 * @param spillLimit frames in flight at a queue's worker from which on the kernel engine takes the next.
 * @param takeovers processes that went on with the tables of an earlier one, since the tables were made.
 * @param packets by engine and by cause, since the tables were made.
 */
public record PlacementReport(
        String asked,
        String inForce,
        String reason,
        long stallLimitNs,
        int spillLimit,
        int takeovers,
        PacketsReport packets) {
    /**
     * {@return the report on an instance}
     *
     * @param asked the mode that was asked for.
     * @param inForce the mode that is in force.
     * @param reason why.
     * @param tables of the instance, alive or dead.
     */
    public static PlacementReport of(
            final String asked, final String inForce, final String reason, final SharedTables tables) {
        final ControlRecord control = new ControlRecord(tables.region(MapNames.CONTROL));
        return new PlacementReport(
                asked,
                inForce,
                reason,
                control.stallLimitNs(),
                control.spillLimit(),
                control.takeoverCount(),
                PacketsReport.of(new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes())));
    }

    /**
     * Packets by engine, and those of the kernel engine by the cause for which it took them. The causes are counted a
     * moment before the sum is: a busy moment may show a few less in the sum.
     *
     * @param userspace that workers took.
     * @param kernel that the kernel engine took.
     * @param placed because they are the kernel engine's by the mode in force.
     * @param noSocket because their queue had no worker.
     * @param stale because their worker stood still.
     * @param full because their worker had too many.
     */
    public record PacketsReport(long userspace, long kernel, long placed, long noSocket, long stale, long full) {
        static PacketsReport of(final CounterReader counters) {
            return new PacketsReport(
                    counters.workerTotal(Counter.RX_PACKETS),
                    counters.kernelTotal(Counter.RX_PACKETS),
                    counters.kernelTotal(Counter.XDP_KERNEL_PLACED),
                    counters.kernelTotal(Counter.XDP_KERNEL_NO_SOCKET),
                    counters.kernelTotal(Counter.XDP_KERNEL_STALE),
                    counters.kernelTotal(Counter.XDP_KERNEL_FULL));
        }
    }
}

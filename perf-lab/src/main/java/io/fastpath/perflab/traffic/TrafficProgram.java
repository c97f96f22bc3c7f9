package io.fastpath.perflab.traffic;

import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.perflab.topology.Topology;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * {@code lab_traffic.bpf.c}, loaded, and the memory shared with it.
 *
 * <p>{@link #pace} and {@link #sentCount} may be called by any thread, the rest while the program doesn't run.
 */
final class TrafficProgram implements AutoCloseable {
    private static final String NAME = "lab_traffic";
    private static final long NS_PER_SECOND = 1_000_000_000L;

    private final LoadedProgram loaded;
    private final UnsafeBuffer plan;
    private final UnsafeBuffer progress;

    private TrafficProgram(final LoadedProgram loaded) {
        this.loaded = loaded;
        plan = loaded.memory(TrafficPlanDescriptor.MAP);
        progress = loaded.memory(TrafficProgressDescriptor.MAP);
    }

    /**
     * {@return the program, loaded; the caller closes it}
     *
     * @param object the compiled source.
     */
    static TrafficProgram load(final Path object) {
        return new TrafficProgram(
                LoadedProgram.load(object, NAME, TrafficPlanDescriptor.MAP, TrafficProgressDescriptor.MAP));
    }

    /** {@return what the kernel runs} */
    BpfProgram program() {
        return loaded.program();
    }

    /**
     * Say what to send, from flow 0 on.
     *
     * @param traffic to send.
     * @param ifindex of the interface to send into.
     */
    void write(final TrafficPlan traffic, final int ifindex) {
        plan.putBytes(TrafficPlanDescriptor.DESTINATION_MAC_OFFSET, MacAddress.bytes(Topology.FRONT_MAC));
        plan.putBytes(TrafficPlanDescriptor.SOURCE_MAC_OFFSET, MacAddress.bytes(Topology.CLIENT_MAC));
        plan.putInt(TrafficPlanDescriptor.DESTINATION_BE_OFFSET, Topology.VIP, ByteOrder.BIG_ENDIAN);
        plan.putShort(
                TrafficPlanDescriptor.DESTINATION_PORT_BE_OFFSET, (short) Topology.SERVICE_PORT, ByteOrder.BIG_ENDIAN);
        plan.putShort(TrafficPlanDescriptor.FIRST_SOURCE_PORT_OFFSET, (short) TrafficPlan.FIRST_SOURCE_PORT);
        plan.putInt(TrafficPlanDescriptor.FIRST_SOURCE_OFFSET, Topology.FIRST_CLIENT);
        plan.putInt(TrafficPlanDescriptor.FLOW_COUNT_OFFSET, traffic.flowCount());
        plan.putInt(TrafficPlanDescriptor.INTERFACE_INDEX_OFFSET, ifindex);
        progress.putInt(TrafficProgressDescriptor.NEXT_FLOW_OFFSET, 0);
    }

    /**
     * Set the rate.
     *
     * @param packetsPerSecond see {@link TrafficGenerator#pace}.
     */
    void pace(final long packetsPerSecond) {
        final long intervalNs =
                packetsPerSecond == TrafficGenerator.UNTHROTTLED ? 0 : Math.max(1, NS_PER_SECOND / packetsPerSecond);
        plan.putLongVolatile(TrafficPlanDescriptor.INTERVAL_NS_OFFSET, intervalNs);
    }

    /** {@return packets sent since it was loaded} */
    long sentCount() {
        return progress.getLongVolatile(TrafficProgressDescriptor.SENT_OFFSET);
    }

    @Override
    public void close() {
        loaded.close();
    }
}

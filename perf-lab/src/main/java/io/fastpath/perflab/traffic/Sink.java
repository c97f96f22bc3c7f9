package io.fastpath.perflab.traffic;

import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.perflab.topology.Topology;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The far end of the topology: counts the UDP datagrams that arrive, examines a sample of them, and drops them, all in
 * XDP ({@code lab_sink.bpf.c}). The work is done on the CPU of whoever sends into the veth.
 *
 * <p>Owned by one thread; {@link #counters()} may be called by any. {@link #close()} takes the program off.
 */
public final class Sink implements AutoCloseable {
    private static final String PROGRAM = "lab_sink";

    private final LoadedProgram loaded;
    private final UnsafeBuffer plan;
    private final UnsafeBuffer cpus;

    private Sink(final LoadedProgram loaded) {
        this.loaded = loaded;
        plan = loaded.memory(SinkPlanDescriptor.MAP);
        cpus = loaded.memory(SinkCountersDescriptor.MAP);
    }

    /**
     * Load the program; it is not attached yet.
     *
     * @param object the compiled {@code lab_sink.bpf.c}.
     * @return the sink; the caller closes it.
     */
    public static Sink load(final Path object) {
        return new Sink(LoadedProgram.load(object, PROGRAM, SinkPlanDescriptor.MAP, SinkCountersDescriptor.MAP));
    }

    /**
     * Attach the program to the server's interface.
     *
     * @param topology at whose end it shall sit until {@link #close()}.
     */
    @SuppressWarnings("try")
    public void attach(final Topology topology) {
        try (NetworkNamespace visit = NetworkNamespace.enter(topology.server())) {
            final BpfLink link = program().attachXdp(InterfaceName.toIndex(Topology.SERVER_INTERFACE), XdpMode.NATIVE);
            loaded.undoFirst(link::close);
        }
    }

    /** {@return what the kernel runs} */
    BpfProgram program() {
        return loaded.program();
    }

    /**
     * Say how datagrams must be addressed from now on. No packet may be on its way.
     *
     * @param expected addresses; port and MAC address are the topology's.
     */
    public void expect(final SinkPlan expected) {
        plan.putBytes(SinkPlanDescriptor.DESTINATION_MAC_OFFSET, MacAddress.bytes(Topology.SERVER_MAC));
        plan.putShort(
                SinkPlanDescriptor.DESTINATION_PORT_BE_OFFSET, (short) Topology.SERVICE_PORT, ByteOrder.BIG_ENDIAN);
        plan.putInt(SinkPlanDescriptor.FIRST_DESTINATION_OFFSET, expected.firstDestination());
        plan.putInt(SinkPlanDescriptor.DESTINATION_COUNT_OFFSET, expected.destinationCount());
    }

    /** {@return what it has seen so far} */
    public SinkCounters counters() {
        return new SinkCounters(
                System.nanoTime(),
                sum(SinkCountersDescriptor.PACKETS_OFFSET),
                sum(SinkCountersDescriptor.BYTES_OFFSET),
                sum(SinkCountersDescriptor.OTHERS_OFFSET),
                sum(SinkCountersDescriptor.SAMPLED_OFFSET),
                sum(SinkCountersDescriptor.MISDIRECTED_OFFSET),
                sum(SinkCountersDescriptor.BAD_CHECKSUM_OFFSET));
    }

    @Override
    public void close() {
        loaded.close();
    }

    private long sum(final int counterOffset) {
        long total = 0;
        for (int offset = 0; offset < cpus.capacity(); offset += SinkCountersDescriptor.LENGTH) {
            total += cpus.getLongVolatile(offset + counterOffset);
        }
        return total;
    }
}

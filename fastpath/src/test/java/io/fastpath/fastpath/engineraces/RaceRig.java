package io.fastpath.fastpath.engineraces;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * The XDP program with all work placed in the kernel, by test run, over the tables of a test's balancer. One UDP service;
 * backend i is 10.8.0.i. Packets may be given by one thread while others change the tables.
 */
final class RaceRig implements AutoCloseable {
    /** Where a frame's IPv4 destination stands. */
    static final int DESTINATION_OFFSET = 30;

    private static final int LOOPBACK = 1;
    private static final int MTU = 1500;
    private static final int FLOW_SLOTS = 1 << 20;
    private static final int MAGLEV_SIZE = 1009;
    private static final String VIP = "10.7.0.100";
    private static final int PORT = 80;
    private static final int FIRST_PORT = 1024;
    private static final int PORT_COUNT = 60_000;

    final TestBalancer balancer;
    private final Unwinder resources = new Unwinder();
    private BpfProgram program;

    /** Backends' MACs are known before, so that each can be sent to from its first packet on. */
    RaceRig(final List<Integer> backends) {
        balancer =
                new TestBalancer().flowSlots(FLOW_SLOTS).clock(System::nanoTime).memory(this::load);
        backends.forEach(i -> balancer.neighbour(backend(i), String.format("02:bb:00:00:00:%02x", i)));
        try {
            balancer.start();
            new InterfaceTable(balancer.tables().region(MapNames.INTERFACES))
                    .put(LOOPBACK, 1, 0, TestBalancer.number(TestBalancer.CLIENTS_MAC), MTU);
            final ControlRecord control = new ControlRecord(balancer.tables().region(MapNames.CONTROL));
            control.timeouts(FlowTimeouts.defaults());
            control.engine(ControlDescriptor.ENGINE_KERNEL);
        } catch (final RuntimeException e) {
            resources.close();
            throw e;
        }
    }

    static String backend(final int number) {
        return "10.8.0." + number;
    }

    /** The service with some of the backends in force. */
    void apply(final List<Integer> backends) {
        final List<BackendSpec> specs = new ArrayList<>();
        backends.forEach(i -> specs.add(new BackendSpec(Address.parse(backend(i)), PORT, 1)));
        balancer.serviceTable()
                .apply(List.of(new ServiceSpec(
                        "races", Address.parse(VIP), PORT, Protocol.UDP, Forwarding.NAT, MAGLEV_SIZE, specs)));
    }

    /** The first packet of a flow; 3.8 million numbers are different flows. */
    static byte[] request(final int flow) {
        final String client = "192.0.2." + (1 + flow / PORT_COUNT);
        return PacketBuilder.udp(client, FIRST_PORT + flow % PORT_COUNT, VIP, PORT)
                .build();
    }

    /** What the program makes of a frame, or fails if it sends nothing. */
    byte[] forward(final byte[] frame) {
        final XdpTestResult result = receive(frame);
        if (!isSent(result)) {
            throw new AssertionError("not forwarded: action " + result.action() + ", drops so far " + drops());
        }
        return result.packet();
    }

    XdpTestResult receive(final byte[] frame) {
        return program.testRun(XdpTestRun.of(frame));
    }

    static boolean isSent(final XdpTestResult result) {
        return result.action() == XdpTestResult.XDP_TX || result.action() == XdpTestResult.XDP_REDIRECT;
    }

    /** Number of the backend to which a forwarded frame goes. */
    static int backendOf(final byte[] frame) {
        return frame[DESTINATION_OFFSET + 3] & 0xff;
    }

    long count(final Counter counter) {
        return new CounterReader(
                        balancer.tables().region(MapNames.COUNTERS),
                        balancer.tables().sizes())
                .kernelTotal(counter);
    }

    /** Drops by reason, without zeros. */
    Map<Counter, Long> drops() {
        final Map<Counter, Long> drops = new EnumMap<>(Counter.class);
        for (final Counter counter : Counter.values()) {
            if (counter.isDrop() && count(counter) != 0) {
                drops.put(counter, count(counter));
            }
        }
        return drops;
    }

    static List<Integer> numbers(final int first, final int last) {
        return IntStream.rangeClosed(first, last).boxed().toList();
    }

    @Override
    public void close() {
        resources.close();
    }

    private SharedTables load(final TableSizes sizes) {
        final BpfObject object = BpfObject.open(KernelObjects.xdpSteer(), KernelObjects.XDP_STEER_PROGRAM);
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        program = object.program(KernelObjects.XDP_STEER_PROGRAM);
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        return new SharedTables(sizes, regions);
    }
}

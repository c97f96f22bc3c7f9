package io.fastpath.fastpath.flowengine;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The test program over tables of its own, with backends of both families: even ones are IPv4, odd ones IPv6. Operations
 * may be given by several threads.
 */
final class FlowEngineRig implements AutoCloseable {
    static final int CPU_ROWS = 2;
    static final int WORKER_ROWS = 2;

    /** As many operations as one call takes. */
    static final int BATCH_LIMIT = 32;

    private static final int BACKEND_PORT = 8080;

    final SharedTables tables;
    private final Unwinder resources = new Unwinder();
    private final BpfProgram program;

    FlowEngineRig(final int flowSlotCount, final int backendCount, final SnatRange sources, final long seed) {
        final TableSizes sizes =
                new TableSizes(flowSlotCount, 1, backendCount, 16, CPU_ROWS + WORKER_ROWS, CPU_ROWS, 64);
        final BpfObject object = BpfObject.open(KernelObjects.flowOperations(), KernelObjects.FLOW_OPERATIONS_PROGRAM);
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        program = object.program(KernelObjects.FLOW_OPERATIONS_PROGRAM);
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        tables = new SharedTables(sizes, regions);
        new ConfigRecord(region(MapNames.CONFIG)).write(sizes, sources);
        final Random random = new Random(seed);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            region(MapNames.CONFIG).putLong(ConfigDescriptor.HASH_KEY_OFFSET + 8L * i, random.nextLong());
        }
        for (int i = 0; i < backendCount; i++) {
            final long offset = BackendDescriptor.recordOffset(i);
            final Address address = Address.parse((i & 1) == 0 ? "10.8.1." + i : "2001:db8:8:1::" + i);
            address.store(region(MapNames.BACKENDS), offset + BackendDescriptor.ADDRESS_OFFSET);
            region(MapNames.BACKENDS)
                    .putShort(offset + BackendDescriptor.PORT_BE_OFFSET, (short) Endpoint.portBe(BACKEND_PORT + i));
        }
    }

    static SnatRange sources(final int portCount, final String... addresses) {
        return SnatRange.of(List.of(addresses).stream().map(Address::parse).toList(), 40000, 40000 + portCount - 1);
    }

    SharedMemory region(final String mapName) {
        return tables.region(mapName);
    }

    int fd() {
        return program.fd();
    }

    void timeouts(final FlowTimeouts timeouts) {
        for (int state = FlowState.TCP_SYN_SENT; state < FlowState.COUNT; state++) {
            region(MapNames.CONTROL)
                    .putInt(ControlDescriptor.TIMEOUT_TICKS_OFFSET + 4L * state, timeouts.timeoutTicks(state));
        }
    }

    /** Java's view of tables: those of this rig, or a twin's. */
    static FlowTable javaView(final SharedTables tables, final FlowTimeouts timeouts, final int workerIndex) {
        return new FlowTable(
                tables.region(MapNames.FLOWS),
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.BACKENDS),
                timeouts,
                new FlowTally(tables, tables.sizes().workerRow(workerIndex)));
    }

    /** Empty tables of Java's own with the same configuration and backends. */
    SharedTables twin() {
        final SharedTables twin = SharedTables.allocate(tables.sizes());
        for (final String name : List.of(MapNames.CONFIG, MapNames.BACKENDS)) {
            for (long offset = 0; offset < tables.sizes().length(name); offset += Long.BYTES) {
                twin.region(name).putLong(offset, region(name).getLong(offset));
            }
        }
        return twin;
    }

    /** What a slot's backend sends: to the source that it saw. */
    static FlowTuple replyTuple(final SharedTables tables, final FlowFields fields, final int slotIndex) {
        final long backend = BackendDescriptor.recordOffset(fields.backendIndex(slotIndex));
        final int backendPort =
                tables.region(MapNames.BACKENDS).getShort(backend + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
        final int snatIndex = fields.snatIndex(slotIndex);
        final boolean isTranslated = snatIndex != FlowDescriptor.NO_SNAT;
        final int port = isTranslated ? fields.snatPortBe(slotIndex) : fields.clientPortBe(slotIndex);
        return new FlowTuple(
                Address.load(tables.region(MapNames.BACKENDS), backend + BackendDescriptor.ADDRESS_OFFSET),
                isTranslated
                        ? Address.load(tables.region(MapNames.CONFIG), ConfigRecord.snatOffset(snatIndex))
                        : Address.ofWords(fields.client0(slotIndex), fields.client1(slotIndex)),
                backendPort | port << Short.SIZE,
                fields.protocol(slotIndex));
    }

    /** Does one operation. */
    long ask(final KernelRequest request) {
        return ask(List.of(request))[0];
    }

    /** Does operations one after the other, in one system call. */
    long[] ask(final List<KernelRequest> requests) {
        final byte[] frame = new byte[requests.size() * KernelRequest.LENGTH];
        final UnsafeBuffer buffer = new UnsafeBuffer(frame);
        for (int i = 0; i < requests.size(); i++) {
            requests.get(i).store(buffer, i * KernelRequest.LENGTH);
        }
        final XdpTestResult result = program.testRun(XdpTestRun.of(frame));
        if (result.action() != XdpTestResult.XDP_PASS) {
            throw new AssertionError("the test program answers " + result.action());
        }
        buffer.wrap(result.packet());
        final long[] answers = new long[requests.size()];
        for (int i = 0; i < answers.length; i++) {
            answers[i] = buffer.getLong(i * KernelRequest.LENGTH + KernelRequest.ANSWER_OFFSET);
        }
        return answers;
    }

    @Override
    public void close() {
        resources.close();
    }
}

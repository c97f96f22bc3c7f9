package io.fastpath.fastpath.steer;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.QueueDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.LbMemory;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The loaded program over tables of its own, in no interface's way: frames come in through {@link #receive}, by test run.
 * Sockets are AF_XDP sockets bound to nothing: they fill a slot of the XSKMAP, which is all that the verdict asks for.
 */
final class SteerRig implements AutoCloseable {
    /** The loopback device, which every network namespace has. */
    static final int LOOPBACK = 1;

    static final List<String> SNAT = List.of("10.8.0.1", "10.8.0.2", "2001:db8:8::1", "2001:db8:8::2");

    private static final String PROGRAM = "xdp_steer";
    private static final int AF_XDP = 44;
    private static final long MAC = 0x02_fc_00_00_00_03L;
    private static final int MTU = 1500;

    /** The sockets' workers count as fresh for longer than any test takes. */
    static final long STALL_LIMIT_NS = TimeUnit.HOURS.toNanos(1);

    static final int SPILL_LIMIT = Integer.MAX_VALUE;
    private static final Counter[] COUNTERS = Counter.values();

    private final Unwinder resources = new Unwinder();
    private final BpfObject object;
    private final SharedTables tables;
    private final ControlRecord control;
    private final InterfaceTable interfaces;
    private final CounterReader counters;
    private final Set<Integer> slots = new HashSet<>();
    private final long[] counts = new long[Counter.SLOTS];
    private long steeredTotal;

    /** Tables of a size, hashing with a key from a seed. */
    SteerRig(final TableSizes sizes, final long seed) {
        object = BpfObject.open(KernelObjects.xdpSteer(), PROGRAM);
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        tables = new SharedTables(sizes, regions);
        final SnatRange sources = SnatRange.of(SNAT.stream().map(Address::parse).toList(), 40000, 40999);
        new ConfigRecord(region(MapNames.CONFIG)).write(sizes, sources);
        final Random random = new Random(seed);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            region(MapNames.CONFIG)
                    .putLong(ConfigDescriptor.HASH_KEY_OFFSET + (long) i * Long.BYTES, random.nextLong());
        }
        control = new ControlRecord(region(MapNames.CONTROL));
        control.engine(ControlDescriptor.ENGINE_USERSPACE);
        control.limits(STALL_LIMIT_NS, SPILL_LIMIT);
        interfaces = new InterfaceTable(region(MapNames.INTERFACES));
        counters = new CounterReader(region(MapNames.COUNTERS), sizes);
    }

    /** A rig with a served loopback device, a socket at its queue, and as many flow and service slots as given. */
    static SteerRig onLoopback(final int flowSlotCount, final int serviceSlotCount, final long seed) {
        final SteerRig rig = new SteerRig(sizes(flowSlotCount, serviceSlotCount), seed);
        rig.plugSocket(InterfaceDescriptor.queueSlot(rig.serve(LOOPBACK, 1), 0));
        return rig;
    }

    /** Two counter rows: what CPUs beyond them count is counted too, in shared rows. */
    static TableSizes sizes(final int flowSlotCount, final int serviceSlotCount) {
        return new TableSizes(flowSlotCount, serviceSlotCount, 256, 16, 2, 2, 64 * 1024);
    }

    BpfProgram program() {
        return object.program(PROGRAM);
    }

    SharedMemory region(final String mapName) {
        return tables.region(mapName);
    }

    LbMemory lbMemory() {
        return LbMemory.of(
                region(MapNames.CONFIG),
                region(MapNames.CONTROL),
                region(MapNames.SERVICES),
                region(MapNames.MAGLEV),
                region(MapNames.BACKENDS));
    }

    /** The interface's slot. */
    int serve(final int ifindex, final int queueCount) {
        final int slot = interfaces.put(ifindex, queueCount, 0, MAC, MTU);
        slots.add(slot);
        return slot;
    }

    void plugSocket(final int queueSlot) {
        final int fd = (int) Libc.check(Libc.socket(AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0), "socket", "");
        resources.add(() -> Libc.close(fd));
        object.map(MapNames.SOCKETS).update(word(queueSlot), word(fd), BpfMap.UPDATE_ANY);
        heartbeat(queueSlot, System.nanoTime());
    }

    void heartbeat(final int queueSlot, final long nowNs) {
        region(MapNames.QUEUES)
                .putLong(QueueDescriptor.recordOffset(queueSlot) + QueueDescriptor.HEARTBEAT_NS_OFFSET, nowNs);
    }

    void doneCount(final int queueSlot, final long count) {
        region(MapNames.QUEUES)
                .putLong(QueueDescriptor.recordOffset(queueSlot) + QueueDescriptor.DONE_COUNT_OFFSET, count);
    }

    /** The caller closes it. */
    Prefilter prefilter() {
        return new Prefilter(object.map(MapNames.DENY4), object.map(MapNames.DENY6), control);
    }

    ControlRecord control() {
        return control;
    }

    void unplugSocket(final int queueSlot) {
        object.map(MapNames.SOCKETS).delete(word(queueSlot));
    }

    long steeredCount(final int queueSlot) {
        return region(MapNames.QUEUES)
                .getLong(QueueDescriptor.recordOffset(queueSlot) + QueueDescriptor.STEERED_COUNT_OFFSET);
    }

    /** The frame comes in by the loopback device. */
    Verdict receive(final byte[] frame) {
        return receive(frame, LOOPBACK, 0);
    }

    /** The frame comes in by a queue of an interface of the calling thread's namespace. */
    Verdict receive(final byte[] frame, final int ifindex, final int queueIndex) {
        final XdpTestResult result = program().testRun(XdpTestRun.of(frame).ingress(ifindex, queueIndex));
        final Map<Counter, Long> grown = new EnumMap<>(Counter.class);
        for (final Counter counter : COUNTERS) {
            final long count = counters.total(counter);
            if (count != counts[counter.code()]) {
                grown.put(counter, count - counts[counter.code()]);
                counts[counter.code()] = count;
            }
        }
        final long steeredBefore = steeredTotal;
        steeredTotal = slots.stream().mapToLong(this::steeredTotal).sum();
        return new Verdict(result.action(), grown, steeredTotal - steeredBefore, Arrays.equals(result.packet(), frame));
    }

    @Override
    public void close() {
        resources.close();
    }

    private long steeredTotal(final int slot) {
        long total = 0;
        for (int queueIndex = 0; queueIndex < InterfaceDescriptor.QUEUES_PER_INTERFACE; queueIndex++) {
            total += steeredCount(InterfaceDescriptor.queueSlot(slot, queueIndex));
        }
        return total;
    }

    private static UnsafeBuffer word(final int value) {
        final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Integer.BYTES, Long.BYTES));
        buffer.putInt(0, value);
        return buffer;
    }
}

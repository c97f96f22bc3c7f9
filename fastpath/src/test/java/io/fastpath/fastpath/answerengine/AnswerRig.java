package io.fastpath.fastpath.answerengine;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Both engines over one set of tables: the loaded program, and a pipeline on the same memory. */
final class AnswerRig implements AutoCloseable {
    /** Interfaces that differ in their flags: the second one has checksums recomputed. */
    static final int PLAIN = 3;

    static final int RECOMPUTING = 4;

    /** What fp_read answers for TCP and UDP, which have no answer. */
    static final int TRANSPORT_KIND_LIMIT = 2;

    private static final String ANSWERS = "lab_answers";
    private static final int FRAME_LENGTH = 4096;
    private static final int HEADROOM = 256;
    private static final long NOW_NS = 1_000_000_000L;
    private static final long PLAIN_MAC = 0x02_fc_00_00_00_83L;
    private static final long RECOMPUTING_MAC = 0x02_fc_00_00_00_04L;
    private static final int MTU = 1500;

    /** What became of a frame: a verdict's code, and the frame that goes back, or null. */
    record Outcome(int verdict, byte[] frame) {
        String text() {
            final String name = verdict <= TRANSPORT_KIND_LIMIT
                    ? "transport"
                    : Counter.ofCode(verdict).name();
            return frame == null ? name : name + ' ' + BitUtil.toHex(frame);
        }
    }

    private final Unwinder resources = new Unwinder();
    private final BpfProgram program;
    private final SharedTables tables;
    private final SharedMemory answers;
    private final InterfaceTable interfaces;
    private final Pipeline pipeline;
    private final PacketBatch batch = new PacketBatch();
    private final UnsafeBuffer umem;

    AnswerRig() {
        final TableSizes sizes = new TableSizes(512, 64, 16, 256, 3, 2, 64 * 1024);
        final BpfObject object = BpfObject.open(KernelObjects.answers(), "answers");
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        program = object.program(KernelObjects.LAB_ANSWER_PROGRAM);
        final Map<String, SharedMemory> regions = new HashMap<>();
        MapNames.MAPPABLE.forEach(name -> regions.put(name, map(object, name)));
        answers = map(object, ANSWERS);
        tables = new SharedTables(sizes, regions);
        final List<Address> sources = List.of(Address.parse("10.8.0.1"), Address.parse("2001:db8:8::1"));
        new ConfigRecord(tables.region(MapNames.CONFIG)).write(sizes, SnatRange.of(sources, 40000, 40999));
        interfaces = new InterfaceTable(tables.region(MapNames.INTERFACES));
        interfaces.put(PLAIN, 1, 0, PLAIN_MAC, MTU);
        interfaces.put(RECOMPUTING, 1, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, RECOMPUTING_MAC, MTU);
        ServiceTable.attach(LbMemory.of(
                        tables.region(MapNames.CONFIG),
                        tables.region(MapNames.CONTROL),
                        tables.region(MapNames.SERVICES),
                        tables.region(MapNames.MAGLEV),
                        tables.region(MapNames.BACKENDS)))
                .apply(List.of(service("four", AnswerFrames.VIP), service("six", AnswerFrames.VIP6)));
        umem = new UnsafeBuffer(
                BufferUtil.allocateDirectAligned(FRAME_LENGTH, BitUtil.CACHE_LINE_LENGTH), 0, FRAME_LENGTH);
        pipeline = new Pipeline(new PipelineContext()
                .tables(tables)
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .rowIndex(sizes.workerRow(0))
                .routes((destination0, destination1, hop) -> false)
                .nextHopRequests(index -> {})
                .conclude());
    }

    BpfProgram program() {
        return program;
    }

    SharedTables tables() {
        return tables;
    }

    Outcome askKernel(final int ifindex, final byte[] frame) {
        answers.putInt(0, interfaces.find(ifindex));
        final XdpTestResult result = program.testRun(XdpTestRun.of(frame));
        final boolean isSent = result.action() == XdpTestResult.XDP_TX;
        if (!isSent && !java.util.Arrays.equals(result.packet(), frame)) {
            throw new AssertionError("the kernel engine changed a frame that goes nowhere: " + BitUtil.toHex(frame)
                    + " -> " + BitUtil.toHex(result.packet()));
        }
        return new Outcome(answers.getInt(Integer.BYTES), isSent ? result.packet() : null);
    }

    /** The same frame several times: for its effect on the tables. */
    void repeatKernel(final int ifindex, final byte[] frame, final int count) {
        answers.putInt(0, interfaces.find(ifindex));
        program.testRun(XdpTestRun.of(frame).repeat(count));
    }

    Outcome askJava(final int ifindex, final byte[] frame) {
        batch.clear();
        umem.putBytes(HEADROOM, frame);
        batch.add(0, HEADROOM, frame.length, interfaces.find(ifindex));
        pipeline.process(batch, NOW_NS);
        final byte[] sent = batch.egressSlot(0) == PacketBatch.NONE ? null : new byte[batch.length(0)];
        if (sent != null) {
            umem.getBytes(batch.packetOffset(0), sent);
        }
        return new Outcome(batch.verdict(0), sent);
    }

    @Override
    public void close() {
        resources.close();
    }

    private SharedMemory map(final BpfObject object, final String name) {
        final BpfArrayMapping mapping = object.map(name).mapMemory();
        resources.add(mapping::close);
        return new SharedMemory(mapping.address(), mapping.length());
    }

    private static ServiceSpec service(final String name, final String vip) {
        return new ServiceSpec(name, Address.parse(vip), 80, Protocol.TCP, Forwarding.NAT, 1009, List.of());
    }
}

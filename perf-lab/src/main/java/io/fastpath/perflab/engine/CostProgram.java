package io.fastpath.perflab.engine;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The program that writes a frame and goes on into another program ({@code lab_cost.bpf.c}), run in memory: no interface
 * sees a packet. Owned by one thread.
 */
final class CostProgram implements AutoCloseable {
    private static final String PROGRAM = "lab_cost";
    private static final String NOTHING = "lab_cost_nothing";

    private final Unwinder resources = new Unwinder();
    private final BpfObject object;
    private final SharedMemory plan;
    private final SharedMemory variants;

    /**
     * Loads the program.
     *
     * @param file the compiled {@code lab_cost.bpf.c}.
     * @param variantCount frames there can be.
     */
    CostProgram(final Path file, final int variantCount) {
        try {
            object = BpfObject.open(Files.readAllBytes(file), PROGRAM);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
        resources.add(object::close);
        object.setMaxEntries(CostPlanDescriptor.VARIANTS_MAP, variantCount);
        object.load();
        plan = memory(CostPlanDescriptor.MAP);
        variants = memory(CostPlanDescriptor.VARIANTS_MAP);
    }

    /**
     * Keep what distinguishes a frame.
     *
     * @param index of the variant.
     * @param layout of the frame.
     * @param frame the whole frame.
     */
    void store(final int index, final FrameLayout layout, final byte[] frame) {
        final UnsafeBuffer bytes = new UnsafeBuffer(frame);
        final long offset = (long) index * CostPlanDescriptor.VARIANT_LENGTH;
        variants.putInt(offset + CostPlanDescriptor.VARIANT_WORD_OFFSET, bytes.getInt(layout.wordOffset()));
        variants.putInt(offset + CostPlanDescriptor.VARIANT_ADDRESS_OFFSET, bytes.getInt(layout.addressOffset()));
        variants.putInt(offset + CostPlanDescriptor.VARIANT_PORTS_OFFSET, bytes.getInt(layout.portsOffset()));
        variants.putShort(offset + CostPlanDescriptor.VARIANT_CHECK_OFFSET, bytes.getShort(layout.checkOffset()));
    }

    /**
     * Let a program have every frame from now on.
     *
     * @param program that must be of XDP.
     */
    void subject(final BpfProgram program) {
        object.map(CostPlanDescriptor.SUBJECT_MAP).update(word(0), word(program.fd()), BpfMap.UPDATE_ANY);
    }

    /** {@return a program that does nothing: what is measured without a subject} */
    BpfProgram nothing() {
        return object.program(NOTHING);
    }

    /**
     * Run.
     *
     * @param deck the frames, of which each run takes the next.
     * @param runCount packets.
     * @return the mean time of a run in ns, as the kernel measured it.
     */
    int run(final Deck deck, final int runCount) {
        plan.putInt(CostPlanDescriptor.FIRST_OFFSET, deck.first());
        plan.putInt(CostPlanDescriptor.COUNT_OFFSET, deck.count());
        plan.putInt(CostPlanDescriptor.NEXT_OFFSET, 0);
        plan.putInt(CostPlanDescriptor.WORD_OFFSET_OFFSET, deck.layout().wordOffset());
        plan.putInt(CostPlanDescriptor.ADDRESS_OFFSET_OFFSET, deck.layout().addressOffset());
        plan.putInt(CostPlanDescriptor.PORTS_OFFSET_OFFSET, deck.layout().portsOffset());
        plan.putInt(CostPlanDescriptor.CHECK_OFFSET_OFFSET, deck.layout().checkOffset());
        for (int i = 0; i < deck.template().length; i++) {
            plan.putByte(CostPlanDescriptor.FRAME_OFFSET + i, deck.template()[i]);
        }
        final XdpTestResult result =
                object.program(PROGRAM).testRun(XdpTestRun.of(deck.template()).repeat(runCount));
        if (result.action() == XdpTestResult.XDP_ABORTED) {
            throw new LabException("the program that is measured gave a frame up");
        }
        return result.durationNs();
    }

    @Override
    public void close() {
        resources.close();
    }

    private SharedMemory memory(final String mapName) {
        final BpfArrayMapping mapping = object.map(mapName).mapMemory();
        resources.add(mapping::close);
        return new SharedMemory(mapping.address(), mapping.length());
    }

    private static UnsafeBuffer word(final int value) {
        final UnsafeBuffer buffer = new UnsafeBuffer(BufferUtil.allocateDirectAligned(Integer.BYTES, Long.BYTES));
        buffer.putInt(0, value);
        return buffer;
    }
}

package io.fastpath.fastpath.shadow;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * What a packet's translation stands on: its flow's tenant of the slot, its backend's record, its next hop's record. The
 * worker notes it in a sample; the shadow thread asks whether it is the same still. Reads shared memory only; any thread.
 */
final class FlowGround {
    private final FlowFields flows;
    private final SharedMemory backends;
    private final SharedMemory hops;
    private final int backendCapacity;
    private final int hopCapacity;

    FlowGround(final SharedTables tables, final PipelineContext pipeline) {
        flows = pipeline.flowTable().fields();
        backends = tables.region(MapNames.BACKENDS);
        hops = tables.region(MapNames.NEXT_HOPS);
        backendCapacity = tables.sizes().backendCapacity();
        hopCapacity = tables.sizes().nextHopCapacity();
    }

    /**
     * Notes what stands under a flow now.
     *
     * @param handle a flow's, of the packet's direction
     * @param sample to write to
     * @param offset where the sample begins
     */
    void note(final long handle, final MutableDirectBuffer sample, final int offset) {
        final int backendIndex = backendIndex(handle);
        final long backend = BackendDescriptor.recordOffset(backendIndex);
        final int hopIndex = hopIndex(handle, backend);
        final long hop = NextHopDescriptor.recordOffset(hopIndex);
        sample.putLong(offset + SampleDescriptor.HANDLE_OFFSET, handle);
        sample.putInt(offset + SampleDescriptor.HOP_INDEX_OFFSET, hopIndex);
        sample.putInt(offset + SampleDescriptor.BACKEND_INDEX_OFFSET, backendIndex);
        sample.putInt(offset + SampleDescriptor.BACKEND_PORT_BE_OFFSET, port(backend));
        for (int i = 0; i < AddressDescriptor.LENGTH; i += Long.BYTES) {
            sample.putLong(offset + SampleDescriptor.BACKEND_ADDRESS_OFFSET + i, address(backend, i));
        }
        for (int i = 0; i < SampleDescriptor.HOP_LENGTH; i += Long.BYTES) {
            sample.putLong(offset + SampleDescriptor.HOP_OFFSET + i, hops.getLong(hop + i));
        }
    }

    /**
     * Whether all that was noted is so now.
     *
     * @param sample with a note
     * @param offset where the sample begins
     * @return false if the flow ended, or its backend or next hop is another one or has changed
     */
    boolean isAsNoted(final DirectBuffer sample, final int offset) {
        final long handle = sample.getLong(offset + SampleDescriptor.HANDLE_OFFSET);
        final int backendIndex = backendIndex(handle);
        final long backend = BackendDescriptor.recordOffset(backendIndex);
        final int hopIndex = hopIndex(handle, backend);
        return isTenant(handle)
                && backendIndex == sample.getInt(offset + SampleDescriptor.BACKEND_INDEX_OFFSET)
                && hopIndex == sample.getInt(offset + SampleDescriptor.HOP_INDEX_OFFSET)
                && isBackend(backend, sample, offset)
                && isHop(NextHopDescriptor.recordOffset(hopIndex), sample, offset);
    }

    /** Whether a slot's flow is the one of a handle, and lives; its state may be another. */
    private boolean isTenant(final long handle) {
        final int control = flows.control(FlowHandle.slotIndex(handle));
        return (control ^ FlowHandle.control(handle)) >>> FlowDescriptor.VERSION_SHIFT == 0
                && FlowState.isLive(control & FlowDescriptor.STATE_MASK);
    }

    private boolean isBackend(final long backend, final DirectBuffer sample, final int offset) {
        return port(backend) == sample.getInt(offset + SampleDescriptor.BACKEND_PORT_BE_OFFSET)
                && address(backend, 0) == sample.getLong(offset + SampleDescriptor.BACKEND_ADDRESS_OFFSET)
                && address(backend, Long.BYTES)
                        == sample.getLong(offset + SampleDescriptor.BACKEND_ADDRESS_OFFSET + Long.BYTES);
    }

    private boolean isHop(final long hop, final DirectBuffer sample, final int offset) {
        for (int i = 0; i < SampleDescriptor.HOP_LENGTH; i += Long.BYTES) {
            if (hops.getLong(hop + i) != sample.getLong(offset + SampleDescriptor.HOP_OFFSET + i)) {
                return false;
            }
        }
        return true;
    }

    /** An index of a slot that changed hands may be anything; 0 is as good as another then. */
    private int backendIndex(final long handle) {
        final int index = flows.backendIndex(FlowHandle.slotIndex(handle));
        return index < backendCapacity ? index : 0;
    }

    private int hopIndex(final long handle, final long backend) {
        final int index = FlowHandle.isReverse(handle)
                ? flows.nextHopIndex(FlowHandle.slotIndex(handle))
                : backends.getShort(backend + BackendDescriptor.NEXT_HOP_INDEX_OFFSET) & 0xffff;
        return index < hopCapacity ? index : 0;
    }

    private int port(final long backend) {
        return backends.getShort(backend + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
    }

    private long address(final long backend, final int offset) {
        return backends.getLong(backend + BackendDescriptor.ADDRESS_OFFSET + offset);
    }
}

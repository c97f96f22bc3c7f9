package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * A SYN that comes again for a connection which the backend has not answered: it is counted, and as often as the control
 * record says it goes to another backend; at once, where its own takes no new connections any more. The connection is
 * removed, its source port with it, and entered anew ({@link FlowAdmission#readmit}); where there is no other backend, it
 * stays. Before the way out is asked for: a dead backend on the link has none. One thread.
 */
final class SynRetries {
    private final FlowTable flows;
    private final FlowFields fields;
    private final Selector selector;
    private final SharedMemory control;
    private final FlowAdmission admission;

    SynRetries(final PipelineContext context, final FlowAdmission admission) {
        this.flows = context.flowTable();
        this.fields = flows.fields();
        this.selector = context.selector();
        this.control = context.controlMemory();
        this.admission = admission;
    }

    /** Whether a packet of a known connection is such a SYN: two tests of what is at hand, the first of which spares others. */
    static boolean isAgain(final PacketBatch batch, final int i, final long handle) {
        return TcpFlags.opens(batch.tcpFlags(i))
                && FlowHandle.state(handle) == FlowState.TCP_SYN_SENT
                && !FlowHandle.isReverse(handle)
                && !FlowHandle.isProxied(handle);
    }

    /**
     * Counts such a SYN, and ends it if it leaves its backend.
     *
     * @param handle of its connection's forward slot
     * @return false if the connection stays: then the packet has no verdict yet
     */
    boolean move(final PacketBatch batch, final int i, final long handle, final long nowNs) {
        final int backendIndex = fields.backendIndex(FlowHandle.slotIndex(handle));
        final int count = flows.countSyn(handle);
        if (count == 0) {
            return false;
        }
        final int tries = control.getByte(ControlDescriptor.SYN_TRIES_OFFSET) & 0xff;
        if (selector.takesNew(backendIndex) && (tries == 0 || count % tries != 0)) {
            return false;
        }
        return admission.readmit(batch, i, handle, count, backendIndex, nowNs);
    }
}

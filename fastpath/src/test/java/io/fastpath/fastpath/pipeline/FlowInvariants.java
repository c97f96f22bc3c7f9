package io.fastpath.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** What must hold in a flow table that nobody is writing: connections are pairs, and counted as such. */
public final class FlowInvariants {
    private FlowInvariants() {}

    /** Checks all slots and answers how many connections there are. */
    public static int check(final SharedMemory flows, final String what) {
        int forwardCount = 0;
        int reverseCount = 0;
        final int slotCount = (int) (flows.length() / FlowDescriptor.LENGTH);
        for (int slot = 0; slot < slotCount; slot++) {
            final int control = control(flows, slot);
            final int state = control & FlowDescriptor.STATE_MASK;
            assertThat(state).as("%s: state of slot %d", what, slot).isNotIn(FlowState.CLAIMED, FlowState.DYING);
            if (state == FlowState.FREE) {
                continue;
            }
            final int peer = flows.getInt(FlowDescriptor.slotOffset(slot) + FlowDescriptor.PEER_INDEX_OFFSET);
            assertThat(flows.getInt(FlowDescriptor.slotOffset(peer) + FlowDescriptor.PEER_INDEX_OFFSET))
                    .as("%s: the peer of slot %d's peer", what, slot)
                    .isEqualTo(slot);
            assertThat(isReverse(control(flows, peer)))
                    .as("%s: slot %d and its peer face each other", what, slot)
                    .isNotEqualTo(isReverse(control));
            if (isReverse(control)) {
                reverseCount++;
            } else {
                forwardCount++;
            }
        }
        assertThat(reverseCount).as("%s: reverse slots", what).isEqualTo(forwardCount);
        return forwardCount;
    }

    private static int control(final SharedMemory flows, final int slot) {
        return flows.getInt(FlowDescriptor.slotOffset(slot) + FlowDescriptor.CONTROL_OFFSET);
    }

    private static boolean isReverse(final int control) {
        return (control >>> FlowDescriptor.KIND_SHIFT & FlowDescriptor.KIND_REVERSE) != 0;
    }
}

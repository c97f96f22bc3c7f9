package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.FlowInvariants;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;

/** What a script says about the flow table. */
final class FlowChecks {
    private FlowChecks() {}

    /** How many connections there are; all of them are whole. */
    static int count(final TestBalancer balancer) {
        return FlowInvariants.check(balancer.tables().region(MapNames.FLOWS), "the flow table");
    }

    /** There is one connection, and it is in this state. */
    static void assertState(final TestBalancer balancer, final int state) {
        assertThat(states(balancer)).as("states of the connections").containsExactly(FlowState.label(state));
    }

    private static List<String> states(final TestBalancer balancer) {
        final SharedMemory flows = balancer.tables().region(MapNames.FLOWS);
        final List<String> states = new ArrayList<>();
        for (long slot = 0; slot < flows.length(); slot += FlowDescriptor.LENGTH) {
            final int control = flows.getInt(slot + FlowDescriptor.CONTROL_OFFSET);
            final boolean isReverse = (control >>> FlowDescriptor.KIND_SHIFT & FlowDescriptor.KIND_REVERSE) != 0;
            if (TableImage.isUsed(flows, slot) && !isReverse) {
                states.add(FlowState.label(control & FlowDescriptor.STATE_MASK));
            }
        }
        return states;
    }
}

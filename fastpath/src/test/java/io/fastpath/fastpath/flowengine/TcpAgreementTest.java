package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.tcp.TcpStates;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The kernel's TCP state machine gives Java's answers: every state, known or not, and all flags from every sender. */
class TcpAgreementTest {
    private static final int STATES = 32;
    private static final int FLAGS = 256;

    private final List<KernelRequest> requests = new ArrayList<>();
    private final List<Integer> expected = new ArrayList<>();
    private int compared;

    @Test
    void shouldAnswerAsJavaDoes() {
        try (FlowEngineRig rig = new FlowEngineRig(512, 2, FlowEngineRig.sources(1, "10.8.0.1"), 1)) {
            for (int state = 0; state < STATES; state++) {
                for (int flags = 0; flags < FLAGS; flags++) {
                    for (int sender = 0; sender < 4; sender++) {
                        ask(rig, state, flags, (sender & 1) != 0, (sender & 2) != 0);
                    }
                    askDirect(rig, state, flags, false);
                    askDirect(rig, state, flags, true);
                }
            }
        }
        assertThat(compared).isEqualTo(STATES * FLAGS * 6);
    }

    private void askDirect(final FlowEngineRig rig, final int state, final int flags, final boolean isReverse) {
        ask(rig, KernelRequest.tcpNextDirect(state, flags, isReverse), TcpStates.nextDirect(state, flags, isReverse));
    }

    private void ask(
            final FlowEngineRig rig,
            final int state,
            final int flags,
            final boolean isReverse,
            final boolean isCloser) {
        ask(
                rig,
                KernelRequest.tcpNext(state, flags, isReverse, isCloser),
                TcpStates.next(state, flags, isReverse, isCloser));
    }

    private void ask(final FlowEngineRig rig, final KernelRequest request, final int answer) {
        requests.add(request);
        expected.add(answer);
        if (requests.size() == FlowEngineRig.BATCH_LIMIT) {
            final long[] answers = rig.ask(requests);
            for (int i = 0; i < answers.length; i++) {
                assertThat((int) answers[i]).as("%s", requests.get(i)).isEqualTo(expected.get(i));
            }
            compared += answers.length;
            requests.clear();
            expected.clear();
        }
    }
}

package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.service.ServiceTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A fragment that comes before its first one can wait at a worker only: it goes there under every placement. */
class EarlyFragmentTest {
    private static final byte[] WHOLE =
            PacketBuilder.udp("192.0.2.10", 1234, Net.VIP, 53).payload(88).build();

    private SteerRig rig;

    @BeforeEach
    void plug() {
        rig = SteerRig.onLoopback(512, 64, 1);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {ControlDescriptor.ENGINE_USERSPACE, ControlDescriptor.ENGINE_HYBRID, ControlDescriptor.ENGINE_KERNEL
            })
    void shouldGoToAFreshWorker(final int engine) {
        rig.control().engine(engine);
        assertThat(rig.receive(fragment(WHOLE, 7, 48, 96))).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
    }

    @Test
    void shouldStayInTheKernelIfItIsTheFirst() {
        rig.control().engine(ControlDescriptor.ENGINE_KERNEL);
        final Verdict verdict = rig.receive(fragment(WHOLE, 7, 0, 48));
        assertThat(verdict.isTakenFor(Counter.XDP_KERNEL_PLACED))
                .as("%s", verdict)
                .isTrue();
    }

    @Test
    void shouldBeDroppedWhereNoWorkerIsFresh() {
        rig.control().engine(ControlDescriptor.ENGINE_KERNEL);
        rig.control().limits(1, SteerRig.SPILL_LIMIT); // a nanosecond: nobody is
        final Verdict verdict = rig.receive(fragment(WHOLE, 7, 48, 96));
        assertThat(verdict.isTakenFor(Counter.XDP_KERNEL_PLACED))
                .as("%s", verdict)
                .isTrue();
        assertThat(verdict.counted()).containsEntry(Counter.DROP_FRAGMENT_ORPHAN, 1L);
    }
}

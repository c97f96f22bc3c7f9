package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.junit.jupiter.api.Test;

final class PlacementTest {
    private final SharedMemory memory = SharedMemory.allocate(ControlDescriptor.LENGTH);

    @Test
    void shouldLetAutomaticPlacementFollowTheLoad() {
        final Placement placement = placement(EngineMode.AUTO, false, true);
        placement.enforce();
        assertThat(engine()).isEqualTo(ControlDescriptor.ENGINE_HYBRID);
        placement.share(true);
        assertThat(engine()).isEqualTo(ControlDescriptor.ENGINE_USERSPACE);
        assertThat(placement.effective()).isEqualTo(EngineMode.USERSPACE);
        assertThat(placement.reason()).contains("saturated");
        placement.share(false);
        assertThat(engine()).isEqualTo(ControlDescriptor.ENGINE_HYBRID);
        assertThat(placement.reason()).contains("stay in the kernel");
    }

    @Test
    void shouldNotTouchWhatSomebodyChose() {
        final Placement placement = placement(EngineMode.AUTO, false, true);
        placement.share(true);
        placement.change(EngineMode.KERNEL);
        assertThat(placement.isBalanced()).isFalse();
        placement.share(true);
        placement.share(false);
        assertThat(engine()).isEqualTo(ControlDescriptor.ENGINE_KERNEL);
        placement.change(EngineMode.AUTO);
        assertThat(engine()).as("begins anew").isEqualTo(ControlDescriptor.ENGINE_HYBRID);
    }

    @Test
    void shouldHaveNothingToBalanceWhereOnlyOneEngineIsGood() {
        assertThat(placement(EngineMode.AUTO, true, true).isBalanced()).isFalse();
        assertThat(placement(EngineMode.AUTO, false, false).isBalanced()).isFalse();
        assertThat(placement(EngineMode.AUTO, true, true).effective()).isEqualTo(EngineMode.USERSPACE);
        assertThat(placement(EngineMode.HYBRID, false, true).isBalanced()).isFalse();
    }

    private Placement placement(final EngineMode asked, final boolean isZeroCopy, final boolean isKernelAble) {
        return new Placement(new ControlRecord(memory), asked, isZeroCopy, isKernelAble);
    }

    private int engine() {
        return memory.getInt(ControlDescriptor.ENGINE_OFFSET);
    }
}

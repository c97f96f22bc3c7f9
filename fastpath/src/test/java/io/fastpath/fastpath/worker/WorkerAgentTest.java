package io.fastpath.fastpath.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.xsk.Wake;
import io.fastpath.kernelbpf.layout.Counter;
import org.junit.jupiter.api.Test;

/** The duty cycle, over a kernel that is played by hand. */
final class WorkerAgentTest {
    private boolean isBroken;
    private boolean isBackendRouted;
    private final WorkerStage stage = new WorkerStage((destination0, destination1, hop) -> {
        if (isBroken) {
            throw new IllegalStateException("the routes are broken");
        }
        hop.set(4, destination0, destination1);
        return isBackendRouted;
    });

    @Test
    void shouldCountEachPacketOfABatchThatFailed() {
        stage.cycle();
        isBroken = true;
        for (int i = 0; i < 3; i++) {
            stage.receive(0, WorkerStage.request(1000 + i));
        }

        assertThatThrownBy(stage::cycle).hasMessage("the routes are broken");

        assertThat(stage.count(Counter.RX_PACKETS)).isEqualTo(3);
        assertThat(stage.count(Counter.DROP_INTERNAL)).isEqualTo(3);
        assertThat(stage.dropCount()).as("one verdict per packet").isEqualTo(3);
    }

    @Test
    void shouldKeepEveryFrameOfABatchThatFailed() {
        stage.cycle();
        isBroken = true;
        for (int round = 0; round < 3 * WorkerStage.FRAME_COUNT; round++) {
            stage.receive(0, WorkerStage.request(1000 + round));
            assertThatThrownBy(stage::cycle).hasMessage("the routes are broken");
        }
        stage.cycle();

        assertThat(stage.stats.get(WorkerStats.FRAMES_FREE)
                        + stage.stats.get(WorkerStats.FRAMES_FILL)
                        + stage.stats.get(WorkerStats.FRAMES_KERNEL_RX))
                .isEqualTo(WorkerStage.FRAME_COUNT);
        assertThat(stage.doneCount(0)).isEqualTo(3 * WorkerStage.FRAME_COUNT);
    }

    @Test
    void shouldGoOnAfterABatchThatFailed() {
        stage.cycle();
        isBroken = true;
        stage.receive(0, WorkerStage.request(1000));
        assertThatThrownBy(stage::cycle).hasMessage("the routes are broken");
        isBroken = false;
        stage.receive(0, WorkerStage.request(1000));

        assertThat(stage.cycle()).isPositive();

        assertThat(stage.count(Counter.DROP_INTERNAL)).isEqualTo(1);
        assertThat(stage.dropCount()).as("the other has a verdict of its own").isEqualTo(2);
    }

    /** Or an attacker's packets at one queue would end the service at all of a worker's others. */
    @Test
    void shouldServeTheOtherQueuesInACycleThatFailed() {
        stage.cycle();
        isBroken = true;
        stage.receive(0, WorkerStage.request(1000));
        stage.receive(1, new byte[60]);

        assertThatThrownBy(stage::cycle).hasMessage("the routes are broken");

        assertThat(stage.count(Counter.RX_PACKETS)).isEqualTo(2);
        assertThat(stage.count(Counter.DROP_INTERNAL)).isEqualTo(1);
    }

    @Test
    void shouldShowThatItLivesAndThatItHasEnded() {
        stage.agent.onStart();
        stage.cycle();
        assertThat(stage.heartbeatNs(0)).isEqualTo(stage.nowNs);
        assertThat(stage.heartbeatNs(1)).isEqualTo(stage.nowNs);

        stage.agent.onClose();

        assertThat(stage.heartbeatNs(0)).isZero();
        assertThat(stage.heartbeatNs(1)).isZero();
    }

    @Test
    void shouldTellItsStallsAndItsLongestBusyCycle() {
        stage.agent.onStart();
        stage.cycle();
        stage.receive(0, WorkerStage.request(1000));
        stage.cycle();
        stage.nowNs += 50_000_000;
        stage.cycle();

        assertThat(stage.stats.get(WorkerStats.CYCLES)).isEqualTo(3);
        assertThat(stage.stats.get(WorkerStats.STALLS)).isEqualTo(3);
        assertThat(stage.stats.get(WorkerStats.LONGEST_CYCLE_NS)).isEqualTo(70_000_000);
    }

    @Test
    void shouldDropWhatItsSenderHasSentAgainMeanwhile() {
        stage.agent.onStart();
        stage.cycle();
        stage.receive(0, WorkerStage.request(1000));
        stage.receive(1, new byte[60]);
        stage.nowNs += 5_000_000_000L;
        stage.cycle();

        assertThat(stage.count(Counter.DROP_LATE)).isEqualTo(2);
        assertThat(stage.count(Counter.RX_PACKETS)).isEqualTo(2);
        assertThat(stage.dropCount()).as("one verdict per packet").isEqualTo(2);
        assertThat(stage.doneCount(0)).isEqualTo(1);
        assertThat(stage.doneCount(1)).isEqualTo(1);
    }

    @Test
    void shouldForwardWhatWaitedForAShortStall() {
        stage.agent.onStart();
        stage.cycle();
        stage.receive(0, WorkerStage.request(1000));
        stage.nowNs += 150_000_000;
        stage.cycle();

        assertThat(stage.count(Counter.DROP_LATE)).isZero();
        assertThat(stage.count(Counter.RX_PACKETS)).isEqualTo(1);
    }

    /** A fragment that waits is done with for the gate, and done with once; its frame is free meanwhile. */
    @Test
    void shouldSendAFragmentThatWaitedForItsFirst() {
        isBackendRouted = true;
        stage.learnBackend();
        stage.agent.onStart();
        stage.cycle();
        stage.receive(0, WorkerStage.half(1000, false));
        stage.cycle();
        assertThat(stage.count(Counter.FRAGMENT_HELD)).isEqualTo(1);
        assertThat(stage.doneCount(0)).as("dones before the next heartbeat").isZero();
        stage.receive(0, WorkerStage.half(1000, true));
        stage.cycle();

        assertThat(stage.kernel[1].queued()).as("frames up for sending").isEqualTo(2);
        assertThat(stage.doneCount(0)).isEqualTo(1);
        assertThat(stage.count(Counter.FORWARDED_REQUEST)).isEqualTo(2);
        assertThat(stage.count(Counter.TX_PACKETS)).isEqualTo(2);

        stage.kernel[1].takeTx(2);
        stage.kernel[1].complete(2);
        stage.cycle();
        stage.cycle();
        assertThat(stage.doneCount(0)).as("of two frames received").isEqualTo(2);
        assertThat(stage.stats.get(WorkerStats.FRAMES_FREE)
                        + stage.stats.get(WorkerStats.FRAMES_FILL)
                        + stage.stats.get(WorkerStats.FRAMES_KERNEL_RX))
                .isEqualTo(WorkerStage.FRAME_COUNT);
    }

    @Test
    void shouldForgetAFragmentThatWaitedForNothing() {
        stage.agent.onStart();
        stage.cycle();
        stage.receive(0, WorkerStage.half(1000, false));
        stage.cycle();
        assertThat(stage.dropCount()).isZero();
        for (int i = 0; i < 6; i++) {
            stage.cycle();
        }

        assertThat(stage.count(Counter.DROP_FRAGMENT_ORPHAN)).isEqualTo(1);
        assertThat(stage.dropCount()).isEqualTo(1);
        assertThat(stage.doneCount(0)).isEqualTo(1);
    }

    @Test
    void shouldNotWakeAQueueWhoseInterfaceIsGoneAgain() {
        stage.kernel[1].askForFrames();
        stage.kernel[1].answer = Wake.UNBOUND;
        for (int i = 0; i < 10; i++) {
            stage.cycle();
        }

        assertThat(stage.kernel[1].wakeCount).isEqualTo(1);
        assertThat(stage.stats.get(WorkerStats.WAKE_UPS)).isEqualTo(1);
    }
}

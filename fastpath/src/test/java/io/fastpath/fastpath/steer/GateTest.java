package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.service.ServiceTable;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who gets a frame that is ours: the queue's worker while it is fresh and has room, else the kernel engine. */
class GateTest {
    private static final byte[] REQUEST = Frames.frame(Frames.ip(Net.CLIENT, Net.VIP, Frames.tcp(1234, 80)));
    private static final byte[] OTHER = Frames.frame(Frames.ip(Net.CLIENT, Net.OTHER, Frames.tcp(1234, 80)));
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private SteerRig rig;
    private int queueSlot;

    @BeforeEach
    void load() {
        rig = SteerRig.onLoopback(512, 64, 1);
        queueSlot = InterfaceDescriptor.queueSlot(rig.serve(SteerRig.LOOPBACK, 1), 0);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
        rig.control().limits(SECOND_NS, 3);
    }

    @AfterEach
    void unload() {
        rig.close();
    }

    @Test
    void shouldTrustAHeartbeatUntilItIsTooOld() {
        rig.heartbeat(queueSlot, System.nanoTime() - SECOND_NS / 2);
        assertSteered();
        rig.heartbeat(queueSlot, System.nanoTime() - SECOND_NS);
        assertTaken(Counter.XDP_KERNEL_STALE);
        rig.heartbeat(queueSlot, System.nanoTime());
        assertSteered();
    }

    /** Another CPU's clock was read later than XDP's: there is nothing wrong with that worker. */
    @Test
    void shouldTrustAHeartbeatOfTheFuture() {
        rig.heartbeat(queueSlot, System.nanoTime() + SECOND_NS);
        assertSteered();
    }

    @Test
    void shouldTakeWhatHasNoWorker() {
        rig.heartbeat(queueSlot, 0);
        assertTaken(Counter.XDP_KERNEL_NO_SOCKET);
    }

    @Test
    void shouldSpillWhatTheWorkerHasNoRoomFor() {
        for (int i = 0; i < 3; i++) {
            assertSteered();
        }
        assertTaken(Counter.XDP_KERNEL_FULL);
        rig.doneCount(queueSlot, 1);
        assertSteered();
        assertTaken(Counter.XDP_KERNEL_FULL);
        rig.doneCount(queueSlot, 1000);
        assertSteered();
    }

    @Test
    void shouldGiveTheKernelEngineAllThatIsOursWhereItIsPlacedThere() {
        rig.control().engine(ControlDescriptor.ENGINE_KERNEL);
        assertTaken(Counter.XDP_KERNEL_PLACED);
        assertThat(rig.receive(OTHER)).isEqualTo(Verdict.of(Counter.XDP_PASS_NOT_OURS));
        rig.control().engine(ControlDescriptor.ENGINE_USERSPACE);
        assertSteered();
    }

    @Test
    void shouldGiveAWorkerWhatIsNewWhereTheEnginesShareTheWork() {
        rig.control().engine(ControlDescriptor.ENGINE_HYBRID);
        assertSteered();
        rig.heartbeat(queueSlot, 0);
        assertTaken(Counter.XDP_KERNEL_NO_SOCKET);
    }

    private void assertSteered() {
        assertThat(rig.receive(REQUEST)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
    }

    private void assertTaken(final Counter cause) {
        assertThat(rig.receive(REQUEST)).matches(verdict -> verdict.isTakenFor(cause), "taken: " + cause);
    }
}

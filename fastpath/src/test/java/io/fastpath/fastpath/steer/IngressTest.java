package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.service.ServiceTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** By which interface and queue a frame comes in decides to which socket it goes, if to any. */
class IngressTest {
    /** Its home is the interface table's last slot but 3, so that probing goes around the table's end. */
    private static final int IFINDEX = 4 * InterfaceDescriptor.SLOTS - 4;

    private static final byte[] REQUEST = Frames.frame(Frames.ip(Net.CLIENT, Net.VIP, Frames.tcp(1234, 80)));
    private static final byte[] OTHER = Frames.frame(Frames.ip(Net.CLIENT, Net.OTHER, Frames.tcp(1234, 80)));

    private QueuesNamespace namespace;
    private SteerRig rig;

    @BeforeEach
    void load() {
        namespace = new QueuesNamespace(IFINDEX);
        rig = new SteerRig(SteerRig.sizes(512, 64), 1);
        ServiceTable.attach(rig.lbMemory()).apply(Net.services());
    }

    @AfterEach
    void unload() {
        if (rig != null) {
            rig.close();
        }
        if (namespace != null) {
            namespace.close();
        }
    }

    @Test
    void shouldCountEachQueueByItself() {
        final int slot = rig.serve(IFINDEX, InterfaceDescriptor.QUEUES_PER_INTERFACE);
        for (int queueIndex = 0; queueIndex < InterfaceDescriptor.QUEUES_PER_INTERFACE; queueIndex++) {
            final int queueSlot = InterfaceDescriptor.queueSlot(slot, queueIndex);
            rig.plugSocket(queueSlot);
            assertThat(receive(REQUEST, queueIndex)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
            assertThat(receive(REQUEST, queueIndex)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
            assertThat(rig.steeredCount(queueSlot)).as("queue %d", queueIndex).isEqualTo(2);
        }
    }

    @Test
    void shouldLeaveToTheKernelEngineWhatHasNoSocket() {
        final int slot = rig.serve(IFINDEX, 4);
        rig.plugSocket(InterfaceDescriptor.queueSlot(slot, 1));
        assertTaken(0);
        assertThat(receive(REQUEST, 1)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
        rig.unplugSocket(InterfaceDescriptor.queueSlot(slot, 1));
        assertTaken(1);
        assertThat(receive(OTHER, 0)).isEqualTo(Verdict.of(Counter.XDP_PASS_NOT_OURS));
    }

    /** Beyond the interface's own queues lie no sockets of it, whoever's are there. */
    @Test
    void shouldLeaveToTheKernelEngineQueuesThatHaveNoWorker() {
        final int slot = rig.serve(IFINDEX, 4);
        for (int queueIndex = 0; queueIndex < 8; queueIndex++) {
            rig.plugSocket(InterfaceDescriptor.queueSlot(slot, queueIndex));
        }
        assertThat(receive(REQUEST, 3)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
        assertTaken(4);
        assertThat(receive(OTHER, 4)).isEqualTo(Verdict.of(Counter.XDP_PASS_NOT_OURS));
    }

    /** The next interface's sockets follow at once: a queue beyond the table's width must not reach them. */
    @Test
    void shouldNotReachTheNextInterfacesSockets() {
        final int slot = rig.serve(IFINDEX, InterfaceDescriptor.QUEUES_PER_INTERFACE);
        rig.plugSocket(InterfaceDescriptor.queueSlot(slot + 1, 0));
        putQueueCount(slot, QueuesNamespace.QUEUE_COUNT);
        assertTaken(InterfaceDescriptor.QUEUES_PER_INTERFACE);
        assertTaken(QueuesNamespace.QUEUE_COUNT - 1);
    }

    @Test
    void shouldPassWhatComesByAnInterfaceThatIsNotServed() {
        rig.serve(IFINDEX + InterfaceDescriptor.SLOTS, 4);
        assertThat(receive(REQUEST, 0)).isEqualTo(Verdict.of(Counter.XDP_PASS_UNKNOWN_INTERFACE));
        assertThat(receive(OTHER, 0)).isEqualTo(Verdict.of(Counter.XDP_PASS_UNKNOWN_INTERFACE));
    }

    /** Java puts an interface where there is room; the program looks for it as far as Java does. */
    @Test
    void shouldFindTheInterfaceAtItsLastPlace() {
        for (int i = 1; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            rig.serve(IFINDEX + i * InterfaceDescriptor.SLOTS, 1);
        }
        final int slot = rig.serve(IFINDEX, 4);
        assertThat(slot).isEqualTo((IFINDEX + InterfaceDescriptor.PROBE_LIMIT - 1) % InterfaceDescriptor.SLOTS);
        rig.plugSocket(InterfaceDescriptor.queueSlot(slot, 2));
        assertThat(receive(REQUEST, 2)).isEqualTo(Verdict.of(Counter.XDP_STEERED_SERVICE));
        assertThat(rig.steeredCount(InterfaceDescriptor.queueSlot(slot, 2))).isEqualTo(1);
    }

    private void assertTaken(final int queueIndex) {
        assertThat(receive(REQUEST, queueIndex))
                .matches(verdict -> verdict.isTakenFor(Counter.XDP_KERNEL_NO_SOCKET), "taken: no socket");
    }

    private Verdict receive(final byte[] frame, final int queueIndex) {
        return namespace.inside(() -> rig.receive(frame, IFINDEX, queueIndex));
    }

    private void putQueueCount(final int slot, final int queueCount) {
        rig.region(MapNames.INTERFACES)
                .putInt(InterfaceDescriptor.recordOffset(slot) + InterfaceDescriptor.QUEUE_COUNT_OFFSET, queueCount);
    }
}

package io.fastpath.fastpath.packetengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.FrameSource;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Random packets over all kinds of hops: both engines plan the same way out, or refuse for the same reason. */
class PlanAgreementTest {
    private static final long MAC = 0x02_bb_00_00_00_11L;
    private static final int SERVED = 5;
    private static final int UNSERVED = 9;
    private static final int PAYLOAD_LENGTH_MAX = 1600;
    private static final int ROUNDS = 10_000;

    private final PacketRig rig = new PacketRig();

    /** As many interfaces with one home as a look-up probes; the last one is at the last probe. */
    @BeforeEach
    void prepare() {
        for (int i = 0; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            rig.serve(SERVED + i * InterfaceDescriptor.SLOTS);
        }
        rig.putHop(1, SERVED, 1500, MAC);
        rig.putHop(2, SERVED + 7 * InterfaceDescriptor.SLOTS, 68, MAC);
        rig.putHop(3, SERVED + 8 * InterfaceDescriptor.SLOTS, 1500, MAC);
        rig.putHop(4, UNSERVED, 1500, MAC);
        rig.putHop(5, 0, 1500, MAC);
        rig.putHop(6, SERVED + 3 * InterfaceDescriptor.SLOTS, 0xffff, MAC, 0x64000081, 0x65000081);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldPlanTheSameWayOut() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int refusedCount = 0;
        for (int i = 0; i < ROUNDS; i++) {
            final byte[] frame = FrameSource.transport(random, PAYLOAD_LENGTH_MAX);
            final int hopIndex = random.nextInt(7);
            rig.twin().read(frame);
            rig.read(frame);
            final int expected = rig.twin().plan(hopIndex);
            final int answer = rig.plan(frame, hopIndex);
            assertThat(answer).as("seed %d, hop %d", seed, hopIndex).isEqualTo(expected < 0 ? ~expected : 0);
            if (expected > 0) {
                assertThat(rig.record().egressIfindex()).as("seed %d", seed).isEqualTo(expected);
            } else {
                refusedCount++;
            }
        }
        assertThat(refusedCount).as("seed %d", seed).isBetween(ROUNDS / 4, ROUNDS * 3 / 4);
    }

    /** An MTU is the length that still fits. */
    @Test
    void shouldRefuseOneByteTooMany() {
        final byte[] frame = FrameSource.transport(new Random(1), 64);
        rig.twin().read(frame);
        final int length = rig.twin().headers().ipLength();
        for (int mtu = length - 1; mtu <= length + 1; mtu++) {
            rig.putHop(1, SERVED, mtu, MAC);
            rig.read(frame);
            assertThat(rig.plan(frame, 1)).isEqualTo(mtu < length ? Counter.DROP_MTU.code() : 0);
        }
    }

    /** There is no Java answer: Java's callers look at the state first. */
    @Test
    void shouldHaveNoWayOutOverAHopBeyondTheTable() {
        final byte[] frame = FrameSource.transport(new Random(1), 64);
        rig.read(frame);
        assertThat(rig.plan(frame, PacketRig.HOP_CAPACITY)).isEqualTo(Counter.DROP_NO_EGRESS.code());
        assertThat(rig.plan(frame, -1)).isEqualTo(Counter.DROP_NO_EGRESS.code());
    }
}

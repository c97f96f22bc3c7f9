package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.steer.FlowWorld.Connection;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.service.ServiceTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Whatever a frame says, it has one action and one reason that go together, and leaves as it came. */
class HostileFrameTest {
    private static final int RUN_COUNT = 10_000;

    /** Longest frame of the cases, and some: mutations act on the headers. */
    private static final int HEADERS_LENGTH = 90;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    @Test
    void shouldGiveEachMutatedFrameOneVerdict() {
        try (SteerRig rig = SteerRig.onLoopback(512, 64, seed)) {
            ServiceTable.attach(rig.lbMemory()).apply(Net.services());
            mutate(rig, SteerCasesTest.cases().map(SteerCase::frame).toList());
        }
    }

    @Test
    void shouldGiveEachMutatedFrameOfAConnectionOneVerdict() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final List<byte[]> frames = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                final Connection connection = world.open(FlowWorld.randomRequest(random), Forwarding.NAT, random);
                frames.add(connection.request().frame());
                frames.add(connection.reply().frame());
            }
            mutate(world.rig, frames);
        }
    }

    @Test
    void shouldGiveNoiseOneVerdict() {
        try (SteerRig rig = SteerRig.onLoopback(512, 64, seed)) {
            ServiceTable.attach(rig.lbMemory()).apply(Net.services());
            for (int i = 0; i < 2000; i++) {
                final byte[] frame = new byte[SteerCase.ETHERNET_LENGTH + random.nextInt(200)];
                random.nextBytes(frame);
                assertOneVerdict(rig, frame);
            }
        }
    }

    private void mutate(final SteerRig rig, final List<byte[]> frames) {
        for (int i = 0; i < RUN_COUNT; i++) {
            final byte[] frame = frames.get(random.nextInt(frames.size())).clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                frame[random.nextInt(Math.min(frame.length, HEADERS_LENGTH))] = hostileByte();
            }
            assertOneVerdict(rig, frame);
        }
    }

    private void assertOneVerdict(final SteerRig rig, final byte[] frame) {
        final Verdict verdict = rig.receive(frame);
        final Counter reason = verdict.reason();
        assertThat(reason).as("%s, seed %d", verdict, seed).isNotNull();
        assertThat(verdict).as("seed %d", seed).isEqualTo(Verdict.of(reason));
    }

    private byte hostileByte() {
        final int[] favourites = {0x00, 0x01, 0x40, 0x45, 0x46, 0x4f, 0x60, 0x7f, 0x80, 0x81, 0x88, 0xa8, 0xff};
        return (byte) (random.nextBoolean() ? favourites[random.nextInt(favourites.length)] : random.nextInt());
    }
}

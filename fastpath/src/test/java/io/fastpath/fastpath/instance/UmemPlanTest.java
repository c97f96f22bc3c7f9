package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.RingsConfig;
import io.fastpath.fastpath.config.UmemConfig;
import io.fastpath.fastpath.pipeline.PacketBatch;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class UmemPlanTest {
    private static final RingsConfig DEFAULT_RINGS = new RingsConfig(4096, 2048, 2048, 2048);
    private static final int FRAMES_BY_DEFAULT = 0;

    @Test
    void shouldHaveAFrameForEveryPlaceInTheRings() {
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 2)).isEqualTo(2 * 10_240 + PacketBatch.CAPACITY);
        assertThat(frameCount(DEFAULT_RINGS, 5000, 2048, 3)).isEqualTo(3 * 5000 + PacketBatch.CAPACITY);
    }

    @Test
    void shouldShareAFullUmemAmongManyQueues() {
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 51))
                .isEqualTo(51 * 10_240 + PacketBatch.CAPACITY);
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 52)).isEqualTo(524_288);
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 64)).isEqualTo(524_288);
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 128)).isEqualTo(524_288);
        assertThat(frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 4096, 64)).isEqualTo(262_144);
    }

    @Test
    void shouldNameTheFillRingThatLeavesEachQueueItsFrames() {
        assertThatThrownBy(() -> frameCount(DEFAULT_RINGS, FRAMES_BY_DEFAULT, 2048, 129))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("129 queues")
                .hasMessageContaining("524288 frames of 2048 bytes")
                .hasMessageContaining("set `rings.fill` to 2048 or less");

        final RingsConfig asTold = new RingsConfig(2048, 2048, 2048, 2048);
        assertThat(frameCount(asTold, FRAMES_BY_DEFAULT, 2048, 129)).isEqualTo(524_288);
    }

    @Test
    void shouldNameTheFramesThatFit() {
        assertThatThrownBy(() -> frameCount(DEFAULT_RINGS, 10_000, 2048, 64))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("set `umem.framesPerQueue` to 8191 or less")
                .hasMessageContaining("`workers.cpus`");

        assertThat(frameCount(DEFAULT_RINGS, 8191, 2048, 64)).isEqualTo(64 * 8191 + PacketBatch.CAPACITY);
    }

    private static int frameCount(
            final RingsConfig rings, final int framesPerQueue, final int frameSize, final int queueCount) {
        final UmemConfig umem = new UmemConfig(framesPerQueue, frameSize, false);
        final InstanceConfig config = new InstanceConfig(
                "edge1", false, List.of(), null, umem, rings, null, null, null, null, null, null, Map.of(), List.of(),
                null);
        final UmemLayout plan = UmemPlan.of(config, queueCount);
        assertThat(plan.frameLength()).isEqualTo(frameSize);
        return plan.frameCount();
    }
}

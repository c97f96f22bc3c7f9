package io.fastpath.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.bench.stage.PipelineStage;
import io.fastpath.lb.Protocol;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The pipeline allocates nothing: not little, as a profiler could say beside its own garbage, but not one byte, and not only
 * when the compiler has removed it. What the JVM allocates when a path is taken for the first time, to load its classes, is
 * over after some rounds.
 */
class PipelineAllocationTest {
    private static final int ROUND_LIMIT = 8;
    private static final int BURST_COUNT = 8;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void shouldAllocateNothingForRequests(final Protocol protocol) {
        final PipelineStage stage = new PipelineStage(1024, 0, protocol);
        assertThat(allocatedBytes(stage, stage::writeRequests, () -> {})).isZero();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void shouldAllocateNothingForReplies(final Protocol protocol) {
        final PipelineStage stage = new PipelineStage(1024, 0, protocol);
        assertThat(allocatedBytes(stage, stage::writeReplies, () -> {})).isZero();
    }

    @ParameterizedTest
    @EnumSource(Protocol.class)
    void shouldAllocateNothingForNewFlows(final Protocol protocol) {
        final PipelineStage stage = new PipelineStage(1024, PipelineStage.BURST_LENGTH, protocol);
        assertThat(allocatedBytes(stage, stage::writeOpenings, stage::removeOpened))
                .isZero();
    }

    /** What this thread allocates in the first round that allocates nothing, else in the last. */
    private static long allocatedBytes(final PipelineStage stage, final Runnable write, final Runnable undo) {
        long bytes = -1;
        for (int round = 0; round < ROUND_LIMIT && bytes != 0; round++) {
            bytes = 0;
            for (int i = 0; i < BURST_COUNT; i++) {
                write.run();
                final long before = THREADS.getCurrentThreadAllocatedBytes();
                stage.run();
                bytes += THREADS.getCurrentThreadAllocatedBytes() - before;
                stage.check();
                undo.run();
            }
        }
        return bytes;
    }
}

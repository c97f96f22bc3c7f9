package io.fastpath.fastpath.answerengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/**
 * The kernel engine and a worker learn the MAC of one hop at once. Forbidden: a MAC that nobody said, a source MAC that
 * changed, and a record that stays CLAIMED.
 */
class HopLearningRaceTest {
    private static final int RUN_COUNT = 4_000;
    private static final int REPEAT_COUNT = 50;
    private static final long JAVA_MAC = MacWord.ofNumber(0x02_55_55_55_55_54L);
    private static final String KERNEL_MAC = "02:aa:aa:aa:aa:aa";
    private static final long KERNEL_MAC_MEMORY = MacWord.ofNumber(0x02_aa_aa_aa_aa_aaL);

    @Test
    void shouldLeaveOneOfBothWhole() {
        try (AnswerRig rig = new AnswerRig()) {
            final WaitingHops hops = new WaitingHops(rig.tables());
            final int index = hops.ofClient();
            final long sourceMac = hops.table().macWord(index) & ~MacWord.MASK;
            final AtomicBoolean done = new AtomicBoolean();
            final CompletableFuture<int[]> learning = CompletableFuture.supplyAsync(() -> {
                int changedCount = 0;
                int kernelCount = 0;
                while (!done.get()) {
                    changedCount += hops.table().learn(index, JAVA_MAC) ? 1 : 0;
                    kernelCount += check(hops, index, sourceMac) ? 1 : 0;
                }
                return new int[] {changedCount, kernelCount};
            });
            final byte[] reply = FrameBuilder.arp(2, KERNEL_MAC, AnswerFrames.CLIENT, AnswerFrames.VIP);
            for (int i = 0; i < RUN_COUNT; i++) {
                rig.repeatKernel(AnswerRig.PLAIN, reply, REPEAT_COUNT);
            }
            done.set(true);
            final int[] counts = learning.join();

            assertThat(counts[0])
                    .as("times that Java took over from the kernel engine")
                    .isPositive();
            assertThat(counts[1])
                    .as("times that the kernel engine's MAC was seen")
                    .isPositive();
            assertThat(hops.table().state(index)).isEqualTo(NextHopDescriptor.STATE_PROVISIONAL);
        }
    }

    /** Whether the MAC is the kernel engine's. */
    private static boolean check(final WaitingHops hops, final int index, final long sourceMac) {
        final long word = hops.table().macWord(index);
        final long mac = MacWord.of(word);
        assertThat(word & ~MacWord.MASK).isEqualTo(sourceMac);
        if (mac != JAVA_MAC && mac != KERNEL_MAC_MEMORY && mac != 0) {
            throw new AssertionError("nobody said " + Long.toHexString(mac));
        }
        return mac == KERNEL_MAC_MEMORY;
    }
}

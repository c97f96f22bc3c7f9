package io.fastpath.afxdpnative.umem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FramePoolTest {
    private static final UmemLayout CONFIG = new UmemLayout(2048, 16, 0, HugePages.NONE);

    private final FramePool pool = new FramePool(CONFIG, 4, 8);

    @Test
    void shouldHandOutEachFrameOfItsRangeOnce() {
        final Set<Long> offsets = new HashSet<>();
        for (long offset = pool.acquire(); offset != FramePool.NO_FRAME; offset = pool.acquire()) {
            offsets.add(offset);
        }

        assertThat(offsets)
                .containsExactlyInAnyOrder(
                        4 * 2048L, 5 * 2048L, 6 * 2048L, 7 * 2048L, 8 * 2048L, 9 * 2048L, 10 * 2048L, 11 * 2048L);
        assertThat(pool.freeCount()).isZero();
        assertThat(pool.frameCount()).isEqualTo(8);
    }

    @Test
    void shouldTakeTheFrameBackByAnyOffsetInIt() {
        final long offset = pool.acquire();

        pool.release(offset + 2047);

        assertThat(pool.acquire()).isEqualTo(offset);
    }

    @Test
    void shouldFindADoubleRelease() {
        final long offset = pool.acquire();
        pool.release(offset);

        assertThatThrownBy(() -> pool.release(offset + 256))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("frame at " + offset + " is released twice");
    }

    @Test
    void shouldFindAForeignFrame() {
        pool.acquire();

        for (final long offset : new long[] {3 * 2048L, 12 * 2048L, -2048, Long.MAX_VALUE, Long.MIN_VALUE}) {
            assertThat(pool.owns(offset)).isFalse();
            assertThatThrownBy(() -> pool.release(offset))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("is not of the pool");
        }
    }

    @Test
    void shouldRefuseARangeOutsideTheUmem() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FramePool(CONFIG, -1, 4));
        assertThatIllegalArgumentException().isThrownBy(() -> new FramePool(CONFIG, 0, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new FramePool(CONFIG, 9, 8));
        assertThatIllegalArgumentException().isThrownBy(() -> new FramePool(CONFIG, Integer.MAX_VALUE, 1));
    }

    @Test
    void shouldKeepTheSumOverRandomUse() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Deque<Long> held = new ArrayDeque<>();
        for (int i = 0; i < 100_000; i++) {
            if (random.nextBoolean()) {
                final long offset = pool.acquire();
                if (offset == FramePool.NO_FRAME) {
                    assertThat(held).as("seed %d", seed).hasSize(8);
                } else {
                    held.add(offset);
                }
            } else if (!held.isEmpty()) {
                pool.release(held.poll() + random.nextInt(2048));
            }
            assertThat(pool.freeCount() + held.size()).as("seed %d", seed).isEqualTo(8);
        }
    }
}

package io.fastpath.lb.maglev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MaglevSpaceTest {
    @Test
    void shouldStartEachCopyOnALine() {
        final MaglevSpace space = new MaglevSpace(32 * 6 + 31);
        assertThat(space.claim(33)).isZero();
        assertThat(space.claim(1)).isEqualTo(64);
        assertThat(space.claim(64)).isEqualTo(96);
        assertThat(space.claim(33)).isEqualTo(MaglevSpace.FULL);
        assertThat(space.freeCount()).isEqualTo(32);
        assertThat(MaglevSpace.occupied(65_537)).isEqualTo(65_568);
    }

    @Test
    void shouldRefuseToReserveWhatIsNotFreeOrNotThere() {
        final MaglevSpace space = new MaglevSpace(32 * 4);
        assertThat(space.reserve(32, 40)).isTrue();
        assertThat(space.reserve(32, 1)).isFalse();
        assertThat(space.reserve(0, 33)).isFalse();
        assertThat(space.reserve(96, 33)).isFalse();
        assertThat(space.reserve(96, Integer.MAX_VALUE)).isFalse();
        assertThat(space.reserve(1, 1)).isFalse();
        assertThat(space.reserve(-32, 1)).isFalse();
        assertThat(space.reserve(0, 0)).isFalse();
        assertThat(space.reserve(96, 32)).isTrue();
        assertThat(space.claim(32)).isZero();
        assertThatThrownBy(() -> new MaglevSpace(64).release(0, 32)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void shouldTakeTheFirstFitAndLoseNothing() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final int lineCount = 60;
        final boolean[] used = new boolean[lineCount];
        final MaglevSpace space = new MaglevSpace(lineCount * 32);
        final List<int[]> parts = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            if (parts.isEmpty() || random.nextInt(3) > 0) {
                final int entryCount = 1 + random.nextInt(32 * 9);
                final int expected = firstFit(used, (entryCount + 31) / 32);
                final int first = space.claim(entryCount);
                assertThat(first).as("seed %d", seed).isEqualTo(expected < 0 ? MaglevSpace.FULL : expected * 32);
                if (first >= 0) {
                    parts.add(new int[] {first, entryCount});
                    fill(used, first, entryCount, true);
                }
            } else {
                final int[] part = parts.remove(random.nextInt(parts.size()));
                space.release(part[0], part[1]);
                fill(used, part[0], part[1], false);
            }
            assertThat(space.freeCount()).as("seed %d", seed).isEqualTo(32 * free(used));
        }
    }

    private static int firstFit(final boolean[] used, final int count) {
        for (int first = 0; first + count <= used.length; first++) {
            int length = 0;
            while (length < count && !used[first + length]) {
                length++;
            }
            if (length == count) {
                return first;
            }
        }
        return -1;
    }

    private static void fill(final boolean[] used, final int first, final int entryCount, final boolean value) {
        for (int line = first / 32; line < (first + entryCount + 31) / 32; line++) {
            used[line] = value;
        }
    }

    private static int free(final boolean[] used) {
        int count = 0;
        for (final boolean line : used) {
            count += line ? 0 : 1;
        }
        return count;
    }
}

package io.fastpath.fastpath.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

final class StreamBlockTest {
    private static final int LENGTH = 100;

    private final ByteBuffer block = ByteBuffer.allocateDirect(LENGTH);

    StreamBlockTest() {
        StreamBlock.fill(block, 7, 3);
    }

    @Test
    void shouldAcceptWhatWasSent() {
        assertThat(block.remaining()).isEqualTo(LENGTH);
        assertThat(StreamBlock.fault(block, 7, 3)).isNull();
    }

    @Test
    void shouldNoticeEveryChangedBit() {
        for (int bit = 0; bit < LENGTH * Byte.SIZE; bit++) {
            flip(bit);
            assertThat(StreamBlock.fault(block, 7, 3)).as("bit %d", bit).isNotNull();
            flip(bit);
        }
    }

    @Test
    void shouldNoticeAnotherBlockOrStream() {
        assertThat(StreamBlock.fault(block, 7, 4)).contains("block 3 instead of 4");
        assertThat(StreamBlock.fault(block, 8, 3)).contains("stream 7 instead of 8");
    }

    private void flip(final int bit) {
        final int index = bit / Byte.SIZE;
        block.put(index, (byte) (block.get(index) ^ 1 << bit % Byte.SIZE));
    }
}

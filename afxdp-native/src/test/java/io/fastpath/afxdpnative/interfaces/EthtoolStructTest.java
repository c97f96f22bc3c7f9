package io.fastpath.afxdpnative.interfaces;

import static org.assertj.core.api.Assertions.assertThat;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Field positions, counted off in {@code linux/ethtool.h}. */
class EthtoolStructTest {
    private final UnsafeBuffer struct = new UnsafeBuffer(new byte[36]);

    @Test
    void shouldReadRings() {
        // cmd, rx_max, rx_mini_max, rx_jumbo_max, tx_max, rx, rx_mini, rx_jumbo, tx
        fill(0x10, 4096, 1, 2, 8192, 512, 3, 4, 1024);
        assertThat(NicRingSizes.decode(struct)).isEqualTo(new NicRingSizes(512, 1024, 4096, 8192));
    }

    @Test
    void shouldReadChannels() {
        // cmd, max_rx, max_tx, max_other, max_combined, rx, tx, other, combined
        fill(0x3c, 11, 12, 13, 64, 1, 2, 3, 8);
        final QueueCounts queues = QueueCounts.decode(struct);
        assertThat(queues).isEqualTo(new QueueCounts(1, 2, 8, 64, QueueCounts.Source.DRIVER));
        assertThat(queues.rxTotal()).isEqualTo(9);
        assertThat(queues.txTotal()).isEqualTo(10);
    }

    private void fill(final int... fields) {
        for (int i = 0; i < fields.length; i++) {
            struct.putInt(i * Integer.BYTES, fields[i]);
        }
    }
}

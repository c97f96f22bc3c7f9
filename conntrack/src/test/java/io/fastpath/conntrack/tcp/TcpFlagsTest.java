package io.fastpath.conntrack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TcpFlagsTest {
    @Test
    void shouldClassifyEveryFlagsByte() {
        for (int flags = 0; flags < 256; flags++) {
            assertThat(TcpFlags.classOf(flags)).as("flags 0x%02x", flags).isEqualTo(expectedClass(flags));
            assertThat(TcpFlags.opens(flags))
                    .as("flags 0x%02x", flags)
                    .isEqualTo(expectedClass(flags) == TcpFlags.CLASS_SYN);
            assertThat(TcpFlags.isPlainAck(flags))
                    .as("flags 0x%02x", flags)
                    .isEqualTo(expectedClass(flags) == TcpFlags.CLASS_ACK);
        }
    }

    @Test
    void shouldRefuseWhatOnlyScannersSend() {
        final int nullScan = 0;
        final int xmasScan = TcpFlags.FIN | TcpFlags.PSH | TcpFlags.URG;
        final int everything = 0xff;
        for (final int flags : new int[] {nullScan, xmasScan, everything, TcpFlags.FIN, TcpFlags.SYN | TcpFlags.FIN}) {
            assertThat(TcpFlags.classOf(flags)).as("flags 0x%02x", flags).isEqualTo(TcpFlags.CLASS_INVALID);
        }
        assertThat(TcpFlags.classOf(TcpFlags.SYN | TcpFlags.RST)).isEqualTo(TcpFlags.CLASS_INVALID);
        assertThat(TcpFlags.classOf(TcpFlags.FIN | TcpFlags.RST | TcpFlags.ACK)).isEqualTo(TcpFlags.CLASS_INVALID);
    }

    @Test
    void shouldIgnoreBitsAboveTheByte() {
        assertThat(TcpFlags.classOf(0xf00 | TcpFlags.SYN)).isEqualTo(TcpFlags.CLASS_SYN);
    }

    private static int expectedClass(final int flags) {
        final boolean fin = (flags & 0x01) != 0;
        final boolean syn = (flags & 0x02) != 0;
        final boolean rst = (flags & 0x04) != 0;
        final boolean ack = (flags & 0x10) != 0;
        if ((syn ? 1 : 0) + (fin ? 1 : 0) + (rst ? 1 : 0) > 1) {
            return TcpFlags.CLASS_INVALID;
        }
        if (rst) {
            return TcpFlags.CLASS_RST;
        }
        if (syn) {
            return ack ? TcpFlags.CLASS_SYN_ACK : TcpFlags.CLASS_SYN;
        }
        if (!ack) {
            return TcpFlags.CLASS_INVALID;
        }
        return fin ? TcpFlags.CLASS_FIN : TcpFlags.CLASS_ACK;
    }
}

package io.fastpath.afxdpnative.interfaces;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastpath.afxdpnative.netlink.MessageWriter;
import io.fastpath.afxdpnative.netlink.NetlinkFormatException;
import java.util.Arrays;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class NetdevFamilyTest {
    @Test
    void shouldReadFeaturesByBit() {
        final XdpCapabilities xdp = decode(message(0x0F));

        assertThat(xdp.features())
                .containsExactlyInAnyOrder(
                        XdpFeature.BASIC, XdpFeature.REDIRECT, XdpFeature.NDO_XMIT, XdpFeature.XSK_ZEROCOPY);
        assertThat(xdp.isNative()).isTrue();
        assertThat(xdp.isZeroCopy()).isTrue();
        assertThat(xdp.zeroCopySegmentLimit()).isEqualTo(17);
        assertThat(decode(message(0xFF80)).features())
                .as("features not known here")
                .isEmpty();
        assertThat(decode(message(0x60)).features())
                .containsExactlyInAnyOrder(XdpFeature.RX_SG, XdpFeature.NDO_XMIT_SG);
    }

    @Test
    void shouldReadNothingOutsideAMutatedMessage() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] original = message(0x7F);
        for (int round = 0; round < 20_000; round++) {
            final byte[] mutant = Arrays.copyOf(original, random.nextInt(original.length + 1));
            for (int i = random.nextInt(4); i >= 0 && mutant.length > 0; i--) {
                mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(20);
            }
            try {
                decode(mutant);
            } catch (final NetlinkFormatException ex) {
                assertThat(ex.getMessage()).isNotEmpty();
            } catch (final RuntimeException ex) {
                fail("seed " + seed + ", round " + round, ex);
            }
        }
    }

    private static byte[] message(final int features) {
        final MessageWriter writer =
                new MessageWriter().begin(20, 0).u8(1).u8(1).u16(0);
        writer.attribute(1, 5).attribute(3, new byte[] {(byte) features, (byte) (features >> 8), 0, 0, 0, 0, 0, 0});
        writer.attribute(4, 17);
        final byte[] payload = new byte[writer.length() - 16];
        writer.buffer().getBytes(16, payload);
        return payload;
    }

    private static XdpCapabilities decode(final byte[] payload) {
        return NetdevFamily.decode(new UnsafeBuffer(payload), 0, payload.length);
    }
}

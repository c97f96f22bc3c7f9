package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * Every kind of frame cut off at every byte, at the very end of the UMEM: a read beyond the packet would be out of
 * bounds. Bounds checks are on in tests.
 */
class TruncationTest {
    private static final List<byte[]> FRAMES = List.of(
            Frames.request().payload(3).build(),
            Frames.request().options(10).vlan(1).build(),
            PacketBuilder.udp(Frames.CLIENT, 1, Frames.VIP, 80).build(),
            PacketBuilder.tcp(Frames.CLIENT6, 1, Frames.VIP6, 80)
                    .serviceVlan(1)
                    .vlan(2)
                    .build(),
            PacketBuilder.udp(Frames.CLIENT6, 1, Frames.VIP6, 80).build(),
            PacketBuilder.echo(Frames.CLIENT, Frames.VIP, false).build(),
            PacketBuilder.echo(Frames.CLIENT6, Frames.VIP6, false).build(),
            PacketBuilder.solicitation(Frames.CLIENT6, "ff02::1:ff00:100", Frames.VIP6)
                    .payload(PacketBuilder.linkOption(1, TestBalancer.CLIENT_MAC))
                    .build(),
            ArpBuilder.arp(
                    ArpBuilder.REQUEST,
                    TestBalancer.CLIENT_MAC,
                    Frames.CLIENT,
                    "00:00:00:00:00:00",
                    Frames.VIP,
                    "ff:ff:ff:ff:ff:ff"));

    @Test
    void shouldHaveBoundsChecks() {
        assertThat(UnsafeBuffer.SHOULD_BOUNDS_CHECK).isTrue();
    }

    @Test
    void shouldDropWhatIsCutOff() {
        for (final byte[] frame : FRAMES) {
            for (int length = 0; length <= frame.length; length++) {
                final Counter verdict = process(Arrays.copyOf(frame, length));
                assertThat(verdict.isDrop())
                        .as("frame of %d bytes cut at %d ended as %s", frame.length, length, verdict)
                        .isEqualTo(length < frame.length);
                if (length < frame.length) {
                    assertThat(verdict).isIn(Counter.DROP_TRUNCATED, Counter.DROP_IP_LENGTH);
                }
            }
        }
    }

    private static Counter process(final byte[] frame) {
        final TestBalancer balancer = new TestBalancer().usualServices().start();
        final int headroom = 8;
        final UnsafeBuffer umem = TestFrames.allocate(headroom + frame.length);
        umem.putBytes(headroom, frame);
        final Pipeline pipeline = new Pipeline(balancer.context()
                .frames(umem)
                .frameLength(umem.capacity())
                .rowIndex(5)
                .conclude());
        final PacketBatch batch = new PacketBatch();
        batch.add(0, headroom, frame.length, balancer.slot(CLIENTS));
        pipeline.process(batch, balancer.nowNs());
        pipeline.count(batch);
        return Counter.ofCode(batch.verdict(0));
    }
}

package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.ArrayList;
import java.util.List;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Fragments that come before the first one of their datagram wait for it, a moment and in a fixed room. */
class FragmentHoldTest {
    private static final int CAPACITY = 8;
    private static final int FRAME_LENGTH = TestWorker.FRAME_LENGTH;
    private static final int ID = 77;
    private static final int LENGTH = 168; // 8 of the UDP header

    private final TestBalancer balancer = new TestBalancer().usualServices().start();
    private final UnsafeBuffer umem = TestFrames.allocate(PacketBatch.CAPACITY * FRAME_LENGTH);
    private final Pipeline pipeline = new Pipeline(balancer.context()
            .frames(umem)
            .frameLength(FRAME_LENGTH)
            .rowIndex(balancer.tables().sizes().workerRow(0))
            .heldFragments(CAPACITY)
            .conclude());
    private final PacketBatch batch = new PacketBatch();

    @Test
    void shouldSendOnWhatWaitedInTheOrderInWhichItCame() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        final byte[] out = sent(Frames.SNAT, Frames.BACKEND);
        receive(CLIENTS, fragment(in, ID, 120, 168)).ends(Counter.FRAGMENT_HELD);
        receive(CLIENTS, fragment(in, ID, 48, 120)).ends(Counter.FRAGMENT_HELD);
        assertThat(resumed()).isEmpty();
        receive(CLIENTS, fragment(in, ID, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed())
                .containsExactly(BitUtil.toHex(fragment(out, ID, 120, 168)), BitUtil.toHex(fragment(out, ID, 48, 120)));
        assertThat(pipeline.isHolding()).isFalse();
        assertThat(balancer.count(Counter.RX_PACKETS)).isEqualTo(3);
        assertThat(balancer.count(Counter.FRAGMENT_HELD)).isEqualTo(2);
        assertThat(balancer.count(Counter.FORWARDED_REQUEST)).isEqualTo(3);
    }

    @Test
    void shouldSendOnIpv6ThatWaited() {
        final byte[] in = request(Frames.CLIENT6, Frames.VIP6);
        final byte[] out = sent(Frames.SNAT6, Frames.BACKEND6);
        receive(CLIENTS, fragment(in, ID, 48, 168)).ends(Counter.FRAGMENT_HELD);
        receive(CLIENTS, fragment(in, ID, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed()).containsExactly(BitUtil.toHex(fragment(out, ID, 48, 168)));
    }

    @Test
    void shouldSendOnRepliesThatWaited() {
        final byte[] in = Frames.fromBackend(PacketBuilder.udp(Frames.BACKEND, 8080, Frames.SNAT, 40000))
                .payload(LENGTH - 8)
                .build();
        final byte[] out = Frames.toClient(PacketBuilder.udp(Frames.VIP, 80, Frames.CLIENT, 1234))
                .payload(LENGTH - 8)
                .build();
        receive(CLIENTS, request(Frames.CLIENT, Frames.VIP)).ends(Counter.FORWARDED_REQUEST);
        receive(SERVERS, fragment(in, ID, 48, 168)).ends(Counter.FRAGMENT_HELD);
        receive(SERVERS, fragment(in, ID, 0, 48)).ends(Counter.FORWARDED_REPLY);
        assertThat(resumed()).containsExactly(BitUtil.toHex(fragment(out, ID, 48, 168)));
    }

    @Test
    void shouldKeepDatagramsApart() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        for (int i = 0; i < 4; i++) {
            receive(CLIENTS, fragment(in, ID + i, 120, 168)).ends(Counter.FRAGMENT_HELD);
            receive(CLIENTS, fragment(in, ID + i, 48, 120)).ends(Counter.FRAGMENT_HELD);
        }
        receive(CLIENTS, fragment(in, ID + 2, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        final byte[] out = sent(Frames.SNAT, Frames.BACKEND);
        assertThat(resumed())
                .containsExactly(
                        BitUtil.toHex(fragment(out, ID + 2, 120, 168)), BitUtil.toHex(fragment(out, ID + 2, 48, 120)));
        assertThat(pipeline.isHolding()).isTrue();
    }

    @Test
    void shouldForgetWhatWaitedTooLong() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        receive(CLIENTS, fragment(in, ID, 48, 168)).ends(Counter.FRAGMENT_HELD);
        balancer.advance(FragmentHold.LIMIT_NS - 1);
        assertThat(resumed()).isEmpty();
        assertThat(pipeline.isHolding()).isTrue();
        balancer.advance(1);
        assertThat(resumed()).isEmpty();
        assertThat(pipeline.isHolding()).isFalse();
        assertThat(balancer.count(Counter.DROP_FRAGMENT_ORPHAN)).isEqualTo(1);
        receive(CLIENTS, fragment(in, ID, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed()).isEmpty();
    }

    @Test
    void shouldLetTheLongestWaitingMakeRoom() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        for (int i = 0; i < CAPACITY + 3; i++) {
            receive(CLIENTS, fragment(in, ID + i, 48, 168)).ends(Counter.FRAGMENT_HELD);
        }
        assertThat(balancer.count(Counter.DROP_FRAGMENT_CROWDED)).isEqualTo(3);
        receive(CLIENTS, fragment(in, ID + 2, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed()).isEmpty();
        receive(CLIENTS, fragment(in, ID + 3, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        receive(CLIENTS, fragment(in, ID + CAPACITY + 2, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed()).hasSize(2);
    }

    /** Of the fragments that come out, each is looked at again: what came twice, or overlaps, goes nowhere. */
    @Test
    void shouldJudgeWhatWaitedAsIfItCameNow() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        receive(CLIENTS, fragment(in, ID, 48, 120)).ends(Counter.FRAGMENT_HELD);
        receive(CLIENTS, fragment(in, ID, 48, 120)).ends(Counter.FRAGMENT_HELD);
        receive(CLIENTS, fragment(in, ID, 112, 168)).ends(Counter.FRAGMENT_HELD);
        receive(CLIENTS, fragment(in, ID, 0, 48)).ends(Counter.FORWARDED_REQUEST);
        assertThat(resumed()).hasSize(1);
        assertThat(balancer.count(Counter.DROP_FRAGMENT_OVERLAP)).isEqualTo(2);
    }

    @Test
    void shouldCountWhatWaitsAtTheEnd() {
        receive(CLIENTS, fragment(request(Frames.CLIENT, Frames.VIP), ID, 48, 168))
                .ends(Counter.FRAGMENT_HELD);
        pipeline.forsake();
        assertThat(pipeline.isHolding()).isFalse();
        assertThat(balancer.count(Counter.DROP_FRAGMENT_ORPHAN)).isEqualTo(1);
    }

    /** All goes round many times: what is forwarded, forgotten, crowded out or waits is what came. */
    @Test
    void shouldAccountForEachFragment() {
        final byte[] in = request(Frames.CLIENT, Frames.VIP);
        for (int i = 0; i < 1000; i++) {
            receive(CLIENTS, fragment(in, i, 48 + 24 * (i % 3), 168));
            if (i % 5 == 0) {
                receive(CLIENTS, fragment(in, i - i % 4, 0, 48));
            }
            balancer.advance(i % 7 * 3_000_000L);
            resumed();
        }
        pipeline.forsake();
        final long ended = balancer.count(Counter.FORWARDED_REQUEST)
                + balancer.count(Counter.DROP_FRAGMENT_ORPHAN)
                + balancer.count(Counter.DROP_FRAGMENT_CROWDED)
                + balancer.count(Counter.DROP_FRAGMENT_OVERLAP);
        assertThat(ended).isEqualTo(balancer.count(Counter.RX_PACKETS));
        assertThat(balancer.count(Counter.DROP_FRAGMENT_CROWDED)).isPositive();
        assertThat(balancer.count(Counter.DROP_FRAGMENT_ORPHAN)).isPositive();
    }

    private static byte[] request(final String client, final String vip) {
        return PacketBuilder.udp(client, 1234, vip, 80).payload(LENGTH - 8).build();
    }

    private static byte[] sent(final String snat, final String backend) {
        return Frames.toBackend(PacketBuilder.udp(snat, 40000, backend, 8080))
                .payload(LENGTH - 8)
                .build();
    }

    private FragmentHoldTest receive(final int ifindex, final byte[] frame) {
        batch.clear();
        umem.setMemory(0, umem.capacity(), (byte) 0xa5); // what waits is somewhere else
        umem.putBytes(TestWorker.HEADROOM, frame);
        batch.add(0, TestWorker.HEADROOM, frame.length, balancer.slot(ifindex));
        pipeline.process(batch, balancer.nowNs());
        pipeline.count(batch);
        return this;
    }

    private void ends(final Counter verdict) {
        assertThat(Counter.ofCode(batch.verdict(0))).isEqualTo(verdict);
        assertThat(batch.egressSlot(0) == PacketBatch.NONE)
                .isEqualTo(verdict == Counter.FRAGMENT_HELD || verdict.isDrop());
    }

    /** The frames that go out now. */
    private List<String> resumed() {
        batch.clear();
        for (int index = pipeline.nextResumed(balancer.nowNs());
                index >= 0;
                index = pipeline.nextResumed(balancer.nowNs())) {
            pipeline.resume(index, batch, batch.count() * FRAME_LENGTH);
        }
        pipeline.processResumed(batch, balancer.nowNs());
        pipeline.count(batch);
        final List<String> frames = new ArrayList<>();
        for (int i = 0; i < batch.count(); i++) {
            if (batch.egressSlot(i) != PacketBatch.NONE) {
                final byte[] frame = new byte[batch.length(i)];
                umem.getBytes(batch.packetOffset(i), frame);
                frames.add(BitUtil.toHex(frame));
            }
        }
        return frames;
    }
}

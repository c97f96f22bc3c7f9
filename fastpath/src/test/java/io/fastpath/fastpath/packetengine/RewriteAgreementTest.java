package io.fastpath.fastpath.packetengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.agreement.PacketCaseLibrary;
import io.fastpath.fastpath.pipeline.FrameSource;
import io.fastpath.fastpath.pipeline.PacketTwin;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.agrona.BitUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whatever the translation, the tags and the checksums: both rewriters send the same bytes. */
class RewriteAgreementTest {
    private static final int OUTER_TAG = 0x6400a888;
    private static final int INNER_TAG = 0x65000081;
    private static final int HOP_LIMIT = 3;
    private static final int THREE_TAGS_HOP = 4;
    private static final int ROUNDS = 60_000;
    private static final int MUTATION_COUNT = 60_000;
    private static final int IPV4_KIND = 1;
    private static final int ETHERNET_LENGTH = 14;
    private static final int UDP_CHECKSUM_OFFSET = 6;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final PacketRig rig = new PacketRig();

    @BeforeEach
    void prepare() {
        rig.putHop(0, 5, 1500, 0x02_bb_00_00_00_11L);
        rig.putHop(1, 6, 1500, 0x12_34_56_78_9a_bcL, OUTER_TAG);
        rig.putHop(2, 0x1234, 1500, 0xfe_dc_ba_98_76_54L, OUTER_TAG, INNER_TAG);
        rig.putHop(THREE_TAGS_HOP, 7, 1500, 1, 1, 2, 3);
    }

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldSendTheSameBytes() {
        for (int i = 0; i < ROUNDS; i++) {
            final byte[] frame = FrameSource.transport(random, PacketRig.PAYLOAD_LENGTH_MAX);
            assertThat(check(frame))
                    .as("seed %d: %s", seed, BitUtil.toHex(frame))
                    .isTrue();
        }
    }

    /** Wrong checksums that stay wrong, lengths that lie within what is allowed, headers with random bytes. */
    @Test
    void shouldSendTheSameBytesOfFramesThatLie() {
        final List<byte[]> bases = PacketCaseLibrary.frames();
        final Supplier<byte[]> mutations = FrameSource.mutations(random, bases);
        int rewrittenCount = 0;
        for (int i = 0; i < MUTATION_COUNT; i++) {
            final byte[] frame = mutations.get();
            rewrittenCount += frame.length >= PacketRig.FRAME_LENGTH_MIN && check(frame) ? 1 : 0;
        }
        assertThat(rewrittenCount).as("seed %d", seed).isGreaterThan(MUTATION_COUNT / 10);
    }

    /** Every length up to several blocks of the sum, so that each way to the end of a range is taken. */
    @Test
    void shouldComputeChecksumsOfAnyLength() {
        for (int length = 0; length <= PacketRig.PAYLOAD_LENGTH_MAX; length++) {
            final byte[] frame = FrameSource.transportOf(random, length);
            rig.twin().read(frame);
            rig.read(frame);
            compare(frame, 0, endpoints(), true);
        }
    }

    /** The one new port with which the sum becomes all ones is the checksum without it. */
    @Test
    void shouldSendAChecksumOfZeroAsAllOnes() {
        for (int i = 0; i < 1000; i++) {
            final byte[] frame = FrameSource.udp(random, i);
            final boolean recompute = random.nextBoolean();
            rig.twin().read(frame);
            rig.read(frame);
            final PacketTwin.Endpoints to = endpoints();
            final int checksumOffset = rig.twin().headers().transportOffset()
                    - rig.twin().headers().networkOffset()
                    + ETHERNET_LENGTH
                    + UDP_CHECKSUM_OFFSET;
            final byte[] without = rig.twin().rewrite(0, withDestinationPort(to, 0), recompute);
            final int port = checksum(without, checksumOffset);
            rig.twin().read(frame);
            final byte[] sent = compare(frame, 0, withDestinationPort(to, port), recompute);
            assertThat(checksum(sent, checksumOffset)).as("seed %d", seed).isEqualTo(0xffff);
        }
    }

    private static PacketTwin.Endpoints withDestinationPort(final PacketTwin.Endpoints to, final int portBe) {
        return new PacketTwin.Endpoints(
                to.source0(), to.source1(), to.destination0(), to.destination1(), to.ports() & 0xffff | portBe << 16);
    }

    private static int checksum(final byte[] frame, final int offset) {
        return frame[offset] & 0xff | (frame[offset + 1] & 0xff) << 8;
    }

    @Test
    void shouldLeaveThePacketAloneIfItCannotBeSent() {
        final byte[] frame = FrameSource.transport(random, 64);
        rig.read(frame);
        checkRefused(frame, THREE_TAGS_HOP, false, Counter.DROP_INTERNAL);
        checkRefused(frame, PacketRig.HOP_CAPACITY, false, Counter.DROP_INTERNAL);
        rig.record().ipLength(0x10000 - 1024);
        checkRefused(frame, 2, true, Counter.DROP_MTU);
    }

    private void checkRefused(final byte[] frame, final int hopIndex, final boolean recompute, final Counter reason) {
        final byte[] left = rig.rewrite(frame, hopIndex, endpoints(), recompute);
        assertThat(rig.record().answer()).isEqualTo(reason.code());
        assertThat(left).isEqualTo(frame);
    }

    /** Whether the packet is one to be rewritten. */
    private boolean check(final byte[] frame) {
        final int kind = rig.twin().read(frame);
        assertThat(rig.read(frame))
                .as("seed %d: %s", seed, BitUtil.toHex(frame))
                .isEqualTo(kind);
        if (!rig.twin().isTransport() || rig.twin().headers().timeToLive() < 2) {
            return false;
        }
        compare(frame, random.nextInt(HOP_LIMIT), endpoints(), random.nextBoolean());
        return true;
    }

    private byte[] compare(
            final byte[] frame, final int hopIndex, final PacketTwin.Endpoints to, final boolean recompute) {
        final PacketTwin.Headers headers = rig.twin().headers();
        final byte[] expected = rig.twin().rewrite(hopIndex, to, recompute);
        final byte[] sent = rig.rewrite(frame, hopIndex, to, recompute);
        final String origin = "seed " + seed + ", hop " + hopIndex + ", recompute " + recompute + ", to " + to + ": "
                + BitUtil.toHex(frame);
        assertThat(rig.record().answer()).as(origin).isZero();
        assertThat(BitUtil.toHex(sent)).as(origin).isEqualTo(BitUtil.toHex(expected));
        final int networkOffset = 14 + 4 * hopIndex;
        assertThat(rig.record().networkOffset()).isEqualTo(networkOffset);
        assertThat(rig.record().transportOffset() - networkOffset)
                .isEqualTo(headers.transportOffset() - headers.networkOffset());
        return sent;
    }

    /** Of the family of the packet that was read. */
    private PacketTwin.Endpoints endpoints() {
        final boolean ipv4 = rig.record().kind() == IPV4_KIND;
        return new PacketTwin.Endpoints(word0(ipv4), word1(ipv4), word0(ipv4), word1(ipv4), (int) word());
    }

    private long word0(final boolean ipv4) {
        return ipv4 ? 0 : word();
    }

    private long word1(final boolean ipv4) {
        return ipv4 ? AddressDescriptor.ipv4Word1((int) word()) : word();
    }

    /** Bytes of all ones and all zeros are where one's complement sums have two zeros. */
    private long word() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> -1;
            case 2 -> random.nextLong() & random.nextLong() & random.nextLong();
            default -> random.nextLong();
        };
    }
}

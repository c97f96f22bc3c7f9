package io.fastpath.fastpath.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Random packets, random translations: the result is the packet that a sender with the new endpoints would make. */
class PacketRewriterTest {
    private static final int ROUNDS = 30_000;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final UnsafeBuffer frames = TestFrames.allocate(4096);
    private final SharedMemory memory = new SharedMemory(frames.addressOffset(), frames.capacity());
    private final PacketBatch batch = new PacketBatch();

    @Test
    void shouldTranslateLikeASender() {
        for (int round = 0; round < ROUNDS; round++) {
            final boolean ipv4 = random.nextBoolean();
            final boolean isTcp = random.nextBoolean();
            final boolean recompute = random.nextBoolean();
            final byte[] payload = new byte[random.nextInt(90)];
            random.nextBytes(payload);
            final int optionWords = ipv4 ? random.nextInt(4) : 0;
            final boolean without = !isTcp && random.nextInt(4) == 0;

            final Endpoints before = endpoints(ipv4);
            final Endpoints after = endpoints(ipv4);
            final byte[] sent = build(before, isTcp, payload, optionWords, 64, without);
            final byte[] expected = build(after, isTcp, payload, optionWords, 63, without);
            assertThat(rewrite(sent, after, ipv4, recompute))
                    .as("seed %d round %d", seed, round)
                    .isEqualTo(expected);
        }
    }

    private record Endpoints(Address source, int sourcePort, Address destination, int destinationPort) {}

    private Endpoints endpoints(final boolean ipv4) {
        return new Endpoints(address(ipv4), random.nextInt(65536), address(ipv4), random.nextInt(65536));
    }

    /** Bytes of all ones and all zeros are where one's complement sums have two zeros. */
    private Address address(final boolean ipv4) {
        final byte[] bytes = new byte[ipv4 ? 4 : 16];
        random.nextBytes(bytes);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = random.nextInt(3) == 0 ? (byte) -random.nextInt(2) : bytes[i];
        }
        if (!ipv4) {
            bytes[0] = 0x20;
        }
        return Address.ofBytes(bytes);
    }

    private static byte[] build(
            final Endpoints endpoints,
            final boolean isTcp,
            final byte[] payload,
            final int optionWords,
            final int ttl,
            final boolean without) {
        final String source = endpoints.source.toString();
        final String destination = endpoints.destination.toString();
        final PacketBuilder packet = isTcp
                ? PacketBuilder.tcp(source, endpoints.sourcePort, destination, endpoints.destinationPort)
                : PacketBuilder.udp(source, endpoints.sourcePort, destination, endpoints.destinationPort);
        packet.payload(payload).ttl(ttl).options(optionWords);
        return (without ? packet.withoutChecksum() : packet).build();
    }

    private byte[] rewrite(final byte[] frame, final Endpoints to, final boolean ipv4, final boolean recompute) {
        final int offset = random.nextInt(64);
        frames.putBytes(offset, frame);
        batch.clear();
        batch.add(0, offset, frame.length, 0);
        batch.kind(0, PacketParser.parse(memory, batch, 0));
        assertThat(batch.kind(0)).isEqualTo(ipv4 ? PacketKind.TRANSPORT_IPV4 : PacketKind.TRANSPORT_IPV6);
        final Translation translation = new Translation();
        translation.source0 = to.source.word0();
        translation.source1 = to.source.word1();
        translation.destination0 = to.destination.word0();
        translation.destination1 = to.destination.word1();
        translation.ports = Short.reverseBytes((short) to.sourcePort) & 0xffff
                | Short.reverseBytes((short) to.destinationPort) << 16;
        if (ipv4) {
            PacketRewriter.rewriteIpv4(memory, batch, 0, translation, recompute);
        } else {
            PacketRewriter.rewriteIpv6(memory, batch, 0, translation, recompute);
        }
        final byte[] result = new byte[frame.length];
        frames.getBytes(offset, result);
        return result;
    }
}

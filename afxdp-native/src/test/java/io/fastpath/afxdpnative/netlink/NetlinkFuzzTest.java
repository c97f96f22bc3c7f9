package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NETLINK_ROUTE;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_DUMP;
import static io.fastpath.afxdpnative.netlink.NetlinkDescriptor.NLM_F_REQUEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.netns.TestNamespace;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/**
 * Real dumps of a kernel, mutated. Every datagram, and every payload in it, stands in an array of just its length, so
 * that Agrona's bounds checks catch the first byte read outside. Making the dumps needs root.
 */
class NetlinkFuzzTest {
    private static final int ROUNDS = 150_000;

    @Test
    void shouldReadNothingOutsideAMutatedMessage() {
        final List<byte[]> seeds = datagrams();
        assertThat(seeds).hasSizeGreaterThan(6);
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int refusedCount = 0;
        for (int round = 0; round < ROUNDS; round++) {
            final byte[] mutant = mutate(seeds.get(random.nextInt(seeds.size())), random);
            try {
                consume(mutant);
            } catch (final NetlinkFormatException | NativeException ex) {
                refusedCount++;
            } catch (final RuntimeException ex) {
                fail("seed " + seed + ", round " + round + ": " + Arrays.toString(mutant), ex);
            }
        }
        assertThat(refusedCount).as("mutants that break the format").isBetween(ROUNDS / 10, ROUNDS);
    }

    @Test
    void shouldReadNothingOutsideAMessageCutAnywhere() {
        for (final byte[] datagram : datagrams()) {
            for (int length = 0; length < Math.min(datagram.length, 4000); length++) {
                try {
                    consume(Arrays.copyOf(datagram, length));
                } catch (final NetlinkFormatException | NativeException ex) {
                    assertThat(ex).hasMessageNotContaining("\n");
                }
            }
        }
    }

    @Test
    void shouldReadNothingOutsideAShortAttribute() {
        for (int attribute = 0; attribute < 80; attribute++) {
            for (int length = 0; length < 24; length++) {
                for (final int type : new int[] {16, 20, 24, 28}) {
                    shortAttribute(type, attribute, new byte[length]);
                    final byte[] nested = new byte[length + 4];
                    nested[0] = (byte) (length + 4);
                    nested[2] = (byte) (length % 8);
                    shortAttribute(type, attribute, nested);
                }
            }
        }
    }

    /** The attribute ends where the array ends; its padding is cut off. */
    private static void shortAttribute(final int type, final int attribute, final byte[] payload) {
        final MessageWriter writer = new MessageWriter().begin(type, 0);
        final int fixedLength = type == 16 ? 16 : type == 20 ? 8 : 12;
        for (int i = 0; i < fixedLength; i++) {
            writer.u8(i == 0 && type != 16 ? 2 : 0);
        }
        writer.attribute(attribute, payload);
        final byte[] message = new byte[16 + fixedLength + 4 + payload.length];
        writer.buffer().getBytes(0, message);
        new UnsafeBuffer(message).putInt(0, message.length);
        try {
            consume(message);
        } catch (final NetlinkFormatException ex) {
            assertThat(ex.getMessage()).isNotEmpty();
        } catch (final RuntimeException ex) {
            fail("type " + type + ", attribute " + attribute + " of " + payload.length + " bytes", ex);
        }
    }

    private static void consume(final byte[] datagram) {
        final MessageCursor message = new MessageCursor().wrap(new UnsafeBuffer(datagram), 0, datagram.length);
        while (message.next()) {
            final byte[] payload = new byte[message.payloadLength()];
            message.buffer().getBytes(message.payloadOffset(), payload);
            final UnsafeBuffer exact = new UnsafeBuffer(payload);
            switch (message.type()) {
                case 2, 3 -> NetlinkErrors.check(message, "fuzz");
                case 16 -> LinkDecoder.decode(exact, 0, payload.length);
                case 20 -> AddressDecoder.decode(exact, 0, payload.length);
                case 24 -> RouteDecoder.decode(exact, 0, payload.length);
                case 28 -> NeighbourDecoder.decode(exact, 0, payload.length);
                default -> {}
            }
        }
    }

    private static byte[] mutate(final byte[] original, final Random random) {
        final byte[] mutant = random.nextInt(4) == 0
                ? Arrays.copyOf(original, random.nextInt(original.length + 1))
                : original.clone();
        for (int i = random.nextInt(8); i >= 0 && mutant.length > 4; i--) {
            final int at = random.nextInt(mutant.length);
            switch (random.nextInt(4)) {
                case 0 -> mutant[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutant[at] = (byte) random.nextInt();
                case 2 -> mutant[at & ~3] = (byte) random.nextInt(9); // where lengths stand
                default -> {
                    final int count = Math.min(random.nextInt(16), mutant.length - at);
                    System.arraycopy(mutant, random.nextInt(mutant.length - count + 1), mutant, at, count);
                }
            }
        }
        return mutant;
    }

    /** Dumps of a namespace with a bit of everything, and an error. */
    private static List<byte[]> datagrams() {
        try (TestNamespace namespace = TestNamespace.create()) {
            namespace.ip("link add fpa type veth peer name fpb");
            namespace.ip("link add fpbr type bridge");
            namespace.ip("link set fpb master fpbr");
            namespace.ip("link set fpa up");
            namespace.ip("link set fpb up");
            namespace.ip("addr add 10.1.0.1/24 dev fpa");
            namespace.ip("addr add fd01::1/64 dev fpa nodad");
            namespace.ip("route add 10.2.0.0/16 nexthop via 10.1.0.2 weight 2 nexthop via 10.1.0.3");
            namespace.ip("route add 10.3.0.0/16 via inet6 fd01::2 dev fpa mtu 1400");
            namespace.ip("neigh add 10.1.0.2 lladdr 02:00:00:00:00:02 dev fpa");
            try (NetworkNamespace visit = namespace.enter();
                    NetlinkSocket socket = NetlinkSocket.openForRequests(NETLINK_ROUTE)) {
                assertThat(visit.name()).isNotEmpty();
                final List<byte[]> all = new ArrayList<>();
                final MessageWriter request = new MessageWriter();
                for (final int type : new int[] {18, 22, 26, 30}) {
                    request.begin(type, NLM_F_REQUEST | NLM_F_DUMP)
                            .s32(0)
                            .s32(0)
                            .s32(0)
                            .s32(0);
                    all.addAll(exchange(socket, request));
                }
                request.begin(28, NLM_F_REQUEST | 0x404).s32(2).s32(1).u16(2).u16(0);
                all.addAll(exchange(socket, request.attribute(1, new byte[4]).attribute(2, new byte[3])));
                return all;
            }
        }
    }

    private static List<byte[]> exchange(final NetlinkSocket socket, final MessageWriter request) {
        final List<byte[]> datagrams = new ArrayList<>();
        socket.send(request.buffer(), request.length());
        int type = 0;
        while (type != 2 && type != 3) {
            final byte[] datagram = new byte[socket.receive()];
            socket.buffer().getBytes(0, datagram);
            datagrams.add(datagram);
            final MessageCursor message = new MessageCursor().wrap(new UnsafeBuffer(datagram), 0, datagram.length);
            while (message.next()) {
                type = message.type();
            }
        }
        return datagrams;
    }
}

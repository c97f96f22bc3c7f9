package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.echo;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_EXTENSION_HEADER;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_LENGTH;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** IPv6 extension headers, which are walked within a limit and never changed. */
final class ExtensionCases {
    private static final int ETHERNET = 14;
    private static final int IPV6_HEADER = 40;
    private static final int ID = 5;
    private static final Header HOP_BY_HOP = new Header(0, 0, 0, 1, 4, 0, 0, 0, 0);
    private static final Header ROUTING = new Header(43, 0, 0, 253, 0, 0, 0, 0, 0);
    private static final Header OPTIONS = new Header(60, 0, 0, 1, 4, 0, 0, 0, 0);
    private static final Header LONG_OPTIONS = new Header(60, Arrays.copyOf(new int[] {0, 1, 1, 12}, 16));

    private ExtensionCases() {}

    /** A header: its type, and its bytes, of which the first is filled in. */
    private record Header(int type, int... bytes) {}

    static List<PacketCase> all() {
        return Stream.of(walked(), refused()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> walked() {
        return List.of(
                packetCase("a datagram behind extension headers is translated, they are not (RFC 8200, 4)", stage -> {
                    goes(stage, HOP_BY_HOP, ROUTING, LONG_OPTIONS);
                    goes(stage, OPTIONS, OPTIONS, OPTIONS, OPTIONS);
                }),
                packetCase("a connection is opened and answered from behind extension headers", stage -> {
                    stage.receive(CLIENTS, behind(tcp(CLIENT6, 1234, VIP6, 80).build(), OPTIONS))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    behind(
                                            toBackend(tcp(SNAT6, 40000, BACKEND6, 8080))
                                                    .build(),
                                            OPTIONS))
                            .flows(1);
                    final byte[] reply = fromBackend(
                                    tcp(BACKEND6, 8080, SNAT6, 40000).flags(SYN | ACK))
                            .build();
                    final byte[] out = toClient(tcp(VIP6, 80, CLIENT6, 1234).flags(SYN | ACK))
                            .build();
                    stage.receive(SERVERS, behind(reply, OPTIONS))
                            .leaves(FORWARDED_REPLY, CLIENTS, behind(out, OPTIONS));
                }),
                packetCase("fragments behind extension headers go one way (RFC 8200, 4.5)", stage -> {
                    for (int from = 0; from < 96; from += 48) {
                        stage.receive(CLIENTS, behind(fragment(request(), ID, from, from + 48), HOP_BY_HOP))
                                .leaves(
                                        FORWARDED_REQUEST,
                                        SERVERS,
                                        behind(fragment(sent(), ID, from, from + 48), HOP_BY_HOP));
                    }
                }));
    }

    private static List<PacketCase> refused() {
        return List.of(
                refused("a fifth extension header is one too many", OPTIONS, OPTIONS, OPTIONS, OPTIONS, OPTIONS),
                refused(
                        "extension headers beyond 128 bytes are too long",
                        new Header(60, Arrays.copyOf(new int[] {0, 15, 1, 124}, 128)),
                        OPTIONS),
                refused("hop-by-hop options come first or not at all (RFC 8200, 4.1)", OPTIONS, HOP_BY_HOP),
                refused("routing headers of type 0 are dead (RFC 5095)", new Header(43, 0, 0, 0, 0, 0, 0, 0, 0)),
                refused(
                        "a packet with a way still to go is not at its destination (RFC 8200, 4.4)",
                        new Header(43, Arrays.copyOf(new int[] {0, 2, 4, 1}, 24))),
                refused("what is encrypted can't be walked (RFC 4303)", OPTIONS, new Header(50, new int[8])),
                refused("nor can what covers the addresses (RFC 4302)", new Header(51, new int[8])),
                packetCase(
                        "an extension header longer than the packet",
                        stage -> stage.receive(
                                        CLIENTS, behind(request(), new Header(60, Arrays.copyOf(new int[] {0, 14}, 8))))
                                .ends(DROP_IP_LENGTH)),
                packetCase(
                        "ICMPv6 behind extension headers is not answered (RFC 6980)",
                        stage -> stage.receive(
                                        CLIENTS,
                                        behind(echo(CLIENT6, VIP6, false).build(), OPTIONS))
                                .ends(DROP_EXTENSION_HEADER)),
                packetCase(
                        "a first fragment must have all headers (RFC 7112, 5)",
                        stage -> stage.receive(CLIENTS, fragment(behind(request(), LONG_OPTIONS), ID, 0, 16))
                                .ends(DROP_IP_LENGTH)
                                .flows(0)),
                packetCase(
                        "a fragment of a fragment is nothing (RFC 8200, 4.5)",
                        stage -> stage.receive(CLIENTS, fragment(fragment(request(), ID, 0, 88), ID, 0, 80))
                                .ends(DROP_EXTENSION_HEADER)
                                .flows(0)));
    }

    private static PacketCase refused(final String sentence, final Header... headers) {
        return packetCase(
                sentence,
                stage -> stage.receive(CLIENTS, behind(request(), headers))
                        .ends(DROP_EXTENSION_HEADER)
                        .flows(0));
    }

    private static void goes(final PacketStage stage, final Header... headers) {
        stage.receive(CLIENTS, behind(request(), headers))
                .leaves(FORWARDED_REQUEST, SERVERS, behind(sent(), headers))
                .flows(1);
    }

    private static byte[] request() {
        return udp(CLIENT6, 1234, VIP6, 80).payload(88).build();
    }

    private static byte[] sent() {
        return toBackend(udp(SNAT6, 40000, BACKEND6, 8080)).payload(88).build();
    }

    /** An untagged frame with headers put in after its IPv6 header. */
    private static byte[] behind(final byte[] whole, final Header... headers) {
        final int start = ETHERNET + IPV6_HEADER;
        byte[] frame = whole;
        for (int i = headers.length - 1; i >= 0; i--) {
            final int[] bytes = headers[i].bytes;
            final byte[] longer = new byte[frame.length + bytes.length];
            System.arraycopy(frame, 0, longer, 0, start);
            for (int k = 0; k < bytes.length; k++) {
                longer[start + k] = (byte) bytes[k];
            }
            longer[start] = frame[ETHERNET + 6];
            System.arraycopy(frame, start, longer, start + bytes.length, frame.length - start);
            final ByteBuffer packet = ByteBuffer.wrap(longer);
            packet.put(ETHERNET + 6, (byte) headers[i].type);
            packet.putShort(ETHERNET + 4, (short) (packet.getShort(ETHERNET + 4) + bytes.length));
            frame = longer;
        }
        return frame;
    }
}

package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.SNAT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.Frames.toClient;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.MssLimit;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** The MSS clamp. */
final class MssCases {
    private static final int LIMIT = 1400;
    private static final int IPIP_PORT = 71;
    private static final int GUE_PORT = 72;
    private static final int DATA_OFFSET = 12;

    private MssCases() {}

    static List<PacketCase> all() {
        return Stream.of(numbers(), lists(), links(), direct())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> numbers() {
        return List.of(
                limited("a SYN tells no larger segments than its service allows (RFC 9293, 3.7.1)", stage -> {
                    goes(stage, syn(CLIENT, VIP, 80, mss(1460)), syn(SNAT, 40000, BACKEND, 8080, mss(LIMIT)));
                    goes(stage, syn(CLIENT6, VIP6, 80, mss(9000)), syn(SNAT6, 40000, BACKEND6, 8080, mss(LIMIT)));
                    goes(stage, syn(CLIENT, VIP, 90, mss(0xffff)), syn(CLIENT, 1234, BACKEND, 9090, mss(LIMIT)));
                    goes(stage, syn(CLIENT6, VIP6, 90, mss(1401)), syn(CLIENT6, 1234, BACKEND6, 9090, mss(LIMIT)));
                }),
                limited("so does a SYN that is sent again, and the SYN+ACK", stage -> {
                    goes(stage, syn(CLIENT, VIP, 80, mss(1460)), syn(SNAT, 40000, BACKEND, 8080, mss(LIMIT)));
                    goes(stage, syn(CLIENT, VIP, 80, mss(1460)), syn(SNAT, 40000, BACKEND, 8080, mss(LIMIT)));
                    stage.receive(
                                    SERVERS,
                                    fromBackend(syn(BACKEND, 8080, SNAT, 40000, mss(8960))
                                            .flags(SYN | ACK)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    toClient(syn(VIP, 80, CLIENT, 1234, mss(LIMIT))
                                            .flags(SYN | ACK)));
                }),
                limited("a smaller segment size is never raised, and none is told where none was", stage -> {
                    goes(stage, syn(CLIENT, VIP, 80, mss(536)), syn(SNAT, 40000, BACKEND, 8080, mss(536)));
                    goes(stage, syn(CLIENT, VIP, 90, mss(LIMIT)), syn(CLIENT, 1234, BACKEND, 9090, mss(LIMIT)));
                    goes(stage, tcp(CLIENT6, 1234, VIP6, 80), tcp(SNAT6, 40000, BACKEND6, 8080));
                }),
                limited("only a SYN's options are looked at", stage -> {
                    stage.establish();
                    goes(
                            stage,
                            syn(CLIENT, VIP, 80, mss(1460)).flags(ACK),
                            syn(SNAT, 40000, BACKEND, 8080, mss(1460)).flags(ACK));
                    goes(
                            stage,
                            tcp(CLIENT6, 1234, VIP6, 80).payload(mss(1460)),
                            tcp(SNAT6, 40000, BACKEND6, 8080).payload(mss(1460)));
                }),
                new PacketCase(
                        "a service that says nothing lets any segment size pass",
                        () -> new TestBalancer().usualServices(),
                        stage -> goes(
                                stage,
                                syn(CLIENT, VIP, 80, mss(0xffff)),
                                syn(SNAT, 40000, BACKEND, 8080, mss(0xffff)))),
                new PacketCase(
                        "a clamped SYN whose checksum was left to offload gets a right one",
                        () -> usual(new MssLimit(LIMIT)).interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0),
                        stage -> goes(
                                stage,
                                syn(CLIENT, VIP, 80, mss(1460)).patchFinal(20 + 16, 1, 2),
                                syn(SNAT, 40000, BACKEND, 8080, mss(LIMIT)))));
    }

    private static List<PacketCase> lists() {
        return List.of(
                limited("the option is found behind others, at even and odd offsets", stage -> {
                    for (int before = 1; before <= 9; before++) {
                        final byte[] in = list(before, 1460);
                        final byte[] out = list(before, LIMIT);
                        goes(stage, syn(CLIENT, VIP, 80, in), syn(SNAT, 40000, BACKEND, 8080, out));
                        goes(stage, syn(CLIENT6, VIP6, 90, in), syn(CLIENT6, 1234, BACKEND6, 9090, out));
                    }
                }),
                limited("a list of options that is malformed before the segment size passes as it is", stage -> {
                    stays(stage, 0, 0, 0, 0, 2, 4, 5, 0xb4);
                    stays(stage, 3, 0, 2, 4, 5, 0xb4, 0, 0);
                    stays(stage, 3, 1, 2, 4, 5, 0xb4, 0, 0);
                    stays(stage, 3, 255, 2, 4, 5, 0xb4, 0, 0);
                    stays(stage, 2, 3, 5, 0xb4);
                    stays(stage, 1, 1, 2, 4);
                    stays(stage, 1, 2, 4, 5);
                }),
                limited("the option is found at the end of the longest list there is", stage -> {
                    final byte[] in = PacketBuilder.concat(nothing(36), mss(1460));
                    final byte[] out = PacketBuilder.concat(nothing(36), mss(LIMIT));
                    goes(stage, syn(CLIENT, VIP, 80, in), syn(SNAT, 40000, BACKEND, 8080, out));
                }));
    }

    private static List<PacketCase> links() {
        return List.of(
                new PacketCase(
                        "without a number, the links' MTU less the headers is what a SYN may tell (RFC 6691)",
                        () -> usual(MssLimit.OF_LINKS),
                        stage -> {
                            goes(stage, syn(CLIENT, VIP, 80, mss(8960)), syn(SNAT, 40000, BACKEND, 8080, mss(1460)));
                            goes(
                                    stage,
                                    syn(CLIENT6, VIP6, 80, mss(8940)),
                                    syn(SNAT6, 40000, BACKEND6, 8080, mss(1440)));
                            goes(stage, syn(CLIENT, VIP, 90, mss(1460)), syn(CLIENT, 1234, BACKEND, 9090, mss(1460)));
                            stage.receive(
                                            SERVERS,
                                            fromBackend(syn(BACKEND, 8080, SNAT, 40000, mss(8960))
                                                    .flags(SYN | ACK)))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            toClient(syn(VIP, 80, CLIENT, 1234, mss(1460))
                                                    .flags(SYN | ACK)));
                        }),
                new PacketCase(
                        "and less a tunnel's headers, of which the client's SYN alone passes",
                        () -> tunnels(MssLimit.OF_LINKS),
                        stage -> {
                            tunnelled(stage, CLIENT, VIP, IPIP_PORT, BACKEND, 1440);
                            tunnelled(stage, CLIENT6, VIP6, IPIP_PORT, BACKEND6, 1400);
                            tunnelled(stage, CLIENT, VIP, GUE_PORT, BACKEND6, 1412);
                            tunnelled(stage, CLIENT6, VIP6, GUE_PORT, BACKEND, 1412);
                        }),
                new PacketCase(
                        "a reply that is routed through the node tells what fits into the tunnel",
                        () -> tunnels(MssLimit.OF_LINKS),
                        stage -> {
                            tunnelled(stage, CLIENT, VIP, IPIP_PORT, BACKEND, 1440);
                            stage.receive(
                                            SERVERS,
                                            fromBackend(syn(VIP, IPIP_PORT, CLIENT, 1234, mss(1460))
                                                    .flags(SYN | ACK)))
                                    .leaves(
                                            FORWARDED_REPLY,
                                            CLIENTS,
                                            toClient(syn(VIP, IPIP_PORT, CLIENT, 1234, mss(1440))
                                                    .flags(SYN | ACK)));
                        }));
    }

    private static List<PacketCase> direct() {
        return List.of(new PacketCase(
                "dsr-l2 lowers the segment size of the client's SYN and changes nothing else of the packet",
                () -> new TestBalancer()
                        .mss(new MssLimit(LIMIT))
                        .service(Protocol.TCP, VIP, 70, Forwarding.DSR_L2, BACKEND, 70),
                stage -> stage.receive(CLIENTS, syn(CLIENT, VIP, 70, mss(1460)).ttl(1))
                        .leaves(
                                FORWARDED_REQUEST,
                                SERVERS,
                                syn(CLIENT, VIP, 70, mss(LIMIT))
                                        .ttl(1)
                                        .from(SERVERS_MAC)
                                        .to(BACKEND_MAC))));
    }

    private static TestBalancer usual(final MssLimit limit) {
        return new TestBalancer().mss(limit).usualServices(Protocol.TCP);
    }

    private static TestBalancer tunnels(final MssLimit limit) {
        return new TestBalancer()
                .mss(limit)
                .service(Protocol.TCP, VIP, IPIP_PORT, Forwarding.DSR_IPIP, BACKEND, IPIP_PORT)
                .service(Protocol.TCP, VIP6, IPIP_PORT, Forwarding.DSR_IPIP, BACKEND6, IPIP_PORT)
                .service(Protocol.TCP, VIP, GUE_PORT, Forwarding.DSR_GUE, BACKEND6, GUE_PORT)
                .service(Protocol.TCP, VIP6, GUE_PORT, Forwarding.DSR_GUE, BACKEND, GUE_PORT);
    }

    private static PacketCase limited(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, () -> usual(new MssLimit(LIMIT)), script);
    }

    static PacketBuilder syn(final String source, final String vip, final int port, final byte[] options) {
        return syn(source, 1234, vip, port, options);
    }

    static PacketBuilder syn(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final byte[] options) {
        return tcp(source, sourcePort, destination, destinationPort)
                .payload(options)
                .patchTransport(DATA_OFFSET, 5 + options.length / 4 << 4);
    }

    static byte[] mss(final int size) {
        return new byte[] {2, 4, (byte) (size >> 8), (byte) size};
    }

    /** So many bytes of other options, the segment size, and no-operations up to a whole word. */
    private static byte[] list(final int before, final int size) {
        final byte[] other = nothing(before);
        if (before > 2) {
            other[1] = 8; // a timestamp's kind, at whatever length
            other[2] = (byte) (before - 1);
        }
        return PacketBuilder.concat(other, mss(size), nothing(3 - (before + 3) % 4));
    }

    private static byte[] nothing(final int length) {
        final byte[] options = new byte[length];
        java.util.Arrays.fill(options, (byte) 1);
        return options;
    }

    private static void goes(final PacketStage stage, final PacketBuilder in, final PacketBuilder out) {
        stage.receive(CLIENTS, in).leaves(FORWARDED_REQUEST, SERVERS, toBackend(out));
    }

    private static void stays(final PacketStage stage, final int... options) {
        final byte[] list = new byte[options.length];
        for (int i = 0; i < list.length; i++) {
            list[i] = (byte) options[i];
        }
        goes(stage, syn(CLIENT, VIP, 80, list), syn(SNAT, 40000, BACKEND, 8080, list));
    }

    private static void tunnelled(
            final PacketStage stage,
            final String client,
            final String vip,
            final int port,
            final String backend,
            final int limit) {
        TunnelCases.check(
                stage.receive(CLIENTS, syn(client, vip, port, mss(8000))),
                syn(client, vip, port, mss(limit)).ttl(63),
                backend,
                0);
    }
}

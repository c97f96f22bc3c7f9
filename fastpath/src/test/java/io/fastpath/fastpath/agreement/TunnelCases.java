package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.concat;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.MTU;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MTU;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_ESTABLISHED;
import static io.fastpath.kernelbpf.layout.FlowState.TCP_FIN_WAIT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** dsr-ipip, dsr-gue and dsr-geneve, in all four combinations of families. */
final class TunnelCases {
    private static final int ETHERNET = 14;
    private static final int IPIP_PORT = 71;
    private static final int GUE_PORT = 72;
    private static final int IPIP_CROSS_PORT = 73;
    private static final int GUE_CROSS_PORT = 74;
    private static final int GENEVE_PORT = 75;
    private static final int GENEVE_CROSS_PORT = 76;

    private TunnelCases() {}

    static List<PacketCase> all() {
        return Stream.of(headers(), fields(), limits()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> headers() {
        return List.of(
                tunnel("IPv4 in IPv4 (RFC 2003)", stage -> goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT), BACKEND)),
                tunnel("IPv6 in IPv6 (RFC 2473)", stage -> goes(stage, tcp(CLIENT6, 1234, VIP6, IPIP_PORT), BACKEND6)),
                tunnel(
                        "IPv4 in IPv6 (RFC 2473)",
                        stage -> goes(stage, tcp(CLIENT, 1234, VIP, IPIP_CROSS_PORT), BACKEND6)),
                tunnel(
                        "IPv6 in IPv4 (RFC 4213, 3.5)",
                        stage -> goes(stage, tcp(CLIENT6, 1234, VIP6, IPIP_CROSS_PORT), BACKEND)),
                tunnel(
                        "IPv4 in GUE, variant 1, over IPv4",
                        stage -> goes(stage, udp(CLIENT, 1234, VIP, GUE_PORT), BACKEND)),
                tunnel(
                        "IPv6 in GUE, variant 1, over IPv6, whose UDP has no checksum (RFC 6935, 5)",
                        stage -> goes(stage, udp(CLIENT6, 1234, VIP6, GUE_PORT), BACKEND6)),
                tunnel("IPv4 in GUE over IPv6", stage -> goes(stage, tcp(CLIENT, 1234, VIP, GUE_CROSS_PORT), BACKEND6)),
                tunnel(
                        "IPv6 in GUE over IPv4",
                        stage -> goes(stage, tcp(CLIENT6, 1234, VIP6, GUE_CROSS_PORT), BACKEND)),
                tunnel(
                        "IPv4 in Geneve over IPv4, with VIP and port as an option (RFC 8926, 3.5)",
                        stage -> goes(stage, tcp(CLIENT, 1234, VIP, GENEVE_PORT), BACKEND)),
                tunnel(
                        "IPv6 in Geneve over IPv6",
                        stage -> goes(stage, udp(CLIENT6, 1234, VIP6, GENEVE_PORT), BACKEND6)),
                tunnel(
                        "IPv4 in Geneve over IPv6",
                        stage -> goes(stage, udp(CLIENT, 1234, VIP, GENEVE_CROSS_PORT), BACKEND6)),
                tunnel(
                        "IPv6 in Geneve over IPv4",
                        stage -> goes(stage, tcp(CLIENT6, 1234, VIP6, GENEVE_CROSS_PORT), BACKEND)),
                tunnel("a connection within a tunnel from its SYN to its FIN", stage -> {
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT), BACKEND).counts(FLOW_OPENED, 1);
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT).flags(ACK).payload(99), BACKEND)
                            .counts(FLOW_OPENED, 0)
                            .state(TCP_ESTABLISHED);
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT).flags(FIN | ACK), BACKEND)
                            .state(TCP_FIN_WAIT);
                }));
    }

    private static List<PacketCase> fields() {
        return List.of(
                tunnel("the outer source tells flows apart and stays with one", TunnelCases::spreads),
                tunnel("DSCP goes out, ECN does not (RFC 6040, 4.3)", stage -> {
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT).patchNetwork(1, 0xbb), BACKEND, 0xb8);
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_CROSS_PORT).patchNetwork(1, 0xbb), BACKEND6, 0xb8);
                    goes(stage, tcp(CLIENT6, 5, VIP6, IPIP_PORT).patchNetwork(0, 0x6b, 0xb1), BACKEND6, 0xb8);
                    goes(stage, tcp(CLIENT6, 5, VIP6, IPIP_CROSS_PORT).patchNetwork(0, 0x6b, 0xb1), BACKEND, 0xb8);
                    goes(stage, tcp(CLIENT, 1234, VIP, GUE_PORT).patchNetwork(1, 0xb9), BACKEND, 0xb8);
                    goes(stage, tcp(CLIENT6, 5, VIP6, GUE_PORT).patchNetwork(0, 0x6b, 0xa1), BACKEND6, 0xb8);
                    goes(stage, tcp(CLIENT, 1234, VIP, GENEVE_PORT).patchNetwork(1, 0xba), BACKEND, 0xb8);
                    goes(stage, tcp(CLIENT6, 5, VIP6, GENEVE_PORT).patchNetwork(0, 0x6b, 0x91), BACKEND6, 0xb8);
                }),
                tunnel("outer TTL is 64, and DF is set, whatever the packet within says (RFC 2003, 3.1)", stage -> {
                    for (final int port : new int[] {IPIP_PORT, GUE_PORT, GENEVE_PORT}) {
                        final PacketBuilder cuttable =
                                tcp(CLIENT, 1234, VIP, port).patchNetwork(6, 0, 0);
                        check(stage.receive(CLIENTS, cuttable.ttl(2).build()), cuttable.ttl(1), BACKEND, 0);
                        check(stage.receive(CLIENTS, cuttable.ttl(255).build()), cuttable.ttl(254), BACKEND, 0);
                    }
                }),
                tunnel("IP options and UDP without a checksum are carried along", stage -> {
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT).options(3).payload(5), BACKEND);
                    goes(stage, udp(CLIENT, 5, VIP, GUE_PORT).withoutChecksum(), BACKEND);
                }),
                tunnel("padding and tags stay behind", stage -> {
                    final PacketBuilder plain =
                            tcp(CLIENT, 1234, VIP, IPIP_PORT).ttl(63);
                    final byte[] padded =
                            tcp(CLIENT, 1234, VIP, IPIP_PORT).vlan(7).trailer(9).build();
                    check(stage.receive(CLIENTS, padded), plain, BACKEND, 0);
                }),
                new PacketCase(
                        "a checksum that the sender left to offload is computed before the tunnel",
                        () -> balancer().interfaceFlags(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, 0),
                        stage -> {
                            final byte[] unfinished = tcp(CLIENT, 1234, VIP, IPIP_PORT)
                                    .payload(99)
                                    .patchFinal(20 + 16, 1, 2)
                                    .build();
                            check(
                                    stage.receive(CLIENTS, unfinished),
                                    tcp(CLIENT, 1234, VIP, IPIP_PORT)
                                            .payload(99)
                                            .ttl(63),
                                    BACKEND,
                                    0);
                        }));
    }

    private static List<PacketCase> limits() {
        return List.of(
                tunnel("the packet within has one hop less to live (RFC 2003, 3.1), and needs two", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, IPIP_PORT).ttl(1))
                            .ends(DROP_TTL_EXPIRED)
                            .flows(0);
                    goes(stage, tcp(CLIENT, 1234, VIP, IPIP_PORT), BACKEND);
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT, 1234, VIP, IPIP_PORT).flags(ACK).ttl(1))
                            .ends(DROP_TTL_EXPIRED);
                }),
                tunnel("what does not fit with its outer headers is dropped", stage -> {
                    fits(stage, CLIENT, VIP, IPIP_PORT, BACKEND, MTU - 20);
                    fits(stage, CLIENT6, VIP6, IPIP_PORT, BACKEND6, MTU - 40);
                    fits(stage, CLIENT, VIP, IPIP_CROSS_PORT, BACKEND6, MTU - 40);
                    fits(stage, CLIENT6, VIP6, IPIP_CROSS_PORT, BACKEND, MTU - 20);
                    fits(stage, CLIENT, VIP, GUE_PORT, BACKEND, MTU - 28);
                    fits(stage, CLIENT6, VIP6, GUE_PORT, BACKEND6, MTU - 48);
                    fits(stage, CLIENT, VIP, GENEVE_PORT, BACKEND, MTU - 48);
                    fits(stage, CLIENT6, VIP6, GENEVE_PORT, BACKEND6, MTU - 80);
                    fits(stage, CLIENT, VIP, GENEVE_CROSS_PORT, BACKEND6, MTU - 68);
                    fits(stage, CLIENT6, VIP6, GENEVE_CROSS_PORT, BACKEND, MTU - 60);
                }));
    }

    private static void fits(
            final PacketStage stage,
            final String client,
            final String vip,
            final int port,
            final String backend,
            final int largest) {
        final int payload = largest - 8 - (vip.indexOf(':') < 0 ? 20 : 40);
        stage.receive(CLIENTS, udp(client, 1234, vip, port).payload(payload + 1))
                .ends(DROP_MTU);
        goes(stage, udp(client, 1234, vip, port).payload(payload), backend);
        stage.receive(CLIENTS, udp(client, 1234, vip, port).payload(payload + 1))
                .ends(DROP_MTU);
    }

    private static void spreads(final PacketStage stage) {
        final Set<String> sources = new HashSet<>();
        final Set<Integer> ports = new HashSet<>();
        for (int port = 1; port <= 64; port++) {
            final byte[] first = stage.receive(CLIENTS, udp(CLIENT, port, VIP, GUE_PORT))
                    .outcome()
                    .frame();
            final byte[] second = stage.receive(CLIENTS, udp(CLIENT, port, VIP, GUE_PORT))
                    .outcome()
                    .frame();
            assertThat(second).isEqualTo(first);
            sources.add(Address.ofBytes(Arrays.copyOfRange(first, ETHERNET + 12, ETHERNET + 16))
                    .toString());
            ports.add(u16(first, ETHERNET + 20));
        }
        assertThat(sources).hasSizeGreaterThan(56);
        assertThat(ports).hasSizeGreaterThan(56);
    }

    private static TestBalancer balancer() {
        final TestBalancer balancer = new TestBalancer();
        for (final Protocol protocol : Protocol.values()) {
            service(balancer, protocol, IPIP_PORT, Forwarding.DSR_IPIP, BACKEND, BACKEND6);
            service(balancer, protocol, GUE_PORT, Forwarding.DSR_GUE, BACKEND, BACKEND6);
            service(balancer, protocol, IPIP_CROSS_PORT, Forwarding.DSR_IPIP, BACKEND6, BACKEND);
            service(balancer, protocol, GUE_CROSS_PORT, Forwarding.DSR_GUE, BACKEND6, BACKEND);
            service(balancer, protocol, GENEVE_PORT, Forwarding.DSR_GENEVE, BACKEND, BACKEND6);
            service(balancer, protocol, GENEVE_CROSS_PORT, Forwarding.DSR_GENEVE, BACKEND6, BACKEND);
        }
        return balancer;
    }

    private static void service(
            final TestBalancer balancer,
            final Protocol protocol,
            final int port,
            final Forwarding forwarding,
            final String backend,
            final String backend6) {
        balancer.service(protocol, VIP, port, forwarding, backend, port);
        balancer.service(protocol, VIP6, port, forwarding, backend6, port);
    }

    static PacketCase tunnel(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, TunnelCases::balancer, script);
    }

    static PacketStage.Received goes(final PacketStage stage, final PacketBuilder packet, final String backend) {
        return goes(stage, packet, backend, 0);
    }

    /** The packet as it is and its TTL of 64 goes in a tunnel to a backend. */
    private static PacketStage.Received goes(
            final PacketStage stage, final PacketBuilder packet, final String backend, final int dscp) {
        final byte[] in = packet.ttl(64).build();
        return check(stage.receive(CLIENTS, in), packet.ttl(63), backend, dscp);
    }

    /** What was received left for a backend with outer headers in front of the inner packet. */
    static PacketStage.Received check(
            final PacketStage.Received received, final PacketBuilder inner, final String backend, final int dscp) {
        return check(received, FORWARDED_REQUEST, inner, backend, dscp);
    }

    static PacketStage.Received check(
            final PacketStage.Received received,
            final Counter verdict,
            final PacketBuilder inner,
            final String backend,
            final int dscp) {
        final byte[] innerFrame = inner.build();
        final byte[] packet = Arrays.copyOfRange(innerFrame, ETHERNET, innerFrame.length);
        final byte[] frame = received.outcome().frame();
        return received.leaves(verdict, SERVERS, outer(frame, packet, backend, dscp));
    }

    /** What the frame must be: what comes of the flow's hash is taken from it, once it was found to be in its place. */
    private static PacketBuilder outer(final byte[] frame, final byte[] packet, final String backend, final int dscp) {
        final boolean ipv4 = backend.indexOf(':') < 0;
        final String source = source(frame, ipv4);
        final boolean isUdp = frame[ETHERNET + (ipv4 ? 9 : 6)] == 17;
        final int transport = ETHERNET + (ipv4 ? 20 : 40);
        final PacketBuilder outer;
        if (isUdp) {
            final int port = u16(frame, transport);
            assertThat(port).as("source port").isBetween(0xc000, 0xffff);
            final boolean isGue = u16(frame, transport + 2) == 6080;
            outer = udp(source, port, backend, isGue ? 6080 : 6081)
                    .payload(isGue ? packet : concat(geneve(packet), packet))
                    .withoutChecksum();
        } else {
            final int protocol = (packet[0] & 0xf0) == 0x40 ? 4 : 41;
            outer = PacketBuilder.ip(protocol, source, backend).payload(packet);
        }
        outer.from(SERVERS_MAC).to(BACKEND_MAC).ttl(64);
        if (ipv4) {
            return outer.patchNetwork(1, dscp).patchNetwork(4, 0, 0);
        }
        return outer.patchNetwork(
                0,
                0x60 | dscp >> 4,
                (dscp & 0xf) << 4 | frame[ETHERNET + 1] & 0xf,
                frame[ETHERNET + 2],
                frame[ETHERNET + 3]);
    }

    /** Geneve's header in front of a packet: EtherType, and VIP and port as the packet within has them. */
    private static byte[] geneve(final byte[] packet) {
        final boolean ipv4 = (packet[0] & 0xf0) == 0x40;
        final int vip = ipv4 ? 16 : 24;
        final int transport = ipv4 ? 4 * (packet[0] & 0xf) : 40;
        final boolean isError = packet[ipv4 ? 9 : 6] == (ipv4 ? 1 : 58);
        final int port = transport + (isError ? 8 + (ipv4 ? 20 : 40) : 2); // an error's: that of the packet it quotes
        return ipv4
                ? concat(
                        new byte[] {3, 0, 0x08, 0x00, 0, 0, 0, 0, (byte) 0xff, 0x46, 1, 2},
                        Arrays.copyOfRange(packet, vip, vip + 4),
                        new byte[] {packet[port], packet[port + 1], 0, 0})
                : concat(
                        new byte[] {6, 0, (byte) 0x86, (byte) 0xdd, 0, 0, 0, 0, (byte) 0xff, 0x46, 2, 5},
                        Arrays.copyOfRange(packet, vip, vip + 16),
                        new byte[] {packet[port], packet[port + 1], 0, 0});
    }

    private static String source(final byte[] frame, final boolean ipv4) {
        final byte[] bytes = Arrays.copyOfRange(frame, ETHERNET + (ipv4 ? 12 : 8), ETHERNET + (ipv4 ? 16 : 24));
        final String source = Address.ofBytes(bytes).toString();
        assertThat(source).startsWith(ipv4 ? "172.16." : "100::");
        return source;
    }

    private static int u16(final byte[] frame, final int offset) {
        return (frame[offset] & 0xff) << 8 | frame[offset + 1] & 0xff;
    }
}

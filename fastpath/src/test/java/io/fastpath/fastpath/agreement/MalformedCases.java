package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ip;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_EXTENSION_HEADER;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_CHECKSUM;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_HEADER;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_LENGTH;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NOT_IP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_PROTOCOL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_HEADER;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TRUNCATED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_UDP_LENGTH;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VLAN;

import io.fastpath.fastpath.pipeline.ArpBuilder;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Frames that no decent sender sends, or that are not supported. */
final class MalformedCases {
    private static final int[] EXTENSION_HEADERS = {43, 51, 135, 139, 140};

    private MalformedCases() {}

    static List<PacketCase> all() {
        return Stream.of(link(), lengths(), kinds(), transport())
                .flatMap(List::stream)
                .toList();
    }

    private static List<PacketCase> link() {
        return List.of(
                drops("a frame shorter than an Ethernet header", DROP_TRUNCATED, new byte[13]),
                drops("an empty frame", DROP_TRUNCATED, new byte[0]),
                drops("a frame of another type", DROP_NOT_IP, new byte[60]),
                drops("an IPv4 header cut off", DROP_TRUNCATED, cut(request(), 14 + 19)),
                drops("an IPv6 header cut off", DROP_TRUNCATED, cut(tcp(CLIENT6, 1234, VIP6, 80), 14 + 39)),
                drops("an ARP packet cut off", DROP_TRUNCATED, Arrays.copyOf(arp(), 41)),
                drops("a tag cut off", DROP_TRUNCATED, cut(request().vlan(100), 17)),
                drops(
                        "three tags",
                        DROP_VLAN,
                        request().serviceVlan(1).vlan(2).vlan(3).build()));
    }

    private static List<PacketCase> lengths() {
        return List.of(
                drops(
                        "IP version 5",
                        DROP_IP_HEADER,
                        request().patchNetwork(0, 0x55).build()),
                drops(
                        "IPv6 version 7",
                        DROP_IP_HEADER,
                        tcp(CLIENT6, 1, VIP6, 80).patchNetwork(0, 0x70).build()),
                drops(
                        "an IPv4 header of 16 bytes",
                        DROP_IP_HEADER,
                        request().patchNetwork(0, 0x44).build()),
                drops(
                        "an IPv4 length within its header",
                        DROP_IP_LENGTH,
                        request().patchNetwork(2, 0, 19).build()),
                drops(
                        "an IPv4 length beyond the frame",
                        DROP_IP_LENGTH,
                        request().patchNetwork(2, 0, 41).build()),
                drops(
                        "IPv4 options beyond the length",
                        DROP_IP_LENGTH,
                        request().patchNetwork(0, 0x4f).build()),
                drops(
                        "an IPv6 length beyond the frame",
                        DROP_IP_LENGTH,
                        tcp(CLIENT6, 1, VIP6, 80).patchNetwork(4, 0, 21).build()),
                drops(
                        "IPv4 without room for TCP",
                        DROP_IP_LENGTH,
                        request().patchNetwork(2, 0, 39).build()),
                drops(
                        "IPv6 without room for TCP",
                        DROP_IP_LENGTH,
                        tcp(CLIENT6, 1, VIP6, 80).patchNetwork(4, 0, 19).build()),
                drops(
                        "IPv4 without room for UDP",
                        DROP_IP_LENGTH,
                        udp(CLIENT, 1, VIP, 80).patchNetwork(2, 0, 27).build()),
                drops(
                        "IPv4 without room for ICMP",
                        DROP_IP_LENGTH,
                        echo().patchNetwork(2, 0, 27).build()));
    }

    private static List<PacketCase> kinds() {
        return List.of(
                drops(
                        "a wrong IPv4 checksum",
                        DROP_IP_CHECKSUM,
                        request().patchFinal(10, 0x12, 0x34).build()),
                drops(
                        "a wrong IPv4 checksum under options",
                        DROP_IP_CHECKSUM,
                        request().options(2).patchFinal(25, 0).build()),
                drops(
                        "a first fragment",
                        DROP_FRAGMENT,
                        request().patchNetwork(6, 0x20, 0).build()),
                drops(
                        "a later fragment",
                        DROP_FRAGMENT,
                        request().patchNetwork(6, 0, 1).build()),
                drops(
                        "an empty IPv6 fragment",
                        DROP_FRAGMENT,
                        ip(44, CLIENT6, VIP6)
                                .payload(new byte[] {17, 0, 0, 9, 0, 0, 0, 1})
                                .build()),
                packetCase("IPv6 extension headers that can't be followed", stage -> {
                    for (final int header : EXTENSION_HEADERS) {
                        stage.receive(CLIENTS, ip(header, CLIENT6, VIP6)).ends(DROP_EXTENSION_HEADER);
                    }
                }),
                drops("SCTP", DROP_PROTOCOL, ip(132, CLIENT, VIP).build()),
                drops("SCTP over IPv6", DROP_PROTOCOL, ip(132, CLIENT6, VIP6).build()));
    }

    private static List<PacketCase> transport() {
        return List.of(
                drops(
                        "ICMPv6 over IPv4",
                        DROP_PROTOCOL,
                        ip(58, CLIENT, VIP).patchNetwork(9, 58).build()),
                drops("no next header", DROP_PROTOCOL, ip(59, CLIENT6, VIP6).build()),
                drops(
                        "a TCP header of 16 bytes",
                        DROP_TCP_HEADER,
                        request().patchTransport(12, 0x40).build()),
                drops(
                        "a TCP header beyond the segment",
                        DROP_TCP_HEADER,
                        request().patchTransport(12, 0x60).build()),
                drops(
                        "a UDP length within its header",
                        DROP_UDP_LENGTH,
                        udp(CLIENT, 1, VIP, 80).patchTransport(4, 0, 7).build()),
                drops(
                        "a UDP length of 0",
                        DROP_UDP_LENGTH,
                        udp(CLIENT6, 1, VIP6, 80).patchTransport(4, 0, 0).build()),
                drops(
                        "a UDP length beyond the packet",
                        DROP_UDP_LENGTH,
                        udp(CLIENT, 1, VIP, 80).patchTransport(4, 0, 13).build()),
                packetCase("a mapped IPv4 address in IPv6 does not reach the IPv4 connection", MalformedCases::mapped));
    }

    private static PacketCase drops(final String what, final Counter verdict, final byte[] frame) {
        return packetCase(what + ": " + verdict.sentence(), stage -> {
            stage.establish();
            stage.receive(CLIENTS, frame).ends(verdict);
        });
    }

    /** ::ffff:192.0.2.10 and ::ffff:10.7.0.100 are the usual connection's words in the flow table. */
    private static void mapped(final PacketStage stage) {
        stage.establish();
        final int[] source = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 192, 0, 2, 10};
        final int[] vip = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 7, 0, 100};
        stage.receive(
                        CLIENTS,
                        tcp(CLIENT6, 1234, VIP6, 80).patchNetwork(8, source).patchNetwork(24, vip))
                .ends(DROP_MARTIAN);
        stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).patchNetwork(8, source))
                .ends(DROP_MARTIAN);
        stage.receive(CLIENTS, tcp(CLIENT6, 1234, VIP6, 80).patchNetwork(24, vip))
                .ends(DROP_MARTIAN);
    }

    private static byte[] cut(final PacketBuilder packet, final int length) {
        return Arrays.copyOf(packet.build(), length);
    }

    private static PacketBuilder echo() {
        return PacketBuilder.echo(CLIENT, VIP, false);
    }

    private static byte[] arp() {
        return ArpBuilder.arp(
                ArpBuilder.REQUEST, TestBalancer.CLIENT_MAC, CLIENT, "00:00:00:00:00:00", VIP, "ff:ff:ff:ff:ff:ff");
    }
}

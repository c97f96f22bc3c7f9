package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.steer.Frames.ip;
import static io.fastpath.fastpath.steer.Frames.ipv4;
import static io.fastpath.fastpath.steer.Frames.other;
import static io.fastpath.fastpath.steer.Frames.patched;
import static io.fastpath.fastpath.steer.Frames.tcp;
import static io.fastpath.fastpath.steer.Frames.udp;
import static io.fastpath.fastpath.steer.Net.CLIENT;
import static io.fastpath.fastpath.steer.Net.CLIENT6;
import static io.fastpath.fastpath.steer.Net.OTHER;
import static io.fastpath.fastpath.steer.Net.OTHER6;
import static io.fastpath.fastpath.steer.Net.VIP;
import static io.fastpath.fastpath.steer.Net.VIP6;
import static io.fastpath.fastpath.steer.SteerCase.steerCase;
import static io.fastpath.kernelbpf.layout.Counter.XDP_PASS_NOT_OURS;
import static io.fastpath.kernelbpf.layout.Counter.XDP_PASS_PROTOCOL;
import static io.fastpath.kernelbpf.layout.Counter.XDP_STEERED_SERVICE;

import io.fastpath.fastpath.steer.Frames.Layer;
import io.fastpath.lb.Address;
import java.util.List;

/** TCP and UDP to services, and what in IPv4 and IPv6 keeps the ports from being read. */
final class ServiceCases {
    private ServiceCases() {}

    static List<SteerCase> hits() {
        return List.of(
                steerCase("TCP to a service", ip(CLIENT, VIP, tcp(1234, 80)), XDP_STEERED_SERVICE, 40),
                steerCase("UDP to a service", ip(CLIENT, VIP, udp(1234, 53)), XDP_STEERED_SERVICE, 28),
                steerCase("TCP over IPv6", ip(CLIENT6, VIP6, tcp(1234, 80)), XDP_STEERED_SERVICE, 60),
                steerCase("UDP over IPv6", ip(CLIENT6, VIP6, udp(1234, 53)), XDP_STEERED_SERVICE, 48),
                steerCase("a source port of 0", ip(CLIENT, VIP, udp(0, 53)), XDP_STEERED_SERVICE, 28),
                steerCase(
                        "traffic class and flow label are passed over",
                        patched(ip(CLIENT6, VIP6, udp(1234, 53)), 0, 0x6f, 0xff, 0xff, 0xff),
                        XDP_STEERED_SERVICE,
                        48));
    }

    static List<SteerCase> misses() {
        return List.of(
                steerCase("another port", ip(CLIENT, VIP, tcp(1234, 81)), XDP_PASS_NOT_OURS, 40),
                steerCase("the ports the wrong way round", ip(CLIENT, VIP, tcp(80, 1234)), XDP_PASS_NOT_OURS, 40),
                steerCase("port 0", ip(CLIENT, VIP, tcp(1234, 0)), XDP_PASS_NOT_OURS, 40),
                steerCase("UDP to a TCP service", ip(CLIENT, VIP, udp(1234, 80)), XDP_PASS_NOT_OURS, 28),
                steerCase("TCP to a UDP service", ip(CLIENT6, VIP6, tcp(1234, 53)), XDP_PASS_NOT_OURS, 60),
                steerCase("another address", ip(CLIENT, OTHER, tcp(1234, 80)), XDP_PASS_NOT_OURS, 40),
                steerCase("another IPv6 address", ip(CLIENT6, OTHER6, tcp(1234, 80)), XDP_PASS_NOT_OURS, 60),
                steerCase("from the VIP's port", ip(VIP, CLIENT, tcp(80, 1234)), XDP_PASS_NOT_OURS, 40),
                steerCase("SCTP to a VIP", ip(CLIENT, VIP, other(132, 12)), XDP_PASS_PROTOCOL, 20),
                steerCase("IP protocol 0 to a VIP", ip(CLIENT, VIP, other(0, 12)), XDP_PASS_PROTOCOL, 20),
                steerCase("ICMPv6 in IPv4", ip(CLIENT, VIP, other(58, 8)), XDP_PASS_PROTOCOL, 20),
                steerCase("GRE to an IPv6 VIP", ip(CLIENT6, VIP6, other(47, 12)), XDP_PASS_PROTOCOL, 40),
                steerCase("ICMP in IPv6", ip(CLIENT6, VIP6, other(1, 8)), XDP_PASS_PROTOCOL, 40),
                steerCase("no next header", ip(CLIENT6, VIP6, other(59, 0)), XDP_PASS_PROTOCOL, 40));
    }

    static List<SteerCase> options() {
        return List.of(
                steerCase("one word of options", withOptions(1), XDP_STEERED_SERVICE, 44),
                steerCase("ten words of options", withOptions(10), XDP_STEERED_SERVICE, 80),
                steerCase(
                        "ports are looked for behind the options",
                        ipv4(Address.parse(CLIENT), Address.parse(VIP), 2, tcp(1234, 81)),
                        XDP_PASS_NOT_OURS,
                        48));
    }

    static List<SteerCase> fragments() {
        return List.of(
                steerCase("a first fragment to a VIP", fragment(VIP, 0x20, 0), XDP_STEERED_SERVICE, 20),
                steerCase("a later fragment to a VIP", fragment(VIP, 0x20, 0xb9), XDP_STEERED_SERVICE, 20),
                steerCase("the last fragment to a VIP", fragment(VIP, 0x1f, 0xff), XDP_STEERED_SERVICE, 20),
                steerCase("a fragment at an offset of one bit", fragment(VIP, 0x10, 0), XDP_STEERED_SERVICE, 20),
                steerCase("a fragment of any protocol to a VIP", fragmentOf(other(132, 8)), XDP_STEERED_SERVICE, 20),
                steerCase("a fragment to another address", fragment(OTHER, 0x20, 0), XDP_PASS_NOT_OURS, 20),
                steerCase("'don't fragment' is no fragment", fragment(VIP, 0x40, 0), XDP_STEERED_SERVICE, 28),
                steerCase("nor is the reserved bit", fragment(VIP, 0x80, 0), XDP_STEERED_SERVICE, 28));
    }

    static List<SteerCase> extensionHeaders() {
        return List.of(
                extension("hop-by-hop options", 0),
                extension("a routing header", 43),
                extension("a fragment header", 44),
                extension("an authentication header", 51),
                extension("destination options", 60),
                extension("a mobility header", 135),
                extension("a HIP header", 139),
                extension("a shim6 header", 140),
                steerCase(
                        "an extension header to another address",
                        ip(CLIENT6, OTHER6, other(44, 16)),
                        XDP_PASS_NOT_OURS,
                        40),
                steerCase("ESP is a protocol", ip(CLIENT6, VIP6, other(50, 16)), XDP_PASS_PROTOCOL, 40),
                steerCase("IPv4 has no extension headers", ip(CLIENT, VIP, other(44, 16)), XDP_PASS_PROTOCOL, 20));
    }

    private static SteerCase extension(final String name, final int nextHeader) {
        return steerCase(name + " to a VIP", ip(CLIENT6, VIP6, other(nextHeader, 16)), XDP_STEERED_SERVICE, 40);
    }

    private static Layer withOptions(final int words) {
        return ipv4(Address.parse(CLIENT), Address.parse(VIP), words, tcp(1234, 80));
    }

    private static Layer fragment(final String destination, final int... flagsAndOffset) {
        return patched(ip(CLIENT, destination, udp(1234, 53)), 6, flagsAndOffset);
    }

    private static Layer fragmentOf(final Layer inner) {
        return patched(ip(CLIENT, VIP, inner), 6, 0x20, 0);
    }
}

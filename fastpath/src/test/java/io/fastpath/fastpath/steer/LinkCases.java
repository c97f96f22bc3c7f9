package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.steer.Frames.arp;
import static io.fastpath.fastpath.steer.Frames.icmp;
import static io.fastpath.fastpath.steer.Frames.icmpv6;
import static io.fastpath.fastpath.steer.Frames.ip;
import static io.fastpath.fastpath.steer.Frames.other;
import static io.fastpath.fastpath.steer.Frames.patched;
import static io.fastpath.fastpath.steer.Frames.serviceVlan;
import static io.fastpath.fastpath.steer.Frames.solicitation;
import static io.fastpath.fastpath.steer.Frames.tcp;
import static io.fastpath.fastpath.steer.Frames.udp;
import static io.fastpath.fastpath.steer.Frames.vlan;
import static io.fastpath.fastpath.steer.Net.CLIENT;
import static io.fastpath.fastpath.steer.Net.CLIENT6;
import static io.fastpath.fastpath.steer.Net.OTHER;
import static io.fastpath.fastpath.steer.Net.OTHER6;
import static io.fastpath.fastpath.steer.Net.VIP;
import static io.fastpath.fastpath.steer.Net.VIP6;
import static io.fastpath.fastpath.steer.SteerCase.steerCase;
import static io.fastpath.kernelbpf.layout.Counter.XDP_PASS_NOT_IP;
import static io.fastpath.kernelbpf.layout.Counter.XDP_PASS_NOT_OURS;
import static io.fastpath.kernelbpf.layout.Counter.XDP_PASS_TRUNCATED;
import static io.fastpath.kernelbpf.layout.Counter.XDP_STEERED_ARP;
import static io.fastpath.kernelbpf.layout.Counter.XDP_STEERED_ICMP;
import static io.fastpath.kernelbpf.layout.Counter.XDP_STEERED_SERVICE;

import io.fastpath.fastpath.steer.Frames.Layer;
import java.util.List;

/** Tags, neighbours and echoes: what a node is asked before and beside its services. */
final class LinkCases {
    private static final String GROUP = "ff02::1:ff00:100";
    private static final int REQUEST = 1;
    private static final int REPLY = 2;

    private LinkCases() {}

    static List<SteerCase> tags() {
        final Layer request = ip(CLIENT, VIP, tcp(1234, 80));
        return List.of(
                steerCase("one tag", vlan(100, request), XDP_STEERED_SERVICE, 44),
                steerCase("a service tag alone", serviceVlan(100, request), XDP_STEERED_SERVICE, 44),
                steerCase("two tags", serviceVlan(7, vlan(100, request)), XDP_STEERED_SERVICE, 48),
                steerCase("two customer tags", vlan(7, vlan(0xf064, request)), XDP_STEERED_SERVICE, 48),
                steerCase("a tag over IPv6", vlan(100, ip(CLIENT6, VIP6, udp(1, 53))), XDP_STEERED_SERVICE, 52),
                steerCase("a tag over ARP", vlan(100, arp(REQUEST, VIP)), XDP_STEERED_ARP, 32),
                steerCase("three tags", vlan(1, vlan(2, vlan(3, request))), XDP_PASS_NOT_IP, 8),
                steerCase("a tag over something else", vlan(1, other(0x88cc, 30)), XDP_PASS_NOT_IP, 4),
                steerCase("a tag over Ethernet type 0", vlan(1, other(0, 30)), XDP_PASS_NOT_IP, 4));
    }

    static List<SteerCase> notIp() {
        return List.of(
                steerCase("LLDP", other(0x88cc, 30), XDP_PASS_NOT_IP, 0),
                steerCase("Ethernet type 0", other(0, 30), XDP_PASS_NOT_IP, 0),
                steerCase("Ethernet type 65535", other(0xffff, 30), XDP_PASS_NOT_IP, 0),
                steerCase("a length instead of a type", other(0x0026, 38), XDP_PASS_NOT_IP, 0),
                steerCase("MPLS over IP", other(0x8847, 44), XDP_PASS_NOT_IP, 0),
                steerCase("nothing but a type", other(0x9000, 0), XDP_PASS_NOT_IP, 0),
                steerCase(
                        "an IPv4 frame with version 5",
                        patched(ip(CLIENT, VIP, tcp(1234, 80)), 0, 0x55),
                        XDP_PASS_NOT_IP,
                        20),
                steerCase(
                        "an IPv4 frame with version 6",
                        patched(ip(CLIENT, VIP, tcp(1234, 80)), 0, 0x65),
                        XDP_PASS_NOT_IP,
                        20),
                steerCase(
                        "an IPv6 frame with version 4",
                        patched(ip(CLIENT6, VIP6, tcp(1234, 80)), 0, 0x40),
                        XDP_PASS_NOT_IP,
                        40),
                steerCase(
                        "an IPv4 header of four words",
                        patched(ip(CLIENT, VIP, tcp(1234, 80)), 0, 0x44),
                        XDP_PASS_TRUNCATED,
                        20),
                steerCase(
                        "an IPv4 header of no words",
                        patched(ip(CLIENT, VIP, tcp(1234, 80)), 0, 0x40),
                        XDP_PASS_TRUNCATED,
                        20));
    }

    static List<SteerCase> arps() {
        return List.of(
                steerCase("an ARP request for a VIP", arp(REQUEST, VIP), XDP_STEERED_ARP, 28),
                steerCase("an ARP request for another address", arp(REQUEST, OTHER), XDP_PASS_NOT_OURS, 28),
                steerCase("an ARP reply, though its target is a VIP", arp(REPLY, VIP), XDP_PASS_NOT_OURS, 28),
                steerCase("ARP of another hardware", patched(arp(REQUEST, VIP), 0, 0, 6), XDP_PASS_NOT_OURS, 28),
                steerCase("ARP for another protocol", patched(arp(REQUEST, VIP), 2, 8, 1), XDP_PASS_NOT_OURS, 28),
                steerCase("ARP with long MACs", patched(arp(REQUEST, VIP), 4, 8), XDP_PASS_NOT_OURS, 28),
                steerCase("ARP with long addresses", patched(arp(REQUEST, VIP), 5, 16), XDP_PASS_NOT_OURS, 28),
                steerCase("reverse ARP", patched(arp(REQUEST, VIP), 6, 0, 3), XDP_PASS_NOT_OURS, 28));
    }

    static List<SteerCase> echoes() {
        return List.of(
                steerCase("an echo request to a VIP", ip(CLIENT, VIP, icmp(8)), XDP_STEERED_ICMP, 28),
                steerCase("an echo request to another address", ip(CLIENT, OTHER, icmp(8)), XDP_PASS_NOT_OURS, 28),
                steerCase("an echo reply", ip(CLIENT, VIP, icmp(0)), XDP_PASS_NOT_OURS, 28),
                steerCase("ICMP unreachable to a VIP", ip(CLIENT, VIP, icmp(3)), XDP_STEERED_ICMP, 28),
                steerCase("ICMP time exceeded to a VIP", ip(CLIENT, VIP, icmp(11)), XDP_STEERED_ICMP, 28),
                steerCase("ICMP parameter problem to a VIP", ip(CLIENT, VIP, icmp(12)), XDP_STEERED_ICMP, 28),
                steerCase("an ICMP error to another address", ip(CLIENT, OTHER, icmp(3)), XDP_PASS_NOT_OURS, 28),
                steerCase("source quench (RFC 6633)", ip(CLIENT, VIP, icmp(4)), XDP_PASS_NOT_OURS, 28),
                steerCase("an ICMP redirect", ip(CLIENT, VIP, icmp(5)), XDP_PASS_NOT_OURS, 28),
                steerCase("an ICMPv6 echo request to a VIP", ip(CLIENT6, VIP6, icmpv6(128)), XDP_STEERED_ICMP, 48),
                steerCase("one to another address", ip(CLIENT6, OTHER6, icmpv6(128)), XDP_PASS_NOT_OURS, 48),
                steerCase("an ICMPv6 echo reply", ip(CLIENT6, VIP6, icmpv6(129)), XDP_PASS_NOT_OURS, 48),
                steerCase("ICMPv6 unreachable to a VIP", ip(CLIENT6, VIP6, icmpv6(1)), XDP_STEERED_ICMP, 48),
                steerCase("packet too big to a VIP", ip(CLIENT6, VIP6, icmpv6(2)), XDP_STEERED_ICMP, 48),
                steerCase("ICMPv6 time exceeded to a VIP", ip(CLIENT6, VIP6, icmpv6(3)), XDP_STEERED_ICMP, 48),
                steerCase("ICMPv6 parameter problem to a VIP", ip(CLIENT6, VIP6, icmpv6(4)), XDP_STEERED_ICMP, 48),
                steerCase("an ICMPv6 error of no kind", ip(CLIENT6, VIP6, icmpv6(5)), XDP_PASS_NOT_OURS, 48),
                steerCase("packet too big to another", ip(CLIENT6, OTHER6, icmpv6(2)), XDP_PASS_NOT_OURS, 48));
    }

    static List<SteerCase> solicitations() {
        return List.of(
                steerCase("a solicitation to the group", ip(CLIENT6, GROUP, solicitation(VIP6)), XDP_STEERED_ICMP, 64),
                steerCase("a unicast solicitation", ip(CLIENT6, VIP6, solicitation(VIP6)), XDP_STEERED_ICMP, 64),
                steerCase("an address probe", ip("::", GROUP, solicitation(VIP6)), XDP_STEERED_ICMP, 64),
                steerCase(
                        "a solicitation for another address",
                        ip(CLIENT6, GROUP, solicitation(OTHER6)),
                        XDP_PASS_NOT_OURS,
                        64),
                steerCase(
                        "it is the target that counts, not the destination",
                        ip(CLIENT6, VIP6, solicitation(OTHER6)),
                        XDP_PASS_NOT_OURS,
                        64),
                steerCase(
                        "a neighbour advertisement",
                        patched(ip(CLIENT6, VIP6, solicitation(VIP6)), 40, 136),
                        XDP_PASS_NOT_OURS,
                        48));
    }
}

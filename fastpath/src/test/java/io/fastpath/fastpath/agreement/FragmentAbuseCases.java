package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.FragmentFrames.fragment;
import static io.fastpath.fastpath.pipeline.FragmentFrames.piece;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT_ORPHAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FRAGMENT_OVERLAP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_IP_LENGTH;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_HEADER;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;
import static io.fastpath.kernelbpf.layout.Counter.FRAGMENT_EVICTED;
import static io.fastpath.kernelbpf.layout.Counter.FRAGMENT_TRACKED;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Address;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Fragments as attackers send them, and what is forgotten for lack of room or by time. */
final class FragmentAbuseCases {
    private static final int ID = 0x77;
    private static final int UDP_PROTOCOL = 17;

    private FragmentAbuseCases() {}

    static List<PacketCase> all() {
        return Stream.of(overlaps(), tiny(), limits()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> overlaps() {
        return List.of(
                packetCase("an IPv6 fragment that overlaps ends its datagram (RFC 5722, 4)", stage -> {
                    begin(stage, ipv6());
                    receive(stage, ipv6(), 40, 72, DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv6(), 48, 96, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("a fragment that begins within another ends the datagram (CVE-1999-0015)", stage -> {
                    begin(stage, ipv4());
                    receive(stage, ipv4(), 48, 80, FORWARDED_REQUEST);
                    stage.receive(CLIENTS, piece(ipv4(), ID, 56, 90, false)).ends(DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv4(), 80, 96, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("a fragment around another ends the datagram (RFC 1858, 3)", stage -> {
                    begin(stage, ipv4());
                    receive(stage, ipv4(), 56, 64, FORWARDED_REQUEST);
                    receive(stage, ipv4(), 48, 88, DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv4(), 88, 96, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("a second first fragment can't change the ports (RFC 1858, 3)", stage -> {
                    begin(stage, ipv4());
                    final byte[] other = udp(CLIENT, 1234, VIP, 90).payload(88).build();
                    receive(stage, other, 0, 48, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("two fragments can't both be the last", stage -> {
                    begin(stage, ipv4());
                    stage.receive(CLIENTS, piece(ipv4(), ID, 64, 80, false)).passes(FORWARDED_REQUEST);
                    receive(stage, ipv4(), 80, 96, DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv4(), 48, 64, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("nothing comes after the last fragment", stage -> {
                    begin(stage, ipv6());
                    stage.receive(CLIENTS, piece(ipv6(), ID, 56, 64, false)).passes(FORWARDED_REQUEST);
                    receive(stage, ipv6(), 64, 72, DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv6(), 48, 56, DROP_FRAGMENT_OVERLAP);
                }),
                packetCase("a last fragment can't end before what has come", stage -> {
                    begin(stage, ipv6());
                    receive(stage, ipv6(), 72, 88, FORWARDED_REQUEST);
                    stage.receive(CLIENTS, piece(ipv6(), ID, 48, 64, false)).ends(DROP_FRAGMENT_OVERLAP);
                    receive(stage, ipv6(), 48, 64, DROP_FRAGMENT_OVERLAP);
                }));
    }

    private static List<PacketCase> tiny() {
        return List.of(
                packetCase("a first fragment too small for TCP's header is dropped (RFC 1858, 2)", stage -> {
                    final byte[] segment =
                            tcp(CLIENT, 1234, VIP, 80).payload(32).build();
                    receive(stage, segment, 0, 8, DROP_IP_LENGTH).flows(0);
                    receive(stage, segment, 0, 16, DROP_IP_LENGTH).flows(0);
                }),
                packetCase("so is an IPv6 one (RFC 7112, 5)", stage -> {
                    final byte[] segment =
                            tcp(CLIENT6, 1234, VIP6, 80).payload(32).build();
                    receive(stage, segment, 0, 16, DROP_IP_LENGTH).flows(0);
                }),
                packetCase("a first fragment without all of TCP's options is dropped", stage -> {
                    final byte[] segment =
                            tcp(CLIENT, 1234, VIP, 80).payload(32).build();
                    segment[14 + 20 + 12] = (byte) 0x80; // 12 bytes of options: beyond the fragment
                    receive(stage, segment, 0, 24, DROP_TCP_HEADER).flows(0);
                }),
                packetCase("a later fragment with TCP's flags is dropped, in IPv6 too (RFC 3128)", stage -> {
                    final byte[] segment =
                            tcp(CLIENT6, 1234, VIP6, 80).payload(32).build();
                    receive(stage, segment, 8, 52, DROP_FRAGMENT);
                    receive(stage, segment, 16, 52, DROP_FRAGMENT);
                }),
                packetCase("a fragment of odd length can't say that more follow (RFC 791, 3.2)", stage -> {
                    stage.receive(CLIENTS, piece(ipv4(), ID, 0, 47, true))
                            .ends(DROP_FRAGMENT)
                            .flows(0);
                    stage.receive(CLIENTS, piece(ipv6(), ID, 0, 47, true))
                            .ends(DROP_FRAGMENT)
                            .flows(0);
                }),
                packetCase("a fragment without bytes is dropped", stage -> {
                    stage.receive(CLIENTS, piece(ipv4(), ID, 48, 48, true)).ends(DROP_FRAGMENT);
                    stage.receive(CLIENTS, piece(ipv6(), ID, 48, 48, false)).ends(DROP_FRAGMENT);
                }));
    }

    private static List<PacketCase> limits() {
        return List.of(
                packetCase("IPv4 forgets an incomplete datagram after 15 seconds (RFC 791, 3.2)", stage -> {
                    begin(stage, ipv4());
                    stage.elapse(Duration.ofSeconds(14));
                    receive(stage, ipv4(), 48, 56, FORWARDED_REQUEST);
                    stage.elapse(Duration.ofSeconds(2));
                    receive(stage, ipv4(), 56, 96, DROP_FRAGMENT_ORPHAN);
                }),
                packetCase("IPv6 forgets an incomplete datagram after 60 seconds (RFC 8200, 4.5)", stage -> {
                    begin(stage, ipv6());
                    stage.elapse(Duration.ofSeconds(16));
                    receive(stage, ipv6(), 48, 56, FORWARDED_REQUEST);
                    stage.elapse(Duration.ofSeconds(45));
                    receive(stage, ipv6(), 56, 96, DROP_FRAGMENT_ORPHAN);
                }),
                packetCase("a flood of first fragments evicts the oldest, and nothing else", FragmentAbuseCases::flood),
                packetCase("datagrams that have run out make room, and none is evicted", stage -> {
                    final List<Integer> ids = neighbours(stage, FragmentDescriptor.PROBE_LIMIT + 1);
                    for (int i = 0; i < FragmentDescriptor.PROBE_LIMIT; i++) {
                        stage.receive(CLIENTS, fragment(ipv4(), ids.get(i), 0, 48))
                                .passes(FORWARDED_REQUEST);
                    }
                    stage.elapse(Duration.ofSeconds(16));
                    stage.receive(CLIENTS, fragment(ipv4(), ids.get(FragmentDescriptor.PROBE_LIMIT), 0, 48))
                            .passes(FORWARDED_REQUEST)
                            .counts(FRAGMENT_EVICTED, 0);
                }));
    }

    /** As many as one place of the table holds, one a second; then one more, and then the rest of them all. */
    private static void flood(final PacketStage stage) {
        final List<Integer> ids = neighbours(stage, FragmentDescriptor.PROBE_LIMIT + 1);
        for (int i = 0; i < ids.size(); i++) {
            stage.receive(CLIENTS, fragment(ipv4(), ids.get(i), 0, 48))
                    .passes(FORWARDED_REQUEST)
                    .counts(FRAGMENT_TRACKED, 1)
                    .counts(FRAGMENT_EVICTED, i < FragmentDescriptor.PROBE_LIMIT ? 0 : 1);
            stage.elapse(Duration.ofSeconds(1));
        }
        stage.receive(CLIENTS, fragment(ipv4(), ids.get(0), 48, 96)).ends(DROP_FRAGMENT_ORPHAN);
        for (final int id : ids.subList(1, ids.size())) {
            stage.receive(CLIENTS, fragment(ipv4(), id, 48, 96)).passes(FORWARDED_REQUEST);
        }
    }

    /** Identifications whose datagrams of the usual client stand at one place of the table. */
    private static List<Integer> neighbours(final PacketStage stage, final int count) {
        final TupleHash hash =
                TupleHash.of(stage.balancer().tables().region(MapNames.CONFIG), ConfigDescriptor.HASH_KEY_OFFSET);
        final Address client = Address.parse(CLIENT);
        final Address vip = Address.parse(VIP);
        final Map<Integer, List<Integer>> byHome = new HashMap<>();
        List<Integer> ids = List.of();
        for (int id = 0; ids.size() < count; id++) { // 16 to a home on average: some have twice as many
            final int inMemory = Short.toUnsignedInt(Short.reverseBytes((short) id));
            final int tupleHash =
                    hash.hash(client.word0(), client.word1(), vip.word0(), vip.word1(), inMemory, UDP_PROTOCOL);
            ids = byHome.computeIfAbsent(
                    TupleHash.slot(tupleHash, FragmentDescriptor.SLOTS), home -> new ArrayList<>());
            ids.add(id);
        }
        return ids;
    }

    private static byte[] ipv4() {
        return udp(CLIENT, 1234, VIP, 80).payload(88).build();
    }

    private static byte[] ipv6() {
        return udp(CLIENT6, 1234, VIP6, 80).payload(88).build();
    }

    private static void begin(final PacketStage stage, final byte[] whole) {
        receive(stage, whole, 0, 48, FORWARDED_REQUEST);
    }

    private static PacketStage.Received receive(
            final PacketStage stage, final byte[] whole, final int from, final int to, final Counter verdict) {
        final PacketStage.Received received = stage.receive(CLIENTS, fragment(whole, ID, from, to));
        return verdict.isDrop() ? received.ends(verdict) : received.passes(verdict);
    }
}

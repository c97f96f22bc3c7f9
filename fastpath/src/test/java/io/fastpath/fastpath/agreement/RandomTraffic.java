package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;

import io.fastpath.fastpath.pipeline.ArpBuilder;
import io.fastpath.fastpath.pipeline.FragmentFrames;
import io.fastpath.fastpath.pipeline.FrameMutator;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.lb.Address;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Frames as a few clients and backends might send them, right ones and wrong ones: tuples are few, so that segments meet
 * connections in all states, and replies answer what was really sent on.
 */
final class RandomTraffic {
    private static final int[] FLAGS = {
        SYN,
        SYN,
        SYN,
        SYN | ACK,
        SYN | ACK,
        ACK,
        ACK,
        ACK | 0x08,
        FIN | ACK,
        FIN | ACK,
        RST,
        RST | ACK,
        FIN,
        SYN | FIN,
        SYN | RST,
        0,
        SYN | 0xc0,
        0x3f
    };
    private static final int[] ERRORS4 = {3, 4, 11, 12};
    private static final String[] CLIENTS4 = {Frames.CLIENT, Frames.REMOTE_CLIENT, "192.0.2.11"};
    /** Addresses and ports that only services for prefixes and ranges have. */
    private static final String[] OTHERS4 = {"10.7.0.7", "10.7.9.9", "10.6.0.1"};

    private static final String[] OTHERS6 = {"2001:db8:7::7", "2001:db8:7:1::1"};
    private static final int[] PORTS = {0, 79, 81, 86, 99, 100, 65535};
    private static final String[] CLIENTS6 = {Frames.CLIENT6, "2001:db8:1::11"};
    /** Who asks by ARP and neighbour discovery: no client, since what is learned from that differs between engines. */
    private static final String ASKER = "192.0.2.77";

    private static final String ASKER6 = "2001:db8:1::77";
    private static final int[] SERVICES = {80, 80, 80, 90, 90, 90, 70, 71, 72, 73, 74, 75, 76, 76};
    private static final int SENT_LIMIT = 24;
    private static final int MTU_PAYLOAD = 1461;

    /** A frame and the interface that it comes in by. */
    record Arrival(int ifindex, byte[] frame) {}

    /** A datagram that is sent in pieces. */
    private record Whole(int ifindex, byte[] frame, int identification) {}

    /** What a backend saw of a request. */
    private record Seen(int protocol, String source, int sourcePort, String destination, int destinationPort) {}

    private final Random random;
    private final int portCount;
    private final List<Seen> sent = new ArrayList<>();
    private final List<Arrival> past = new ArrayList<>();
    private final List<Whole> wholes = new ArrayList<>();

    /**
     * Traffic.
     *
     * @param random decides all
     * @param portCount how many ports a client has
     */
    RandomTraffic(final Random random, final int portCount) {
        this.random = random;
        this.portCount = portCount;
    }

    Arrival next() {
        final int kind = random.nextInt(100);
        final Arrival arrival;
        if (kind < 8 && !past.isEmpty()) {
            return past.get(random.nextInt(past.size())); // sent again
        } else if (kind < 45 && !sent.isEmpty()) {
            arrival = reply(sent.get(random.nextInt(sent.size())));
        } else if (kind < 53) {
            arrival = new Arrival(side(CLIENTS), question());
        } else if (kind < 57) {
            arrival = error();
        } else if (kind < 67) {
            arrival = fragment();
        } else {
            arrival = new Arrival(CLIENTS, dress(request()).build());
        }
        final Arrival result = random.nextInt(5) == 0 ? mutated(arrival) : arrival;
        past.add(result);
        return result;
    }

    /** A request's frame, as it went to its backend: it may be answered from now on. */
    void sentToBackend(final byte[] frame) {
        final Seen seen = seen(frame);
        if (seen == null) {
            return;
        }
        if (sent.size() == SENT_LIMIT) {
            sent.remove(random.nextInt(SENT_LIMIT));
        }
        sent.add(seen);
    }

    /** A datagram of a client that is here for nothing else. */
    static Arrival crowding(final int port) {
        return new Arrival(
                CLIENTS, PacketBuilder.udp(Frames.CLIENT, port, Frames.VIP, 90).build());
    }

    /** What the backend answers to it. */
    static Arrival answer(final byte[] sentFrame) {
        final Seen seen = seen(sentFrame);
        final PacketBuilder datagram =
                PacketBuilder.udp(seen.destination, seen.destinationPort, seen.source, seen.sourcePort);
        return new Arrival(SERVERS, Frames.fromBackend(datagram).build());
    }

    private static Seen seen(final byte[] frame) {
        return seen(ByteBuffer.wrap(frame, 14, frame.length - 14).slice());
    }

    /** Of a tunnel's packet, what is within; null for a fragment, which may have no ports. */
    private static Seen seen(final ByteBuffer packet) {
        if (isInPieces(packet)) {
            return null;
        }
        final boolean isOuterIpv4 = packet.get(0) >>> 4 == 4;
        final int protocol = packet.get(isOuterIpv4 ? 9 : 6);
        final int outerLength = isOuterIpv4 ? 20 : 40;
        if (protocol == 4 || protocol == 41) {
            return seen(packet.position(outerLength).slice());
        }
        if (packet.remaining() < outerLength + 8) {
            return null;
        }
        if (protocol == 17 && packet.getShort(outerLength + 2) == 6080) {
            return seen(packet.position(outerLength + 8).slice());
        }
        if (protocol == 17 && packet.getShort(outerLength + 2) == 6081) {
            final int optionsLength = (packet.get(outerLength + 8) & 0x3f) * 4;
            return seen(packet.position(outerLength + 16 + optionsLength).slice());
        }
        final boolean ipv4 = packet.get(0) >>> 4 == 4;
        final int transport = ipv4 ? (packet.get(0) & 0x0f) * 4 : 40;
        return new Seen(
                packet.get(ipv4 ? 9 : 6),
                text(packet, ipv4 ? 12 : 8, ipv4 ? 4 : 16),
                packet.getShort(transport) & 0xffff,
                text(packet, ipv4 ? 16 : 24, ipv4 ? 4 : 16),
                packet.getShort(transport + 2) & 0xffff);
    }

    private PacketBuilder request() {
        final boolean ipv4 = random.nextInt(3) != 0;
        final String client = ipv4 ? pick(CLIENTS4) : pick(CLIENTS6);
        final String vip = random.nextInt(6) == 0 ? pick(ipv4 ? OTHERS4 : OTHERS6) : ipv4 ? Frames.VIP : Frames.VIP6;
        final int port = 1024 + random.nextInt(portCount);
        final int service = random.nextInt(10) == 0 ? pick(PORTS) : pick(SERVICES);
        return transport(random.nextInt(3) != 0, client, port, vip, service);
    }

    private Arrival reply(final Seen seen) {
        final PacketBuilder packet =
                transport(seen.protocol == 6, seen.destination, seen.destinationPort, seen.source, seen.sourcePort);
        return new Arrival(side(SERVERS), dress(Frames.fromBackend(packet)).build());
    }

    /** A router's error about a packet that went to a backend, or about one that may have gone to a client. */
    private Arrival error() {
        final boolean isAboutRequest = random.nextBoolean() && !sent.isEmpty();
        final PacketBuilder about;
        if (isAboutRequest) {
            final Seen seen = sent.get(random.nextInt(sent.size()));
            about = transport(seen.protocol == 6, seen.source, seen.sourcePort, seen.destination, seen.destinationPort);
        } else {
            final boolean ipv4 = random.nextInt(3) != 0;
            final int client = 1024 + random.nextInt(portCount);
            final int service = random.nextBoolean() ? 80 : 90;
            about = ipv4
                    ? transport(random.nextBoolean(), Frames.VIP, service, pick(CLIENTS4), client)
                    : transport(random.nextBoolean(), Frames.VIP6, service, pick(CLIENTS6), client);
        }
        final byte[] quote = dress(about).quote(random.nextInt(6) == 0 ? random.nextInt(8) : 8 + random.nextInt(40));
        final boolean ipv4 = quote[0] >>> 4 == 4;
        final String receiver = text(ByteBuffer.wrap(quote), ipv4 ? 12 : 8, ipv4 ? 4 : 16);
        final PacketBuilder packet = ipv4
                ? PacketBuilder.error("203.0.113.9", receiver, ERRORS4[random.nextInt(ERRORS4.length)], 4, 1280, quote)
                : PacketBuilder.error("2001:db8:9::9", receiver, 1 + random.nextInt(4), 0, 1280, quote);
        switch (random.nextInt(6)) {
            case 0 -> packet.ttl(random.nextInt(3));
            case 1 -> packet.options(random.nextInt(11)).vlan(random.nextInt(3));
            default -> {
                // as it is
            }
        }
        return isAboutRequest
                ? new Arrival(side(SERVERS), Frames.fromBackend(packet).build())
                : new Arrival(side(CLIENTS), packet.build());
    }

    /** A piece of one of a few datagrams, the first one half of the time; some overlap, and some lie about what follows. */
    private Arrival fragment() {
        if (wholes.size() < 6 || random.nextInt(8) == 0) {
            final boolean isReply = random.nextInt(3) == 0 && !sent.isEmpty();
            final Seen seen = isReply ? sent.get(random.nextInt(sent.size())) : null;
            final PacketBuilder packet = isReply
                    ? Frames.fromBackend(transport(
                            seen.protocol == 6, seen.destination, seen.destinationPort, seen.source, seen.sourcePort))
                    : request();
            if (wholes.size() == 6) {
                wholes.remove(random.nextInt(6));
            }
            wholes.add(new Whole(
                    isReply ? SERVERS : CLIENTS,
                    packet.payload(random.nextInt(200)).build(),
                    random.nextInt(4)));
        }
        final Whole whole = wholes.get(random.nextInt(wholes.size()));
        final int length = FragmentFrames.length(whole.frame);
        final int units = (length + 7) / 8;
        final int from = random.nextBoolean() ? 0 : 8 * random.nextInt(units);
        final int to = Math.min(length, from + 8 * (1 + random.nextInt(units)));
        return new Arrival(
                whole.ifindex,
                FragmentFrames.piece(
                        whole.frame, whole.identification, from, to, to < length ^ random.nextInt(16) == 0));
    }

    private static boolean isInPieces(final ByteBuffer packet) {
        return packet.get(0) >>> 4 == 4 ? (packet.getShort(6) & 0x3fff) != 0 : packet.get(6) == 44;
    }

    private PacketBuilder transport(
            final boolean tcp, final String source, final int sourcePort, final String destination, final int port) {
        if (tcp) {
            return Segments.numbers(
                    PacketBuilder.tcp(source, sourcePort, destination, port).flags(FLAGS[random.nextInt(FLAGS.length)]),
                    number(),
                    number(),
                    random.nextInt(0x10000));
        }
        final PacketBuilder datagram = PacketBuilder.udp(source, sourcePort, destination, port);
        return random.nextInt(4) == 0 ? datagram.withoutChecksum() : datagram;
    }

    /** Near enough to others to be of their windows, mostly. */
    private int number() {
        return random.nextInt(8) == 0 ? random.nextInt() : 1000 + random.nextInt(random.nextInt(3) == 0 ? 2000 : 3);
    }

    /** Everything about a packet that is not its tuple. */
    private PacketBuilder dress(final PacketBuilder packet) {
        switch (random.nextInt(12)) {
            case 0 -> packet.ttl(random.nextInt(3));
            case 1 -> packet.options(random.nextInt(11));
            case 2 -> packet.trailer(random.nextInt(50));
            case 3 -> packet.vlan(random.nextInt(3));
            case 4 -> packet.serviceVlan(random.nextInt(0x10000)).vlan(random.nextInt(0x10000));
            case 5 -> packet.payload(MTU_PAYLOAD - 40 + random.nextInt(60));
            case 6, 7, 8 -> packet.payload(random.nextInt(300));
            default -> packet.payload(random.nextInt(4));
        }
        return packet;
    }

    private byte[] question() {
        return switch (random.nextInt(4)) {
            case 0 ->
                ArpBuilder.arp(
                        1 + random.nextInt(2),
                        "02:aa:00:00:00:10",
                        ASKER,
                        "00:00:00:00:00:00",
                        Frames.VIP,
                        "ff:ff:ff:ff:ff:ff");
            case 1 ->
                dress(PacketBuilder.echo(ASKER, random.nextInt(4) == 0 ? pick(OTHERS4) : Frames.VIP, false))
                        .build();
            case 2 -> dress(PacketBuilder.echo(ASKER6, Frames.VIP6, false)).build();
            default ->
                PacketBuilder.solicitation(ASKER6, "ff02::1:ff00:100", Frames.VIP6)
                        .payload(PacketBuilder.linkOption(1 + random.nextInt(2), "02:aa:00:00:00:10"))
                        .build();
        };
    }

    /** A lie about the packet, but not about who sends it on the link: by that the engines find clients in ways of their own. */
    private Arrival mutated(final Arrival arrival) {
        final byte[] frame = new FrameMutator(random, List.of(arrival.frame)).next();
        System.arraycopy(arrival.frame, 0, frame, 0, Math.min(12, frame.length));
        return new Arrival(arrival.ifindex, frame);
    }

    /** Now and then a packet comes in where it is not expected. */
    private int side(final int usual) {
        return random.nextInt(16) == 0 ? CLIENTS + SERVERS - usual : usual;
    }

    private int pick(final int[] numbers) {
        return numbers[random.nextInt(numbers.length)];
    }

    private String pick(final String[] texts) {
        return texts[random.nextInt(texts.length)];
    }

    private static String text(final ByteBuffer packet, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        packet.get(offset, bytes);
        return Address.ofBytes(bytes).toString();
    }
}

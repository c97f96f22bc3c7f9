package io.fastpath.fastpath.shadow;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import java.util.Random;

/** Packets of one connection to each of the usual services, both ways, of random shape. One thread. */
final class ShadowTraffic {
    private static final int CLIENT_PORT = 1234;
    private static final int SNAT_PORT = 40000;
    private static final int FULL_NAT_PORT = 80;
    private static final int NAT_PORT = 90;
    private static final int PAYLOAD_LIMIT = 1_400;
    private static final int PADDING_LIMIT = 30;

    private final Random random;

    ShadowTraffic(final Random random) {
        this.random = random;
    }

    /** Opens all connections. */
    void open(final ShadowRig rig) {
        for (final boolean isTcp : new boolean[] {true, false}) {
            for (final boolean isIpv6 : new boolean[] {true, false}) {
                rig.receive(CLIENTS, request(isTcp, isIpv6, FULL_NAT_PORT).build());
                rig.receive(CLIENTS, request(isTcp, isIpv6, NAT_PORT).build());
            }
        }
    }

    /** A packet of one of them; answers 1 if it is forwarded. */
    int next(final ShadowRig rig) {
        final boolean isTcp = random.nextBoolean();
        final boolean isIpv6 = random.nextBoolean();
        final int port = random.nextBoolean() ? FULL_NAT_PORT : NAT_PORT;
        final boolean isReply = random.nextInt(3) == 0;
        final PacketBuilder packet = isReply ? reply(isTcp, isIpv6, port) : request(isTcp, isIpv6, port);
        packet.ttl(1 + random.nextInt(255)).payload(random.nextInt(PAYLOAD_LIMIT));
        if (isTcp) {
            packet.flags(isReply && random.nextInt(4) == 0 ? SYN | ACK : ACK);
        }
        if (random.nextInt(4) == 0) {
            packet.trailer(random.nextInt(PADDING_LIMIT));
        }
        if (random.nextInt(4) == 0) {
            packet.vlan(random.nextInt(4096));
        }
        if (!isTcp && random.nextInt(4) == 0) {
            packet.withoutChecksum();
        }
        return rig.receive(isReply ? SERVERS : CLIENTS, packet.build());
    }

    private static PacketBuilder request(final boolean isTcp, final boolean isIpv6, final int port) {
        return isIpv6
                ? packet(isTcp, Frames.CLIENT6, CLIENT_PORT, Frames.VIP6, port)
                : packet(isTcp, Frames.CLIENT, CLIENT_PORT, Frames.VIP, port);
    }

    private static PacketBuilder reply(final boolean isTcp, final boolean isIpv6, final int port) {
        final String backend = isIpv6 ? Frames.BACKEND6 : Frames.BACKEND;
        if (port == NAT_PORT) {
            final String client = isIpv6 ? Frames.CLIENT6 : Frames.CLIENT;
            return Frames.fromBackend(packet(isTcp, backend, 9090, client, CLIENT_PORT));
        }
        return Frames.fromBackend(packet(isTcp, backend, 8080, isIpv6 ? Frames.SNAT6 : Frames.SNAT, SNAT_PORT));
    }

    private static PacketBuilder packet(
            final boolean isTcp, final String source, final int sourcePort, final String destination, final int port) {
        return isTcp
                ? PacketBuilder.tcp(source, sourcePort, destination, port)
                : PacketBuilder.udp(source, sourcePort, destination, port);
    }
}

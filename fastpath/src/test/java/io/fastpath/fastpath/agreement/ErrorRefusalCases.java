package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.BACKEND6;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.SNAT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.toBackend;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.error;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP_CHECKSUM;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP_NESTED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP_QUOTE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP_UNKNOWN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VIP_SOURCE;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_ERROR;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.List;

/** ICMP errors that reach nobody. */
final class ErrorRefusalCases {
    private static final String ROUTER = "203.0.113.9";
    private static final String ROUTER6 = "2001:db8:9::9";
    private static final int EIGHT = 8;
    private static final int WHOLE = 2000;

    private ErrorRefusalCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase("errors that quote too little, or garbage, are dropped", ErrorRefusalCases::tooLittle),
                packetCase(
                        "only the first piece of a fragmented packet has ports (RFC 791, 3.2)",
                        ErrorRefusalCases::laterFragment),
                packetCase(
                        "the first piece of a fragmented IPv6 packet has ports (RFC 8200, 4.5)",
                        ErrorRefusalCases::fragmentV6),
                packetCase("errors about nobody's packets are dropped", ErrorRefusalCases::nobodys),
                packetCase(
                        "an error to another than the sender of what it quotes is dropped",
                        ErrorRefusalCases::anotherReceiver),
                packetCase("errors about ICMP are dropped (RFC 1122, 3.2.2)", ErrorRefusalCases::nested),
                packetCase(
                        "errors with wrong checksums, worn out ones, and those from nowhere", ErrorRefusalCases::wrong),
                packetCase("source quench is ignored (RFC 6633)", ErrorRefusalCases::quench));
    }

    private static void tooLittle(final PacketStage stage) {
        stage.establish();
        final byte[] quote = sentToClient(80).quote(WHOLE);
        for (int length = 0; length < 28; length++) {
            stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, Arrays.copyOf(quote, length)))
                    .ends(DROP_ICMP_QUOTE);
        }
        ends(stage, DROP_ICMP_QUOTE, quote, 0, 0x65);
        ends(stage, DROP_ICMP_QUOTE, quote, 0, 0x44);
        ends(stage, DROP_ICMP_QUOTE, Arrays.copyOf(quote, 28), 0, 0x46);
        final byte[] quote6 = tcp(VIP6, 80, CLIENT6, 1234).quote(EIGHT);
        for (int length = 0; length < 48; length++) {
            stage.receive(CLIENTS, error(ROUTER6, VIP6, 2, 0, 1280, Arrays.copyOf(quote6, length)))
                    .ends(DROP_ICMP_QUOTE);
        }
    }

    private static void laterFragment(final PacketStage stage) {
        stage.establish();
        final byte[] quote = sentToClient(80).quote(EIGHT);
        quote[6] = 0x20;
        quote[7] = 1;
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, quote)).ends(DROP_ICMP_QUOTE);
        quote[7] = 0;
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, quote)).passes(FORWARDED_ERROR);
    }

    private static void fragmentV6(final PacketStage stage) {
        stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 90)).passes(FORWARDED_REQUEST);
        stage.receive(CLIENTS, error(ROUTER6, VIP6, 2, 0, 1280, fragment6(VIP6, 90, CLIENT6, 1)))
                .leaves(
                        FORWARDED_ERROR,
                        SERVERS,
                        toBackend(error(ROUTER6, BACKEND6, 2, 0, 1280, fragment6(BACKEND6, 9090, CLIENT6, 1))));
        stage.receive(CLIENTS, error(ROUTER6, VIP6, 2, 0, 1280, fragment6(VIP6, 90, CLIENT6, 8)))
                .ends(DROP_ICMP_QUOTE);
    }

    private static void nobodys(final PacketStage stage) {
        stage.establish();
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                tcp(VIP, 80, CLIENT, 1235).quote(EIGHT)))
                .ends(DROP_ICMP_UNKNOWN);
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                udp(VIP, 80, CLIENT, 1234).quote(EIGHT)))
                .ends(DROP_ICMP_UNKNOWN);
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                tcp(CLIENT, 1234, VIP, 80).quote(EIGHT)))
                .ends(DROP_ICMP_UNKNOWN);
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                PacketBuilder.ip(132, VIP, CLIENT).quote(EIGHT)))
                .ends(DROP_ICMP_UNKNOWN);
    }

    private static void anotherReceiver(final PacketStage stage) {
        stage.establish();
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                4,
                                1280,
                                tcp(SNAT, 40000, BACKEND, 8080).quote(EIGHT)))
                .ends(DROP_ICMP_UNKNOWN);
    }

    private static void nested(final PacketStage stage) {
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER,
                                VIP,
                                3,
                                1,
                                0,
                                PacketBuilder.echo(VIP, CLIENT, true).quote(EIGHT)))
                .ends(DROP_ICMP_NESTED);
        stage.receive(
                        CLIENTS,
                        error(
                                ROUTER6,
                                VIP6,
                                1,
                                0,
                                0,
                                PacketBuilder.echo(VIP6, CLIENT6, true).quote(EIGHT)))
                .ends(DROP_ICMP_NESTED);
    }

    private static void wrong(final PacketStage stage) {
        stage.establish();
        final byte[] quote = sentToClient(80).quote(EIGHT);
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, quote).patchFinal(22, 1, 2))
                .ends(DROP_ICMP_CHECKSUM);
        stage.receive(
                        CLIENTS,
                        error(
                                        ROUTER6,
                                        VIP6,
                                        2,
                                        0,
                                        1280,
                                        tcp(VIP6, 80, CLIENT6, 1234).quote(EIGHT))
                                .patchFinal(42, 1, 2))
                .ends(DROP_ICMP_CHECKSUM);
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, quote).ttl(1)).ends(DROP_TTL_EXPIRED);
        stage.receive(CLIENTS, error("127.0.0.1", VIP, 3, 4, 1280, quote)).ends(DROP_MARTIAN);
        stage.receive(CLIENTS, error(VIP, VIP, 3, 4, 1280, quote)).ends(DROP_VIP_SOURCE);
    }

    private static void quench(final PacketStage stage) {
        stage.establish();
        stage.receive(CLIENTS, error(ROUTER, VIP, 4, 0, 0, sentToClient(80).quote(EIGHT)))
                .ends(DROP_ICMP);
    }

    private static void ends(
            final PacketStage stage, final Counter drop, final byte[] quote, final int offset, final int value) {
        final byte[] changed = quote.clone();
        changed[offset] = (byte) value;
        stage.receive(CLIENTS, error(ROUTER, VIP, 3, 4, 1280, changed)).ends(drop);
    }

    /** A reply as a router on the way to the client saw it. */
    private static PacketBuilder sentToClient(final int vipPort) {
        return tcp(VIP, vipPort, CLIENT, 1234).flags(ACK).payload(100);
    }

    /** The quote of a datagram's piece of sixteen bytes, the fragment header's offset word being given. */
    private static byte[] fragment6(
            final String source, final int port, final String destination, final int offsetWord) {
        final byte[] whole = udp(source, port, destination, 1234).payload(20).quote(WHOLE);
        final byte[] quote = new byte[40 + 8 + 16];
        System.arraycopy(whole, 0, quote, 0, 40);
        quote[6] = 44;
        quote[40] = 17;
        quote[43] = (byte) offsetWord;
        System.arraycopy(whole, 40, quote, 48, 16);
        return quote;
    }
}

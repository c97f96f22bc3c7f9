package io.fastpath.fastpath.answerengine;

import static io.fastpath.fastpath.answerengine.FrameBuilder.arp;
import static io.fastpath.fastpath.answerengine.FrameBuilder.echo;
import static io.fastpath.fastpath.answerengine.FrameBuilder.solicitation;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** The frames that both engines must answer alike, answerable and not. */
final class AnswerFrames {
    static final String CLIENT_MAC = "02:aa:00:00:00:10";
    static final String CLIENT = "192.0.2.10";
    static final String CLIENT6 = "2001:db8:1::10";
    static final String VIP = "10.7.0.100";
    static final String VIP6 = "2001:db8:7::100";

    /** A tag whose last byte is above 0x7f: Java widens the tag's word with its sign. */
    static final int TAG = 0x8100_00f0;

    static final int OUTER_TAG = 0x88a8_0005;
    static final int INNER_TAG = 0x8100_0f96;

    private static final int PRIORITY = 0xb000;
    private static final String GROUP = "ff02::1:ff00:100";
    private static final String BROADCAST = "ff:ff:ff:ff:ff:ff";
    private static final int REQUEST = 1;
    private static final int REPLY = 2;
    private static final byte[] LINK = {1, 1, 2, (byte) 0xaa, 0, 0, 0, 0x77};

    private AnswerFrames() {}

    static List<byte[]> all() {
        return Stream.of(arps(), echoes(), solicitations(), malformedSolicitations())
                .flatMap(List::stream)
                .toList();
    }

    private static List<byte[]> arps() {
        final byte[] tokenRing = arp(REQUEST, CLIENT_MAC, CLIENT, VIP);
        tokenRing[15] = 6;
        final byte[] otherFrameMac = arp(REQUEST, CLIENT_MAC, CLIENT, VIP, TAG);
        otherFrameMac[11] = 0x66;
        return List.of(
                arp(REQUEST, CLIENT_MAC, CLIENT, VIP),
                arp(REQUEST, CLIENT_MAC, CLIENT, VIP, TAG | PRIORITY),
                arp(REQUEST, CLIENT_MAC, CLIENT, VIP, 0x8100_e000),
                arp(REQUEST, CLIENT_MAC, CLIENT, VIP, 0x8100_e000, INNER_TAG),
                padded(arp(REQUEST, CLIENT_MAC, CLIENT, VIP, OUTER_TAG, INNER_TAG | PRIORITY), 18),
                arp(REQUEST, CLIENT_MAC, "0.0.0.0", VIP),
                arp(REQUEST, CLIENT_MAC, "0.0.0.0", "0.0.0.0"),
                arp(REQUEST, CLIENT_MAC, CLIENT, "10.7.0.101"),
                arp(REQUEST, CLIENT_MAC, VIP, VIP),
                arp(3, CLIENT_MAC, CLIENT, VIP),
                arp(0x0101, CLIENT_MAC, CLIENT, VIP),
                arp(REQUEST, BROADCAST, CLIENT, VIP),
                arp(REQUEST, "00:00:00:00:00:00", CLIENT, VIP),
                arp(REQUEST, CLIENT_MAC, "224.0.0.1", VIP),
                arp(REQUEST, CLIENT_MAC, "127.0.0.1", VIP),
                arp(REPLY, CLIENT_MAC, "0.1.2.3", VIP),
                tokenRing,
                otherFrameMac,
                arp(REPLY, CLIENT_MAC, CLIENT, VIP),
                arp(REPLY, CLIENT_MAC, CLIENT, VIP, TAG),
                arp(REPLY, CLIENT_MAC, CLIENT, VIP, OUTER_TAG | PRIORITY, INNER_TAG),
                padded(arp(REQUEST, CLIENT_MAC, CLIENT, CLIENT), 30));
    }

    private static List<byte[]> echoes() {
        return Stream.concat(
                        Stream.of(echo(CLIENT, VIP, 5), echo(CLIENT, VIP, 1472), echo(CLIENT, VIP, 3405))
                                .map(FrameBuilder::build),
                        Stream.of(
                                        echo(CLIENT, VIP, 56).tags(TAG | PRIORITY),
                                        echo(CLIENT, VIP, 511)
                                                .tags(OUTER_TAG, INNER_TAG)
                                                .ttl(255),
                                        echo(CLIENT, VIP, 6).zeros(),
                                        echo(CLIENT, VIP, 56).options(1),
                                        echo(CLIENT, VIP, 56).patch(0, 0),
                                        echo(CLIENT, VIP, 56).patch(1, 1),
                                        echo(CLIENT, VIP, 0).from(BROADCAST),
                                        echo(CLIENT, VIP, 0).from("00:00:00:00:00:00"),
                                        echo(CLIENT, VIP, 0).ttl(64),
                                        echo(CLIENT, VIP, 0).ttl(0),
                                        echo(CLIENT, "10.7.0.101", 0),
                                        echo("127.0.0.1", VIP, 0),
                                        echo("0.0.0.1", VIP, 0),
                                        echo("239.1.1.1", VIP, 0),
                                        echo("255.255.255.255", VIP, 0),
                                        echo(VIP, VIP, 0),
                                        echo(CLIENT6, VIP6, 5).ttl(1),
                                        echo(CLIENT6, VIP6, 1001).tags(TAG),
                                        echo(CLIENT6, VIP6, 3333),
                                        echo(CLIENT6, VIP6, 6).zeros(),
                                        echo(CLIENT6, VIP6, 0).patch(0, 129),
                                        echo(CLIENT6, VIP6, 0).patch(1, 1),
                                        echo(CLIENT6, "2001:db8:7::101", 0),
                                        echo("::1", VIP6, 0),
                                        echo("::", VIP6, 0),
                                        echo("::2", VIP6, 0),
                                        echo("ff02::5", VIP6, 0),
                                        echo(VIP6, VIP6, 0))
                                .flatMap(packet -> Stream.of(
                                        packet.build(), padded(packet.build(), 9), withoutChecksum(packet.build()))))
                .toList();
    }

    private static List<byte[]> solicitations() {
        final byte[] unknown = {14, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14};
        final byte[] group = {1, 1, 0x33, 0x33, 0, 0, 0, 1};
        final byte[] longer = {1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2};
        final byte[] none = {1, 1, 0, 0, 0, 0, 0, 0};
        final byte[] many = new byte[1400];
        for (int i = 0; i < many.length; i += 8) {
            many[i] = 14;
            many[i + 1] = 1;
        }
        return Stream.of(
                        solicitation(CLIENT6, GROUP, VIP6, LINK),
                        solicitation(CLIENT6, VIP6, VIP6),
                        solicitation(CLIENT6, VIP6, VIP6).tags(TAG | PRIORITY),
                        solicitation(CLIENT6, GROUP, VIP6, LINK).tags(OUTER_TAG, INNER_TAG),
                        solicitation(CLIENT6, GROUP, VIP6, concat(unknown, LINK)),
                        solicitation(CLIENT6, GROUP, VIP6, concat(LINK, unknown)),
                        solicitation(CLIENT6, GROUP, VIP6, concat(longer, LINK, longer)),
                        solicitation(CLIENT6, GROUP, VIP6, concat(LINK, none)).from(CLIENT_MAC),
                        solicitation(CLIENT6, GROUP, VIP6, concat(many, LINK)),
                        solicitation("::", GROUP, VIP6),
                        solicitation("::", GROUP, VIP6, unknown),
                        solicitation("::", GROUP, VIP6, LINK),
                        solicitation("::", VIP6, VIP6),
                        solicitation(CLIENT6, GROUP, VIP6, group),
                        solicitation(CLIENT6, GROUP, VIP6).from(BROADCAST),
                        solicitation(CLIENT6, "ff02::1:ff00:101", "2001:db8:7::101"),
                        solicitation(CLIENT6, "ff02::1:ff00:101", VIP6),
                        mappedVip(solicitation(CLIENT6, "ff02::1:ff07:64", "::")),
                        solicitation(CLIENT6, GROUP, "ff02::1:ff00:100"),
                        solicitation("::1", GROUP, VIP6),
                        solicitation("ff02::5", GROUP, VIP6),
                        solicitation(VIP6, GROUP, VIP6))
                .flatMap(
                        packet -> Stream.of(packet.build(), padded(packet.build(), 5), withoutChecksum(packet.build())))
                .toList();
    }

    private static List<byte[]> malformedSolicitations() {
        return Stream.of(
                        solicitation(CLIENT6, GROUP, VIP6).ttl(254),
                        solicitation(CLIENT6, GROUP, VIP6).patch(1, 1),
                        solicitation(CLIENT6, GROUP, VIP6).patch(0, 136),
                        solicitation(CLIENT6, GROUP, VIP6, new byte[8]),
                        solicitation(CLIENT6, GROUP, VIP6, (byte) 1),
                        solicitation(CLIENT6, GROUP, VIP6, (byte) 1, (byte) 1),
                        solicitation(CLIENT6, GROUP, VIP6, Arrays.copyOf(LINK, 7)),
                        solicitation(CLIENT6, GROUP, VIP6, concat(LINK, new byte[] {1})),
                        solicitation(CLIENT6, GROUP, VIP6, new byte[] {1, 2, 0, 0, 0, 0, 0, 0}))
                .flatMap(packet -> Stream.of(packet.build(), padded(packet.build(), 20)))
                .toList();
    }

    private static byte[] padded(final byte[] frame, final int length) {
        return Arrays.copyOf(frame, frame.length + length);
    }

    /** The ICMP checksum is wrong, as where it is left to offload. */
    private static byte[] withoutChecksum(final byte[] frame) {
        final int network = FrameMender.networkOffset(frame);
        final int transport = network + (frame[network] >>> 4 == 4 ? (frame[network] & 0x0f) * 4 : 40);
        FrameMender.putU16(frame, transport + 2, 0x0102);
        return frame;
    }

    /** Makes an IPv4 VIP, mapped into IPv6, what is asked for. */
    private static FrameBuilder mappedVip(final FrameBuilder solicitation) {
        final int[] end = {0xff, 0xff, 10, 7, 0, 100};
        for (int i = 0; i < end.length; i++) {
            solicitation.patch(18 + i, end[i]);
        }
        return solicitation;
    }

    private static byte[] concat(final byte[]... parts) {
        byte[] all = new byte[0];
        for (final byte[] part : parts) {
            all = Arrays.copyOf(all, all.length + part.length);
            System.arraycopy(part, 0, all, all.length - part.length, part.length);
        }
        return all;
    }
}

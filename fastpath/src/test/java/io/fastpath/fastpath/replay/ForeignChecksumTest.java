package io.fastpath.fastpath.replay;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.capture.CapturedFrame;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random good packets through every forwarding mode, and their backends' answers: what comes out carries good checksums, says an
 * implementation that is not ours. Both engines, which must agree byte by byte; so what holds for one holds for both.
 */
class ForeignChecksumTest {
    private static final int GUE_PORT = 6080;
    private static final int GENEVE_PORT = 6081;
    private static final int FRAME_COUNT = 1200;
    private static final int PAYLOAD_MAX = 1300;

    /** Ports of the services, by mode. */
    private static final int FULL_NAT = 1001;

    private static final int NAT = 1002;
    private static final int DSR_L2 = 1003;
    private static final int DSR_IPIP = 1004;
    private static final int DSR_GUE = 1005;
    private static final int DSR_GENEVE = 1006;

    private static final int[] MODES = {FULL_NAT, NAT, DSR_L2, DSR_IPIP, DSR_GUE, DSR_GENEVE};

    @TempDir
    private Path folder;

    private final long seed = System.nanoTime();
    private final SplittableRandom random = new SplittableRandom(seed);

    @Test
    void shouldSendGoodChecksumsInAllModes() throws IOException {
        final ReplayStage stage = new ReplayStage(folder);
        final byte[][] requests = new byte[FRAME_COUNT][];
        for (int i = 0; i < FRAME_COUNT; i++) {
            requests[i] = request();
        }
        final ReplayInput clients = stage.capture("clients", requests);
        final ReplayStage first = new ReplayStage(Files.createDirectory(folder.resolve("first")));
        play(first, clients);
        final List<byte[]> answers = first.sent("servers").stream()
                .map(CapturedFrame::bytes)
                .filter(frame -> !isTunnel(frame))
                .map(this::answer)
                .toList();
        final long[] times = new long[answers.size()];
        for (int i = 0; i < times.length; i++) {
            times[i] = ReplayStage.START_NS + (FRAME_COUNT + i) * 1_000_000L;
        }
        final ReplayReport report =
                play(stage, clients, stage.capture("servers", "answers.pcap", times, answers.toArray(byte[][]::new)));

        assertThat(report.reasons().get("forwarded_request"))
                .as("seed %d", seed)
                .isEqualTo(FRAME_COUNT);
        assertThat(report.reasons().get("forwarded_reply")).as("seed %d", seed).isEqualTo(answers.size());
        for (final String side : List.of("clients", "servers")) {
            final List<List<Tshark.Status>> seen = Tshark.checksums(stage.out().resolve(side + ".pcap"), GUE_PORT);
            assertThat(seen).hasSize(side.equals("clients") ? answers.size() : FRAME_COUNT);
            assertThat(seen)
                    .as("%s, seed %d", side, seed)
                    .allSatisfy(checksums ->
                            assertThat(checksums).doesNotContain(Tshark.Status.BAD, Tshark.Status.UNVERIFIED));
            final List<CapturedFrame> sent = stage.sent(side);
            for (int i = 0; i < seen.size(); i++) {
                assertThat(seen.get(i).contains(Tshark.Status.ILLEGAL))
                        .as("no checksum in UDP over IPv6, %s, frame %d, seed %d", side, i, seed)
                        .isEqualTo(isUdpTunnelOverIpv6(sent.get(i).bytes()));
            }
            assertThat(seen.stream().filter(checksums -> checksums.contains(Tshark.Status.GOOD)))
                    .as("frames with something to check")
                    .hasSizeGreaterThan(seen.size() * 9 / 10);
        }
    }

    /** The judge can say no. */
    @Test
    void shouldSeeABadChecksum() {
        final ReplayStage stage = new ReplayStage(folder);
        final byte[] bad = PacketBuilder.tcp(Frames.CLIENT, 1, Frames.VIP, 80)
                .patchFinal(36, 0x12, 0x34)
                .build();
        final ReplayInput capture = stage.capture("clients", bad, request());
        assertThat(Tshark.checksums(capture.file(), GUE_PORT))
                .first()
                .asInstanceOf(InstanceOfAssertFactories.LIST)
                .containsExactly(Tshark.Status.GOOD, Tshark.Status.BAD);
    }

    private ReplayReport play(final ReplayStage stage, final ReplayInput... inputs) {
        final ReplayReport report =
                new Replay(stage.config(config()), List.of(inputs)).run(EngineChoice.BOTH, stage.out(), line -> {});
        assertThat(report.differences()).as("seed %d", seed).isEmpty();
        return report;
    }

    /** Of TCP or UDP, of IPv4 or IPv6, of any length, to a service of any mode, from one of a few hundred clients. */
    private byte[] request() {
        final int port = MODES[random.nextInt(MODES.length)];
        final boolean isIpv6 = random.nextBoolean();
        final String client = isIpv6 ? Frames.CLIENT6 : Frames.CLIENT;
        final String vip = isIpv6 ? Frames.VIP6 : Frames.VIP;
        final int clientPort = 1 + random.nextInt(0xffff);
        final byte[] payload = payload();
        if (random.nextBoolean()) {
            return PacketBuilder.tcp(client, clientPort, vip, port)
                    .flags(SYN)
                    .patchTransport(4, words(2))
                    .payload(payload)
                    .build();
        }
        final PacketBuilder datagram =
                PacketBuilder.udp(client, clientPort, vip, port).payload(payload);
        if (!isIpv6 && random.nextInt(8) == 0) {
            datagram.withoutChecksum();
        }
        if (!isIpv6 && random.nextInt(8) == 0) {
            datagram.options(1 + random.nextInt(10));
        }
        return datagram.build();
    }

    /** What the backend would send back: addresses and ports turned round, other bytes. */
    private byte[] answer(final byte[] frame) {
        final boolean isIpv6 = frame[12] == (byte) 0x86;
        final ByteBuffer bytes = ByteBuffer.wrap(frame);
        final int transport = 14 + (isIpv6 ? 40 : (frame[14] & 0x0f) * 4);
        final String from = address(frame, isIpv6 ? 38 : 30, isIpv6);
        final String to = address(frame, isIpv6 ? 22 : 26, isIpv6);
        final int toPort = Short.toUnsignedInt(bytes.getShort(transport));
        final int fromPort = Short.toUnsignedInt(bytes.getShort(transport + 2));
        final boolean isTcp = frame[isIpv6 ? 20 : 23] == 6;
        final PacketBuilder answer = isTcp
                ? PacketBuilder.tcp(from, fromPort, to, toPort).flags(SYN | ACK).patchTransport(4, words(2))
                : PacketBuilder.udp(from, fromPort, to, toPort);
        return Frames.fromBackend(answer.payload(payload())).build();
    }

    private static boolean isUdpTunnelOverIpv6(final byte[] frame) {
        return isTunnel(frame) && frame[12] == (byte) 0x86 && frame[20] == 17;
    }

    private static boolean isTunnel(final byte[] frame) {
        final boolean isIpv6 = frame[12] == (byte) 0x86;
        final int protocol = frame[isIpv6 ? 20 : 23];
        final int transport = 14 + (isIpv6 ? 40 : (frame[14] & 0x0f) * 4);
        return protocol == 4
                || protocol == 41
                || protocol == 17 && isTunnelPort(ByteBuffer.wrap(frame).getShort(transport + 2));
    }

    private static boolean isTunnelPort(final int port) {
        return port == GUE_PORT || port == GENEVE_PORT;
    }

    private static String address(final byte[] frame, final int offset, final boolean isIpv6) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(frame, offset, offset + (isIpv6 ? 16 : 4)))
                    .getHostAddress();
        } catch (final UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    /** Often of all ones or zeros, at which one's complement sums go wrong. */
    private byte[] payload() {
        final byte[] payload = new byte[random.nextInt(8) == 0 ? random.nextInt(4) : random.nextInt(PAYLOAD_MAX)];
        switch (random.nextInt(4)) {
            case 0 -> Arrays.fill(payload, (byte) 0xff);
            case 1 -> Arrays.fill(payload, (byte) 0);
            default -> random.nextBytes(payload);
        }
        return payload;
    }

    private int[] words(final int count) {
        return random.ints(4L * count, 0, 256).toArray();
    }

    private static String config() {
        final List<String> services = new ArrayList<>();
        final String[] modes = {"full-nat", "nat", "dsr-l2", "dsr-ipip", "dsr-gue", "dsr-geneve"};
        for (int i = 0; i < modes.length; i++) {
            final boolean isTunnel = i >= 3;
            for (final String protocol : List.of("tcp", "udp")) {
                services.add(service(modes[i], protocol, Frames.VIP, MODES[i], false, isTunnel));
                services.add(service(modes[i], protocol, Frames.VIP6, MODES[i], true, isTunnel));
            }
        }
        return ReplayStage.CONFIG.substring(0, ReplayStage.CONFIG.indexOf("services:")) + "services:\n"
                + String.join("", services) + ReplayStage.STATIC;
    }

    /** Tunnels have a backend of either family; the others one of the VIP's. */
    private static String service(
            final String mode,
            final String protocol,
            final String vip,
            final int port,
            final boolean isIpv6,
            final boolean isTunnel) {
        final String four = "{address: " + Frames.BACKEND + ", port: " + port + "}";
        final String six = "{address: \"" + Frames.BACKEND6 + "\", port: " + port + "}";
        return "  - {name: " + mode + protocol + (isIpv6 ? 6 : 4) + ", vip: \"" + vip + "\", port: " + port
                + ", protocol: " + protocol + ", forwarding: " + mode + ", backends: ["
                + (isTunnel ? four + ", " + six : isIpv6 ? six : four) + "]}\n";
    }
}

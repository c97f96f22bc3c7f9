package io.fastpath.fastpath.replay;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.capture.CaptureBytes;
import io.fastpath.fastpath.capture.CaptureException;
import io.fastpath.fastpath.capture.CapturedFrame;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.pipeline.ArpBuilder;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Replays on the Java engine: what comes out, time, cut frames, and what can't be played. */
class ReplayTest {
    @TempDir
    private Path folder;

    private ReplayStage stage;

    @BeforeEach
    void prepare() {
        stage = new ReplayStage(folder);
    }

    @Test
    void shouldTellWhatBecomesOfEachFrame() {
        final byte[] stray = PacketBuilder.tcp(Frames.CLIENT, 1, "10.7.0.7", 80).build();
        final byte[] late = nat(ACK).build();
        final byte[] gratuitous = ArpBuilder.arp(
                ArpBuilder.REQUEST,
                TestBalancer.CLIENT_MAC,
                Frames.CLIENT,
                "00:00:00:00:00:00",
                Frames.VIP,
                "ff:ff:ff:ff:ff:ff");
        final ReplayReport report =
                stage.play(EngineChoice.JAVA, stage.capture("clients", late, nat(SYN).build(), stray, gratuitous));

        assertThat(stage.lines(Replay.PACKETS_FILE))
                .extracting(JsonNode::toString)
                .containsExactly(
                        "{\"n\":1,\"in\":\"clients\",\"verdict\":\"drop\",\"out\":null,\"reason\":\"drop_no_flow\","
                                + "\"backend\":null}",
                        "{\"n\":2,\"in\":\"clients\",\"verdict\":\"tx\",\"out\":\"servers\","
                                + "\"reason\":\"forwarded_request\",\"backend\":\"10.8.0.11:9090\"}",
                        "{\"n\":3,\"in\":\"clients\",\"verdict\":\"pass\",\"out\":null,"
                                + "\"reason\":\"xdp_pass_not_ours\",\"backend\":null}",
                        "{\"n\":4,\"in\":\"clients\",\"verdict\":\"tx\",\"out\":\"clients\",\"reason\":\"answered_arp\","
                                + "\"backend\":null}");
        assertThat(report.packets()).isEqualTo(4);
        assertThat(report.flows()).isEqualTo(1);
        assertThat(report.counters()).containsEntry("tx_packets", 2L).containsEntry("flow_opened", 1L);
        assertThat(stage.lines(Replay.FLOWS_FILE)
                        .get(0)
                        .path("flow")
                        .path("state")
                        .asText())
                .isEqualTo("syn-sent");
        assertThat(stage.lines(Replay.COUNTERS_FILE)
                        .get(0)
                        .path("counters")
                        .path("xdp_packets")
                        .asInt())
                .isEqualTo(4);
        final CapturedFrame sent = stage.sent("servers").get(0);
        assertThat(sent.bytes())
                .isEqualTo(Frames.toBackend(PacketBuilder.tcp(Frames.CLIENT, 1234, Frames.BACKEND, 9090)
                                .flags(SYN))
                        .build());
        assertThat(sent.timeNs()).isEqualTo(ReplayStage.START_NS + 1_000_000L);
    }

    @Test
    void shouldMergeCapturesByTimeAndGiveTheSameEachTime() throws IOException {
        final long[] times = {ReplayStage.START_NS, ReplayStage.START_NS + 2_000};
        final ReplayInput clients = stage.capture("clients", "a.pcap", times, nat(SYN).build(), nat(ACK).build());
        final ReplayInput servers = stage.capture(
                "servers",
                "b.pcap",
                new long[] {ReplayStage.START_NS + 1_000},
                natReply().build());
        stage.play(EngineChoice.JAVA, servers, clients);
        assertThat(stage.lines(Replay.PACKETS_FILE))
                .extracting(line -> line.path("reason").asText())
                .containsExactly("forwarded_request", "forwarded_reply", "forwarded_request");
        final byte[] first = Files.readAllBytes(stage.out().resolve("servers.pcap"));
        final ReplayStage again = new ReplayStage(Files.createDirectory(folder.resolve("again")));
        again.play(EngineChoice.JAVA, servers, clients);
        assertThat(again.out().resolve("servers.pcap")).hasBinaryContent(first);
    }

    @Test
    void shouldLetConnectionsAgeByTheCapturesTime() {
        final long hours = Duration.ofHours(20).toNanos();
        final long[] times = {
            ReplayStage.START_NS, ReplayStage.START_NS + hours, ReplayStage.START_NS, ReplayStage.START_NS + 20 * hours
        };
        final ReplayReport report = stage.play(
                EngineChoice.JAVA,
                stage.capture(
                        "clients", "a.pcap", times, udp(1).build(), udp(2).build(), udp(3).build(), udp(4).build()));
        assertThat(report.counters()).containsEntry("flow_opened", 4L).containsEntry("flow_closed", 3L);
        assertThat(report.flows()).isEqualTo(1);
    }

    @Test
    void shouldKeepToLimitsByTheCapturesTime() {
        final String config = ReplayStage.CONFIG.replace(
                "  - name: udp\n", "  - name: udp\n    limits: {newPerSecondPerClient: 1}\n");
        final long[] times = {
            ReplayStage.START_NS,
            ReplayStage.START_NS + 1,
            ReplayStage.START_NS + Duration.ofSeconds(1).toNanos()
        };
        final ReplayInput input =
                stage.capture("clients", "a.pcap", times, udp(1).build(), udp(2).build(), udp(3).build());
        new Replay(stage.config(config + ReplayStage.STATIC), List.of(input))
                .run(EngineChoice.JAVA, stage.out(), line -> {});
        assertThat(stage.lines(Replay.PACKETS_FILE))
                .extracting(line -> line.path("reason").asText())
                .containsExactly("forwarded_request", "drop_rate_client", "forwarded_request");
    }

    /** What the capture lacks is lacking in what comes out, and the checksum is that of the whole packet. */
    @Test
    void shouldPlayFramesThatTheSnapLengthCut() throws IOException {
        final byte[] whole = nat(SYN).payload(1000).build();
        final byte[] cut = Arrays.copyOf(whole, 70);
        final byte[] inHeaders = Arrays.copyOf(whole, 40);
        final Path file = stage.file("cut.pcap");
        Files.write(
                file,
                new CaptureBytes(ByteOrder.BIG_ENDIAN)
                        .pcap(0xa1b2c3d4, 1)
                        .record(1, 0, cut, whole.length)
                        .record(1, 1, inHeaders, whole.length)
                        .toBytes());
        stage.play(EngineChoice.JAVA, new ReplayInput("clients", file));
        final CapturedFrame sent = stage.sent("servers").get(0);
        final byte[] expected = Frames.toBackend(PacketBuilder.tcp(Frames.CLIENT, 1234, Frames.BACKEND, 9090)
                        .flags(SYN)
                        .payload(1000))
                .build();
        assertThat(sent.bytes()).isEqualTo(Arrays.copyOf(expected, 70));
        assertThat(sent.originalLength()).isEqualTo(whole.length);
        assertThat(stage.lines(Replay.PACKETS_FILE).get(1).path("reason").asText())
                .isEqualTo("xdp_pass_truncated");
    }

    @Test
    void shouldSayWhichFramesAreTooLongOrTooShort() {
        stage.play(EngineChoice.JAVA, stage.capture("clients", new byte[9000], new byte[13], new byte[0]));
        assertThat(stage.lines(Replay.PACKETS_FILE))
                .extracting(line -> line.path("verdict").asText()
                        + ' '
                        + line.path("reason").asText())
                .containsExactly("drop replay_too_long", "pass xdp_pass_truncated", "pass xdp_pass_truncated");
    }

    @Test
    void shouldPlayAnEmptyCapture() {
        final ReplayReport report = stage.play(EngineChoice.JAVA, stage.capture("clients"));
        assertThat(report.packets()).isZero();
        assertThat(stage.out()).isDirectoryContaining(file -> file.endsWith(Replay.COUNTERS_FILE));
    }

    @Test
    void shouldPlayWhatIsWholeOfATruncatedFile() throws IOException {
        final ReplayInput input = stage.capture("clients", nat(SYN).build(), nat(ACK).build());
        final byte[] bytes = Files.readAllBytes(input.file());
        Files.write(input.file(), Arrays.copyOf(bytes, bytes.length - 1));
        final ReplayReport report = stage.play(EngineChoice.JAVA, input);
        assertThat(report.packets()).isEqualTo(1);
        assertThat(report.truncated()).containsExactly(input.file().toString());
    }

    @Test
    void shouldLeaveNothingOfAReplayThatFails() throws IOException {
        final ReplayInput input = stage.capture("clients", nat(SYN).build(), nat(ACK).build());
        final byte[] bytes = Files.readAllBytes(input.file());
        bytes[24 + 16 + 54 + 11] = 0x7f; // in the second record's length
        Files.write(input.file(), bytes);
        assertThatThrownBy(() -> stage.play(EngineChoice.JAVA, input))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("the file is damaged");
        assertThat(stage.out()).isEmptyDirectory();
    }

    @Test
    void shouldRefuseAFolderWithFiles() throws IOException {
        Files.createDirectories(stage.out());
        Files.writeString(stage.out().resolve("mine"), "mine");
        assertThatThrownBy(() -> stage.play(EngineChoice.JAVA, stage.capture("clients")))
                .hasMessageEndingWith(
                        "out is not empty: a replay overwrites nothing; name a new folder, or an empty one");
        assertThat(stage.out().resolve("mine")).hasContent("mine");
    }

    @Test
    void shouldRefuseWhatItHasNoNetworkFor() {
        assertThatThrownBy(() -> stage.play(EngineChoice.JAVA, stage.capture("eth7")))
                .hasMessage("eth7 is none of the configuration's interfaces: [clients, servers]");
        assertThatThrownBy(() -> new Replay(stage.config(ReplayStage.CONFIG), List.of()))
                .hasMessageStartingWith("static.links: lacks clients");
        final String prefilter = "prefilter: {deny: [198.51.100.0/24]}\n";
        assertThatThrownBy(
                        () -> new Replay(stage.config(prefilter + ReplayStage.CONFIG + ReplayStage.STATIC), List.of()))
                .hasMessageStartingWith("prefilter: a replay has no prefilter");
    }

    @Test
    void shouldSayThatTheDiskIsFullAndLeaveNothing() throws IOException {
        final byte[][] frames = new byte[400][];
        Arrays.fill(frames, nat(SYN).payload(1000).build());
        final ReplayInput input = stage.capture("clients", frames);
        Files.createDirectories(stage.out());
        Shell.run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", stage.out().toString());
        try {
            assertThatThrownBy(() -> stage.play(EngineChoice.JAVA, input))
                    .hasMessageContaining("No space left on device")
                    .hasMessageEndingWith("nothing of this replay is kept");
            assertThat(stage.out()).isEmptyDirectory();
        } finally {
            Shell.run("umount", "-l", stage.out().toString());
        }
    }

    static PacketBuilder nat(final int flags) {
        return PacketBuilder.tcp(Frames.CLIENT, 1234, Frames.VIP, 90).flags(flags);
    }

    static PacketBuilder natReply() {
        return Frames.fromBackend(
                PacketBuilder.tcp(Frames.BACKEND, 9090, Frames.CLIENT, 1234).flags(SYN | ACK));
    }

    private static PacketBuilder udp(final int port) {
        return PacketBuilder.udp(Frames.CLIENT, port, Frames.VIP, 90);
    }
}

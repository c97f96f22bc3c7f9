package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.capture.CaptureWriter;
import io.fastpath.fastpath.cli.CommandStage.Result;
import io.fastpath.fastpath.pipeline.Frames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command: what it prints, and the one line and exit code of what can't be played. */
class ReplayCommandTest {
    private static final String STATIC = """
            static:
              links: [{name: eth1, mac: "02:fc:00:00:00:03"}]
              routes: [{to: 0.0.0.0/0, via: 192.0.2.254, interface: eth1}]
              neighbours: [{address: 192.0.2.254, mac: "02:aa:00:00:00:fe", interface: eth1}]
            """;

    @TempDir
    private Path root;

    private CommandStage stage;
    private Path capture;

    @BeforeEach
    void open() throws IOException {
        stage = new CommandStage(root);
        capture = root.resolve("night.pcap");
        try (CaptureWriter writer = new CaptureWriter(Files.newOutputStream(capture))) {
            writer.write(1_700_000_000_000_000_000L, Frames.request().build());
        }
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void shouldSumUpForPeopleAndTellAllToMachines() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG + STATIC);
        final Result text = replay(file, "eth1=" + capture, "one");
        assertThat(text.exitCode()).as(text.err()).isZero();
        assertThat(text.out())
                .contains("1 packet played")
                .contains("forwarded_request")
                .contains("1 connection in");
        final Result json = stage.fastpath(
                "replay", "--config", file, "--in", "eth1=" + capture, "--out-dir", root.resolve("two"), "--json");
        assertThat(json.out().lines().toList()).hasSize(3).first().asString().startsWith("{\"n\":1,\"in\":\"eth1\",");
        assertThat(root.resolve("two")).isDirectoryContaining(path -> path.endsWith("eth1.pcap"));
    }

    @Test
    void shouldSayInOneLineWhatCannotBePlayed() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG + STATIC);
        assertFails(replay(file, "eth7=" + capture, "o"), ExitCode.FAILURE, "eth7 is none of the configuration's");
        assertFails(replay(file, "eth1=" + file, "o"), ExitCode.FAILURE, "neither pcap nor pcapng");
        assertFails(replay(file, "eth1=/none", "o"), ExitCode.FAILURE, "/none: there is no such file");
        assertFails(replay(file, "eth1", "o"), ExitCode.USAGE, "--in \"eth1\" is not IFACE=FILE");
        assertFails(
                stage.fastpath("replay", "--config", file, "--in", "a=b", "--out-dir", "o", "--engine", "c"),
                ExitCode.USAGE,
                "--engine \"c\" is not one of java, kernel, both");
        final Path without = stage.file(CommandStage.GOOD_CONFIG);
        assertFails(replay(without, "eth1=" + capture, "o"), ExitCode.FAILURE, "static.links: lacks eth1");
    }

    @Test
    void shouldCheckTheStaticSection() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG + """
                static:
                  links: [{name: eth1, mac: "01:00:00:00:00:01"}, {name: eth9, mac: "02:00:00:00:00:01"}]
                  routes: [{to: 10.0.0.1/8, interface: eth1}, {to: 0.0.0.0/0, via: 192.0.2.1, interface: eth1}]
                """);
        final Result result = stage.fastpath("check", "--config", file);
        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err())
                .contains("01:00:00:00:00:01 is not a unicast MAC address")
                .contains("eth9 is not the name of one of the interfaces above")
                .contains("10.0.0.1/8 is not a prefix")
                .contains("the gateway 192.0.2.1 of 0.0.0.0/0 is none of the neighbours of eth1");
        assertThat(stage.fastpath("check", "--config", stage.file(CommandStage.GOOD_CONFIG + STATIC))
                        .out())
                .contains("warning: static: is for fastpath replay alone");
    }

    private Result replay(final Path config, final String input, final String folder) {
        return stage.fastpath("replay", "--config", config, "--in", input, "--out-dir", root.resolve(folder));
    }

    private static void assertFails(final Result result, final int exitCode, final String text) {
        assertThat(result.exitCode()).isEqualTo(exitCode);
        assertThat(result.err()).startsWith("fastpath: ").contains(text);
    }
}

package io.fastpath.perflab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.subject.SubjectCatalog;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The command as its user meets it. Needs root. */
final class PerfLabTest {
    private static final String TWO_SHORT_ROUNDS =
            "throughput --subjects kernel,c-afxdp --flows 16 --rounds 2 --seconds 1 --warm-up 0 --subject-cpu 0 --json";

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @TempDir
    private Path folder;

    @Test
    void shouldCompareByTurnsAndPrintJsonLines() throws JsonProcessingException {
        final int exitCode = run(TWO_SHORT_ROUNDS);

        assertThat(exitCode).as(err.toString()).isZero();
        final List<JsonNode> lines = new ArrayList<>();
        for (final String line : out.toString().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines.get(0).at("/environment/kernel").asText()).isEqualTo(System.getProperty("os.version"));
        assertThat(members(lines, "/round/subject")).containsExactly("kernel", "c-afxdp", "kernel", "c-afxdp");
        assertThat(members(lines, "/round/number")).containsExactly("1", "1", "2", "2");
        assertThat(members(lines, "/round/sound")).containsOnly("true");
        assertThat(members(lines, "/summary/baseline")).containsExactly("c-afxdp", "c-afxdp");
        assertThat(lines.get(lines.size() - 1).at("/summary/ratio/median").asDouble())
                .isEqualTo(1.0);
    }

    @Test
    void shouldRefuseWhatItCannotCompare() {
        assertThat(run("throughput --subjects kernel")).isEqualTo(1);
        assertThat(run("throughput --subjects c-afxdp,dpdk")).isEqualTo(1);
        assertThat(run("throughput --frame-length 1519")).isEqualTo(1);
        assertThat(run("throughput --rounds 0")).isEqualTo(1);
        assertThat(run("throughput --launcher " + folder + "/fastpath")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "lab: the baseline c-afxdp must be among --subjects [kernel]",
                        "lab: no subject is called dpdk; there are " + SubjectCatalog.NAMES,
                        "lab: frame length 1519 is not 64 to 1518",
                        "lab: a comparison needs a round and a time to measure, and nothing below zero",
                        "lab: " + folder + "/fastpath is not there to start fastpath; give its place with --launcher,"
                                + " or leave fastpath out of --subjects");
    }

    @Test
    void shouldTellWhatAPacketCostsInTheKernelEngine() throws JsonProcessingException {
        final int exitCode = run("engine --flows 1,64 --traffic udp4,tcp6 --rounds 1 --packets 1000 --cpu 0 --json");

        assertThat(exitCode).as(err.toString()).isZero();
        final List<JsonNode> lines = new ArrayList<>();
        for (final String line : out.toString().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(members(lines, "/program/name")).containsExactly("xdp_steer");
        assertThat(lines.get(1).at("/program/verifiedInstructions").asInt()).isBetween(1, 1_000_000);
        assertThat(members(lines, "/cost/packet"))
                .contains("hit, request", "hit, reply", "new flow", "miss, not ours", "miss, no flow", "answer, echo");
        assertThat(members(lines, "/cost/flowCount")).contains("1", "64");
        assertThat(members(lines, "/cost/baselineNs")).doesNotContain("0.0");
    }

    @Test
    void shouldRefuseWhatItCannotMeasure() {
        assertThat(run("engine --traffic sctp4")).isEqualTo(1);
        assertThat(run("engine --rounds 0")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "lab: no traffic is called sctp4; there are udp4, udp6, tcp4, tcp6",
                        "lab: a measurement needs a round, a packet and a flow at least");
    }

    @Test
    void shouldTellWhatAFaultCosts() throws JsonProcessingException {
        final int exitCode =
                run("faults --engines userspace,kernel --faults none,stop --cycles 1 --fault-ms 700 --rest-ms 700"
                        + " --launcher ../bin/fastpath --json");

        assertThat(exitCode).as(err.toString()).isZero();
        final List<JsonNode> lines = new ArrayList<>();
        for (final String line : out.toString().lines().toList()) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(members(lines, "/fault/engine")).containsExactly("userspace", "kernel", "userspace", "kernel");
        assertThat(members(lines, "/fault/fault")).containsExactly("none", "none", "stop", "stop");
        assertThat(lines.get(1).at("/fault/packets/userspace").asLong()).isPositive();
        assertThat(lines.get(2).at("/fault/packets/userspace").asLong()).isZero();
        assertThat(lines.get(3).at("/fault/packets/kernel").asLong()).isPositive();
        assertThat(members(lines, "/fault/datagrams/p9999Us")).hasSize(4).doesNotContain("0.0");
    }

    @Test
    void shouldRefuseAFaultThatIsNone() {
        assertThat(run("faults --faults fire")).isEqualTo(1);
        assertThat(run("faults --cycles 0")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "lab: no fault is called fire; there are none and [kill, stop, gc, overload, upgrade]",
                        "lab: a fault needs a packet per second, a cycle, and a time, at least");
    }

    @Test
    void shouldExplainItself() {
        assertThat(run("throughput --help")).isZero();
        assertThat(out.toString()).contains("--subject-cpu", "--forwarding", "--json");
    }

    @Test
    void shouldLeaveNothingWhenTerminatedAtWork() throws IOException {
        shouldLeaveNothingWhenTerminated(namespace -> subject(namespace).isPresent());
    }

    @Test
    void shouldLeaveNothingWhenTerminatedWhileItIsBuilt() throws IOException {
        shouldLeaveNothingWhenTerminated(namespace -> Files.exists(Path.of("/run/netns", namespace)));
    }

    private void shouldLeaveNothingWhenTerminated(final Predicate<String> isTime) throws IOException {
        final Process lab = startLab("throughput --subjects c-afxdp --rounds 1 --seconds 60");
        try {
            final String namespace = "fplab-" + lab.pid() + "-1-node";
            Await.until("the moment", () -> isTime.test(namespace));
            final Optional<ProcessHandle> subject = subject(namespace);

            lab.destroy();

            Await.until("end of the lab", () -> !lab.isAlive());
            assertThat(Shell.runLine("ip netns list")).doesNotContain("fplab-" + lab.pid());
            Await.until("end of the subject", () -> subject.stream().noneMatch(ProcessHandle::isAlive));
            try (Stream<Path> left = Files.list(folder)) {
                assertThat(left).isEmpty();
            }
        } finally {
            lab.destroyForcibly();
        }
    }

    private static Optional<ProcessHandle> subject(final String namespace) {
        return Shell.attempt("ip", "netns", "pids", namespace)
                .output()
                .lines()
                .filter(line -> line.matches("\\d+"))
                .flatMap(line -> ProcessHandle.of(Long.parseLong(line)).stream())
                .filter(process -> process.info().command().orElse("").endsWith("afxdp_forward"))
                .findFirst();
    }

    private int run(final String line) {
        final CommandLine command = PerfLab.commandLine();
        command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err, true));
        return command.execute(line.split(" "));
    }

    private Process startLab(final String line) throws IOException {
        final List<String> words = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        words.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(argument ->
                        argument.startsWith("--add-exports") || argument.startsWith("--enable-native-access"))
                .toList());
        words.addAll(List.of(
                "-Djava.io.tmpdir=" + folder, "-cp", System.getProperty("java.class.path"), PerfLab.class.getName()));
        words.addAll(List.of(line.split(" ")));
        return new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static List<String> members(final List<JsonNode> lines, final String pointer) {
        return lines.stream()
                .map(line -> line.at(pointer))
                .filter(node -> !node.isMissingNode())
                .map(JsonNode::asText)
                .toList();
    }
}

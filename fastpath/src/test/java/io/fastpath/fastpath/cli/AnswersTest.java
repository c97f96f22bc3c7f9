package io.fastpath.fastpath.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.cli.CommandStage.Result;
import io.fastpath.fastpath.control.FakeInstance;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What commands print of an instance: the whole text for people, and the names that programs rely on. */
class AnswersTest {
    private static final String[] PLACEMENT_NAMES = {
        "asked", "inForce", "reason", "stallLimitNs", "spillLimit", "takeovers", "packets"
    };

    @TempDir
    private Path root;

    private CommandStage stage;

    @BeforeEach
    void open() {
        stage = new CommandStage(root);
    }

    @AfterEach
    void close() {
        stage.close();
    }

    @Test
    void shouldPrintStatus() {
        final FakeInstance instance = stage.start("edge1");
        instance.count(Counter.RX_PACKETS, 70);
        instance.countKernel(Counter.RX_PACKETS, 30);
        instance.countKernel(Counter.XDP_KERNEL_PLACED, 4);
        instance.countKernel(Counter.XDP_KERNEL_NO_SOCKET, 5);
        instance.countKernel(Counter.XDP_KERNEL_STALE, 6);
        instance.countKernel(Counter.XDP_KERNEL_FULL, 15);

        assertThat(stage.fastpath("status").out()).isEqualTo("""
                        instance  edge1, pid 4711, fastpath 0.1.0, up 1h 2m since 2026-01-31T12:00:00Z
                        engine    userspace: as configured
                        limits    the kernel steps in for a worker that stands still for 2.5 ms, or has 1536 frames in flight
                        packets   userspace 70, kernel 30 (placed 4, no socket 5, stale 6, full 15)
                        takeovers 0
                        services  2 with 3 backends
                        flows     12 connections, made for 1000; 24 of 4096 slots used (0.6 %)

                        INTERFACE  STATE  DRIVER   MTU  ASKED  MODE      CHECKSUMS    QUEUES
                        eth1       up     ixgbe   1500  auto   zerocopy  incremental  [0]
                        eth2       gone   veth       0  auto   copy      recompute    [0]
                          eth2 is gone: restart once it is back
                          eth2 is copy only: the driver has no zero-copy

                        WORKER  CPU  IDLE     CYCLES  STALLS  LONGEST us  QUEUES
                             0    1  backoff       5       2           1  eth1:0 eth2:0
                          worker 0 has lost 1 queue with the interface

                        WORKER  FRAMES  FREE  FILL  KERNEL RX  RX  IN HAND  TX  KERNEL TX  COMPLETION
                             0     100    60    32          1   2        0   3          1           1

                        SOCKET  WORKER  ZERO-COPY  RX DROPPED  RX FULL  FILL EMPTY  RX INVALID  TX INVALID  TX EMPTY
                        eth1:0       0  yes                 1        2           3           4           5         6
                        """);
    }

    @Test
    void shouldKeepTheNamesOfStatusInJson() throws IOException {
        stage.start("edge1");

        final JsonNode status = stage.fastpath("status", "--json").json();

        assertThat(names(status))
                .containsExactly(
                        "instance",
                        "running",
                        "pid",
                        "version",
                        "uptimeMs",
                        "startedAt",
                        "engine",
                        "placement",
                        "serviceCount",
                        "backendCount",
                        "flows",
                        "workers",
                        "interfaces",
                        "sockets");
        assertThat(names(status.path("flows"))).containsExactly("used", "capacity", "usedSlotCount", "slotCount");
    }

    @Test
    void shouldKeepTheNamesOfThePartsOfStatusInJson() throws IOException {
        stage.start("edge1");

        final JsonNode status = stage.fastpath("status", "--json").json();

        assertThat(names(status.at("/workers/0")))
                .containsExactly(
                        "index",
                        "cpu",
                        "idle",
                        "queues",
                        "cycleCount",
                        "stallCount",
                        "longestCycleNs",
                        "unboundQueueCount",
                        "frames");
        assertThat(names(status.at("/workers/0/frames")))
                .containsExactly("total", "free", "fill", "kernelRx", "rx", "worker", "tx", "kernelTx", "completion");
        assertThat(names(status.at("/interfaces/0")))
                .containsExactly(
                        "name",
                        "ifindex",
                        "driver",
                        "state",
                        "mtu",
                        "modeRequested",
                        "mode",
                        "downgrade",
                        "checksum",
                        "queues",
                        "warning");
        assertThat(names(status.at("/sockets/0")))
                .containsExactly(
                        "interfaceName",
                        "queue",
                        "workerIndex",
                        "zeroCopy",
                        "rxDropped",
                        "rxRingFull",
                        "rxFillRingEmpty",
                        "rxInvalidDescriptors",
                        "txInvalidDescriptors",
                        "txRingEmpty");
    }

    @Test
    void shouldShowAndChangeTheEngine() throws IOException {
        stage.start("edge1");

        assertThat(stage.fastpath("engine").out()).startsWith("engine    userspace: as configured\n");
        assertThat(stage.fastpath("engine", "hybrid").out()).startsWith("engine    hybrid: ");
        final JsonNode json = stage.fastpath("engine", "--json").json();
        assertThat(stage.fastpath("status", "--json").json().path("placement")).isEqualTo(json);
        assertThat(names(json.path("packets")))
                .containsExactly("userspace", "kernel", "placed", "noSocket", "stale", "full");
        assertThat(names(json)).containsExactly(PLACEMENT_NAMES);
        assertThat(json.path("inForce").asText()).isEqualTo("hybrid");
        assertThat(json.path("stallLimitNs").asLong()).isEqualTo(2_500_000);
        assertThat(json.path("spillLimit").asInt()).isEqualTo(1536);
    }

    @Test
    void shouldRefuseAnEngineThatIsNone() {
        stage.start("edge1");

        final Result result = stage.fastpath("engine", "java");

        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.err())
                .isEqualTo("fastpath: mode \"java\" is unknown; allowed: userspace, hybrid, kernel, auto\n");
        assertThat(stage.fastpath("engine").out()).startsWith("engine    userspace: ");
    }

    @Test
    void shouldPrintServices() {
        final FakeInstance instance = stage.start("edge1");
        instance.countBackend("web", 0, BackendStatsDescriptor.PACKETS_TO_OFFSET, 1234);
        instance.countBackend("web", 0, BackendStatsDescriptor.BYTES_FROM_OFFSET, 3 << 20);

        assertThat(stage.fastpath("services").out().lines().sorted())
                .contains(
                        "SERVICE  PROTOCOL  VIP               FORWARDING  HASH   BACKENDS  FLOWS  OPENED  PACKETS IN  BYTES IN"
                                + "  PACKETS OUT  BYTES OUT",
                        "web      tcp       10.7.0.100:80     full-nat    tuple         2      0       0        1234       0 B"
                                + "            0    3.0 MiB",
                        "dns      udp       [fd00:7::100]:53  nat         tuple         1      0       0           0       0 B"
                                + "            0        0 B");
    }

    @Test
    void shouldKeepTheNamesOfServicesAndBackendsInJson() throws IOException {
        stage.start("edge1");

        assertThat(names(stage.fastpath("services", "--json").json().at("/services/0")))
                .containsExactly(
                        "name",
                        "protocol",
                        "vip",
                        "port",
                        "ports",
                        "forwarding",
                        "hash",
                        "maglevSize",
                        "backendCount",
                        "flows",
                        "flowsOpened",
                        "packetsIn",
                        "bytesIn",
                        "packetsOut",
                        "bytesOut");
        assertThat(names(stage.fastpath("backends", "--json").json().at("/backends/0")))
                .containsExactly(
                        "service",
                        "vip",
                        "address",
                        "port",
                        "weight",
                        "sharePercent",
                        "state",
                        "nextHop",
                        "flows",
                        "flowsOpened",
                        "packetsTo",
                        "bytesTo",
                        "packetsFrom",
                        "bytesFrom",
                        "portsExhausted");
    }

    @Test
    void shouldPrintBackends() {
        stage.start("edge1");

        assertThat(stage.fastpath("backends").out().lines())
                .hasSize(4)
                .anyMatch(line ->
                        line.startsWith("web      10.8.0.11:8080     up     unresolved       1    50.20      0"))
                .anyMatch(line ->
                        line.startsWith("dns      [fd00:8::11]:5353  up     unresolved       3   100.00      0"));
    }

    @Test
    void shouldPrintCountersThatCountedAndAllOnDemand() throws IOException {
        final FakeInstance instance = stage.start("edge1");
        instance.count(Counter.DROP_TTL_EXPIRED, 3);

        assertThat(stage.fastpath("counters").out()).isEqualTo("""
                        COUNTER           TOTAL  KERNEL  USERSPACE  WHAT
                        drop_ttl_expired      3       0          3  TTL or hop limit ran out
                        """);
        assertThat(stage.fastpath("counters", "--all").out().lines()).hasSize(1 + Counter.values().length);
        final JsonNode json = stage.fastpath("counters", "--json").json();
        assertThat(names(json)).containsExactly("instance", "running", "counters", "kernel", "userspace");
        assertThat(json.at("/counters/drop_ttl_expired").asInt()).isEqualTo(3);
        assertThat(json.path("running").asBoolean()).isTrue();
    }

    @Test
    void shouldSayThatADeadInstanceLeftNothing() {
        stage.directory().claim("edge1").close();

        final Result result = stage.fastpath("counters");

        assertThat(result.exitCode()).isEqualTo(ExitCode.NOT_RUNNING);
        assertThat(result.err()).startsWith("fastpath: instance edge1 is not running and left no pinned maps in ");
    }

    @Test
    void shouldPrintFlows() {
        final FakeInstance instance = stage.start("edge1");
        instance.open("web", new Endpoint(Address.parse("192.0.2.7"), 40000), 0, TimeUnit.MINUTES.toNanos(3));
        instance.open("dns", new Endpoint(Address.parse("fd00::5"), 4000), 0, 0);

        final Result all = stage.fastpath("flows");
        final Result udp = stage.fastpath("flows", "--protocol", "udp");

        assertThat(all.err()).isEqualTo("2 connections\n");
        assertThat(all.out().lines())
                .hasSize(3)
                .anyMatch(line -> line.startsWith("PROTO STATE        CLIENT                 VIP"))
                .anyMatch(
                        line -> line.matches(
                                "tcp   syn-sent     192\\.0\\.2\\.7:40000        10\\.7\\.0\\.100:80 +10\\.8\\.0\\.11:8080 +10\\.8\\.0\\.1:[0-9]+ +3m [0-9]+s"));
        assertThat(udp.out().lines())
                .hasSize(2)
                .last()
                .asString()
                .contains("[fd00::5]:4000")
                .contains("  -  ");
        assertThat(udp.err()).isEqualTo("1 connection\n");
    }

    @Test
    void shouldPrintWhoHasTheMostFlows() throws IOException {
        final FakeInstance instance = stage.start("edge1");
        for (int i = 0; i < 30; i++) {
            instance.open("web", new Endpoint(Address.parse("192.0.2." + i % 12), 1024 + i), 0, 0);
        }
        instance.open("dns", new Endpoint(Address.parse("192.0.2.0"), 4000), 0, 0);

        final Result top = stage.fastpath("flows", "--top");

        assertThat(top.err()).isEqualTo("31 connections\n");
        assertThat(top.out().lines()).hasSize(1 + 10 + 1 + 2).anyMatch(line -> line.matches("192\\.0\\.2\\.0 +4"));
        assertThat(top.out().lines().skip(12)).first().asString().matches("web +30");
        final JsonNode json = stage.fastpath("flows", "--top", "--json").json();
        assertThat(json.path("flows").asInt()).isEqualTo(31);
        assertThat(json.at("/clients/0/name").asText()).isEqualTo("192.0.2.0");
        assertThat(json.at("/services/1/flows").asInt()).isEqualTo(1);
    }

    @Test
    void shouldStreamFlowsAsOneObjectPerLine() throws IOException {
        final FakeInstance instance = stage.start("edge1");
        for (int i = 0; i < 700; i++) {
            instance.open("web", new Endpoint(Address.parse("192.0.2.7"), 1024 + i), 0, 0);
        }

        final List<String> lines =
                stage.fastpath("flows", "--json").out().lines().toList();

        assertThat(lines).hasSize(700);
        assertThat(names(new CommandStage.Result(0, lines.get(0), "").json()))
                .containsExactly(
                        "protocol",
                        "state",
                        "client",
                        "clientPort",
                        "vip",
                        "port",
                        "service",
                        "forwarding",
                        "backend",
                        "backendPort",
                        "snat",
                        "snatPort",
                        "idleMs");
        assertThat(stage.fastpath("flows", "--json", "--client-port", "1025")
                        .out()
                        .lines())
                .hasSize(1);
        assertThat(stage.fastpath("flows", "--json", "--backend", "10.8.0.99").out())
                .isEmpty();
    }

    @Test
    void shouldSummariseAValidConfiguration() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG);

        final Result text = stage.fastpath("check", "--config", file);
        final JsonNode json =
                stage.fastpath("check", "--config", file, "--json").json();

        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).isEqualTo("""
                        instance    edge1
                        interface   eth1: queues all, mode auto, checksums incremental
                        workers     on CPUs [0], backoff
                        frames      10240 of 2048 bytes for each queue
                        flows       1048576 connections, 232.7 MiB
                        snat        [10.8.0.1] ports 1024-9999
                        service     web: tcp 10.7.0.100:80, full-nat, 2 backends with weight 1 in all, 65537 Maglev slots
                        """ + file + ": valid\n");
        assertThat(names(json))
                .containsExactly(
                        "file",
                        "valid",
                        "problems",
                        "warnings",
                        "instance",
                        "interfaces",
                        "workers",
                        "services",
                        "backends",
                        "flowCapacity");
        assertThat(json.path("valid").asBoolean()).isTrue();
    }

    @Test
    void shouldGiveTheErrorsOfAConfigurationInJson() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG.replace("port: 80\n", "port: 70000\n"));

        final Result result = stage.fastpath("check", "--config", file, "--json");

        assertThat(result.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(result.json().path("problems"))
                .hasToString("[{\"file\":\"" + file
                        + "\",\"line\":8,\"key\":\"services[0].port\",\"text\":\"70000 is not a port"
                        + " (1-65535), a range of ports such as 8000-8100 (lowest first), or any\"}]");
    }

    @Test
    void shouldExplain() throws IOException {
        final Path file = stage.file(CommandStage.GOOD_CONFIG);

        final Result text = stage.fastpath("explain", "-c", file, "tcp 192.0.2.7:40000 -> 10.7.0.100:80");
        final Result json = stage.fastpath("explain", "-c", file, "--json", "tcp", "192.0.2.7:40000", "10.7.0.100:80");
        final Result none = stage.fastpath("explain", "-c", file, "udp,192.0.2.7:40000,10.7.0.100:80");

        assertThat(text.exitCode()).isZero();
        assertThat(text.out()).contains("backend     10.8.0.11:8080\n").contains("because     hash ");
        assertThat(json.json().path("outcome").asText()).isEqualTo("BACKEND");
        assertThat(json.json().path("backend").asText()).isEqualTo("10.8.0.11:8080");
        assertThat(none.exitCode()).isEqualTo(ExitCode.FAILURE);
        assertThat(none.out()).contains("no service is udp 10.7.0.100:80; this VIP has tcp 80 (web)");
    }

    private static List<String> names(final JsonNode object) {
        final List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}

package io.fastpath.fastpath.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.tables.TunnelSources;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.DrainSpec.Fate;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.SourceSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
    @Test
    void shouldReadEveryKey() throws ConfigException {
        final InstanceConfig config = ConfigTexts.parse("""
                instance: edge-1_b
                refuseDowngrade: true
                interfaces:
                  - {name: eth1, queues: [3, 1], mode: zerocopy, checksum: recompute}
                  - {name: eth2.100, queues: 2, mode: generic}
                workers: {cpus: [2, 0], idle: poll}
                umem: {framesPerQueue: 8192, frameSize: 4096, hugePages: true}
                rings: {fill: 1024, rx: 512, tx: 256, completion: 128}
                engine: hybrid
                stallLimit: 5ms
                spillLimit: 100
                onExit: detach
                shadow: 1/1000
                flows: {capacity: 4096, timeouts: {tcpClose: 500ms, udpStream: 5m}}
                snat: {addresses: ["fd00:8::1", 10.8.0.1, 10.8.0.2], ports: 2000-3000}
                services:
                  - {name: dns.v6, vip: "fd00:7::100", port: 53, protocol: udp, forwarding: nat, maglevSize: 251,
                     hash: source-and-port, allow: ["fd00::/16"], onDrain: finish, drainLimit: 30m, onRemove: move, slowStart: 30s,
                     backends: [{address: "fd00:8::11", port: 5353, weight: 0},
                                {address: "fd00:8::12", port: 5353, draining: true}]}
                """);

        assertThat(config.instance()).isEqualTo("edge-1_b");
        assertThat(config.refuseDowngrade()).isTrue();
        assertThat(config.interfaces().get(0))
                .isEqualTo(new InterfaceConfig(
                        "eth1",
                        new QueueSelection(QueueSelection.Form.LISTED, 2, List.of(3, 1)),
                        InterfaceMode.ZEROCOPY,
                        ChecksumMode.RECOMPUTE,
                        VlanConfig.STRIP));
        assertThat(config.interfaces().get(1).queues().resolve(8)).containsExactly(0, 1);
        assertThat(config.workers()).isEqualTo(new WorkersConfig(List.of(2, 0), IdleMode.POLL));
        assertThat(config.umem()).isEqualTo(new UmemConfig(8192, 4096, true));
        assertThat(config.rings()).isEqualTo(new RingsConfig(1024, 512, 256, 128));
        assertThat(config.engine())
                .isEqualTo(new EngineConfig(
                        EngineMode.HYBRID, TimeUnit.MILLISECONDS.toNanos(5), 100, ExitMode.DETACH, 1000));
        assertThat(config.flows().capacity()).isEqualTo(4096);
        assertThat(config.flows().timeouts().timeoutNs(FlowState.TCP_CLOSE))
                .isEqualTo(TimeUnit.MILLISECONDS.toNanos(500));
        assertThat(config.flows().timeouts().timeoutNs(FlowState.UDP_STREAM)).isEqualTo(TimeUnit.MINUTES.toNanos(5));
        assertThat(config.snat().ports()).isEqualTo(new PortRange(2000, 3000));
        assertThat(config.services()).hasSize(1);
        assertThat(config.services().get(0).protocol()).isEqualTo(Protocol.UDP);
        assertThat(config.services().get(0).forwarding()).isEqualTo(Forwarding.NAT);
        assertThat(config.services().get(0).maglevSize()).isEqualTo(251);
        assertThat(config.services().get(0).selection())
                .isEqualTo(new SelectionSpec(
                        HashInput.SOURCE_AND_PORT,
                        new SourceSpec(false, List.of(new SourceSpec.Rule(Address.parse("fd00::"), 16, null)))));
        assertThat(config.services().get(0).drain())
                .isEqualTo(new DrainSpec(
                        Fate.FINISH, TimeUnit.MINUTES.toNanos(30), Fate.MOVE, TimeUnit.SECONDS.toNanos(30)));
        assertThat(config.services().get(0).backends().get(0).weight()).isZero();
        assertThat(config.services().get(0).backends().get(1).withheld()).isEqualTo(BackendDescriptor.WITHHELD_ALL);
    }

    @Test
    void shouldPutTheSnatAddressesOfAFamilyTogether() throws ConfigException {
        final InstanceConfig config =
                ConfigTexts.parse(ConfigTexts.with("[10.8.0.1]", "[\"fd00:8::1\", 10.8.0.9, 10.8.0.1]"));

        assertThat(config.snat().addresses())
                .extracting(Object::toString)
                .containsExactly("10.8.0.9", "10.8.0.1", "fd00:8::1");
    }

    @Test
    void shouldHaveDefaultsForWhatIsLeftOut() throws ConfigException {
        final InstanceConfig config = ConfigTexts.parse("""
                instance: a
                interfaces: [{name: eth1}]
                workers: {cpus: [0]}
                snat: {addresses: [10.8.0.1]}
                services:
                  - {name: web, vip: 10.7.0.1, port: 80, protocol: tcp, backends: [{address: 10.8.0.2, port: 80}]}
                """);

        assertThat(config.refuseDowngrade()).isFalse();
        assertThat(config.interfaces())
                .containsExactly(new InterfaceConfig(
                        "eth1", QueueSelection.ALL, InterfaceMode.AUTO, ChecksumMode.INCREMENTAL, VlanConfig.STRIP));
        assertThat(config.workers().idle()).isEqualTo(IdleMode.BACKOFF);
        assertThat(config.rings()).isEqualTo(new RingsConfig(4096, 2048, 2048, 2048));
        assertThat(config.engine())
                .isEqualTo(new EngineConfig(
                        EngineMode.USERSPACE, TimeUnit.MILLISECONDS.toNanos(2), 1536, ExitMode.HANDOVER, 0));
        assertThat(config.umem().framesPerQueue(config.rings())).isEqualTo(4096 + 3 * 2048);
        assertThat(config.flows().capacity()).isEqualTo(1 << 20);
        assertThat(config.flows().synTries()).isEqualTo(3);
        assertThat(config.services().get(0).tracking().picksUp()).isFalse();
        assertThat(config.flows().timeouts().timeoutNs(FlowState.TCP_ESTABLISHED))
                .isEqualTo(FlowTimeouts.defaults().timeoutNs(FlowState.TCP_ESTABLISHED));
        assertThat(config.snat().ports()).isEqualTo(new PortRange(1024, 65535));
        assertThat(config.icmp()).isEqualTo(new IcmpConfig(1000));
        assertThat(config.services().get(0).forwarding()).isEqualTo(Forwarding.FULL_NAT);
        assertThat(config.services().get(0).maglevSize()).isEqualTo(MaglevSize.DEFAULT);
        assertThat(config.services().get(0).selection()).isEqualTo(SelectionSpec.DEFAULT);
        assertThat(config.services().get(0).drain()).isEqualTo(DrainSpec.of(Protocol.TCP));
        assertThat(config.services().get(0).backends().get(0).weight()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"off, 0", "clamp, 65535", "88, 88", "1400, 1400", "65495, 65495"})
    void shouldReadTheLimitOfSegmentSizes(final String text, final int value) throws ConfigException {
        final InstanceConfig config =
                ConfigTexts.parse(ConfigTexts.with("protocol: tcp", "protocol: tcp\n    mss: " + text));

        assertThat(config.services().get(0).mss())
                .isEqualTo(new MssLimit(value))
                .hasToString(text);
    }

    @Test
    void shouldNotNeedSnatAddressesForNat() throws ConfigException {
        final String text =
                ConfigTexts.with("full-nat", "nat").replace("snat: {addresses: [10.8.0.1], ports: 1024-65535}\n", "");

        assertThat(ConfigTexts.parse(text).snat().addresses()).isEmpty();
    }

    @Test
    void shouldReadAFileWithByteOrderMarkAndWindowsLineEnds(@TempDir final Path folder) throws Exception {
        final Path file = folder.resolve("edge1.yaml");
        final String text = ConfigTexts.GOOD.replace(
                "cpus: [1]", "cpus: [" + CpuAffinity.online().nextSetBit(0) + "]");
        Files.writeString(file, "\uFEFF" + text.replace("\n", "\r\n"));

        assertThat(ConfigFile.load(file).instance()).isEqualTo("edge1");
    }

    @Test
    void shouldCollectAllProblemsInTheOrderOfLines() {
        final String text = ConfigTexts.GOOD
                .replace("port: 80\n", "port: 70000\n")
                .replace("mode: auto", "mode: fast")
                .replace("instance: edge1", "instance: ../etc")
                .replace("weight: 1", "wait: 1");

        assertThat(ConfigTexts.problemsOf(text).lines().map(line -> line.split(" ")[0] + line.split(" ")[1]))
                .containsExactly(
                        "edge1.yaml:1:instance:",
                        "edge1.yaml:3:interfaces[0].mode:",
                        "edge1.yaml:10:services[0].port:",
                        "edge1.yaml:14:services[0].backends[0].wait:");
    }

    @Test
    void shouldKeepAHundredProblemsAndCountTheRest() {
        final StringBuilder text = new StringBuilder(ConfigTexts.GOOD);
        for (int i = 0; i < 150; i++) {
            text.append("bogus").append(i).append(": 1\n");
        }

        assertThat(ConfigTexts.problemsOf(text.toString()).lines())
                .hasSize(101)
                .last()
                .isEqualTo("edge1.yaml: and 50 more");
    }

    @Test
    void shouldTakeTheLimitsOfTheFieldItself() throws ConfigException {
        final StringBuilder backends = new StringBuilder();
        for (int i = 0; i < 1000; i++) {
            backends.append("      - {address: 10.9.")
                    .append(i / 250)
                    .append('.')
                    .append(1 + i % 250)
                    .append(", port: 1}\n");
        }

        assertThat(ConfigTexts.parse(ConfigTexts.GOOD + backends).backendCount())
                .isEqualTo(1001);
    }

    @Test
    void shouldReadWhatBecomesOfTags() throws ConfigException {
        final String line = "checksum: incremental";
        assertThat(ConfigTexts.parse(ConfigTexts.with(line, "vlan: keep"))
                        .interfaces()
                        .get(0)
                        .vlan())
                .isEqualTo(VlanConfig.KEEP);
        assertThat(ConfigTexts.parse(ConfigTexts.with(line, "vlan: {map: {10: 20, 4094: 1}}"))
                        .interfaces()
                        .get(0)
                        .vlan()
                        .ids())
                .containsExactlyInAnyOrderEntriesOf(Map.of(10, 20, 4094, 1));
    }

    @Test
    void shouldReadWhatOuterHeadersAreMadeOf() throws ConfigException {
        assertThat(ConfigTexts.parse(ConfigTexts.GOOD).tunnels()).isEqualTo(TunnelSources.DEFAULT);
        final String text = ConfigTexts.with(
                "services:\n",
                "tunnels: {ipv4Source: 10.8.0.1, ipv6Source: fd00::/96, guePort: 7777, genevePort: 7778}\nservices:\n");
        assertThat(ConfigTexts.parse(text).tunnels())
                .isEqualTo(new TunnelSources(Address.parse("10.8.0.1"), 32, Address.parse("fd00::"), 96, 7777, 7778));
    }

    @Test
    void shouldLetTunnelsJoinTwoFamilies() throws ConfigException {
        final String text = ConfigTexts.with("forwarding: full-nat", "forwarding: dsr-ipip")
                .replace("{address: 10.8.0.11, port: 8080", "{address: \"fd00::11\", port: 80");
        assertThat(ConfigTexts.parse(text).services().get(0).forwarding()).isEqualTo(Forwarding.DSR_IPIP);
    }
}

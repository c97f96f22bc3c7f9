package io.fastpath.perflab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.topology.Ipv4Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the generator's program makes of a frame. Needs root. */
final class TrafficProgramTest {
    private static final int LOOPBACK_IFINDEX = 1;
    private static final int HEADERS_LENGTH = 42;

    private SourceTree sources;
    private TrafficProgram traffic;

    @BeforeEach
    void load() {
        sources = SourceTree.unpack();
        traffic = TrafficProgram.load(sources.compileBpf("lab_traffic"));
    }

    @AfterEach
    void unload() {
        traffic.close();
        sources.close();
    }

    @Test
    void shouldWriteEveryHeaderFieldWhateverTheFrameHeld() {
        final long seed = System.nanoTime();
        final byte[] headers = new byte[HEADERS_LENGTH];
        new Random(seed).nextBytes(headers);
        traffic.write(new TrafficPlan(1, 64), LOOPBACK_IFINDEX);

        final Datagram sent = run(headers, 64);

        assertThat(sent.destinationMac()).isEqualTo("02:00:00:00:07:01");
        assertThat(sent.sourceMac()).isEqualTo("02:00:00:00:07:02");
        assertThat(sent.etherType()).isEqualTo(0x0800);
        assertThat(sent.versionAndHeaderLength()).isEqualTo(0x45);
        assertThat(sent.totalLength()).isEqualTo(46);
        assertThat(sent.fragment()).isEqualTo(0x4000);
        assertThat(sent.timeToLive()).isEqualTo(64);
        assertThat(sent.protocol()).isEqualTo(17);
        assertThat(sender(sent)).isEqualTo("10.64.0.0:1024");
        assertThat(Ipv4Address.format(sent.destination())).isEqualTo("10.7.0.100");
        assertThat(sent.destinationPort()).isEqualTo(9000);
        assertThat(sent.udpLength()).isEqualTo(26);
        assertThat(sent.hasValidIpChecksum()).as("IP checksum, seed %d", seed).isTrue();
        assertThat(sent.hasValidUdpChecksum()).as("UDP checksum, seed %d", seed).isTrue();
    }

    @Test
    void shouldTakeFlowsByTurns() {
        traffic.write(new TrafficPlan(3, 64), LOOPBACK_IFINDEX);

        final Stream<String> senders =
                Stream.generate(() -> sender(run(new byte[HEADERS_LENGTH], 64))).limit(4);

        assertThat(senders).containsExactly("10.64.0.0:1024", "10.64.0.1:1024", "10.64.0.2:1024", "10.64.0.0:1024");
        assertThat(traffic.sentCount()).isEqualTo(4);
    }

    @Test
    void shouldSendDistinctFlowsWithValidChecksumsAcrossClientsAndPorts() {
        final int flowCount = 2 * 4096 + 1;
        traffic.write(new TrafficPlan(flowCount, 65), LOOPBACK_IFINDEX);

        final List<String> senders = new ArrayList<>();
        for (int i = 0; i < flowCount; i++) {
            final Datagram sent = run(new byte[HEADERS_LENGTH], 65);
            assertThat(sent.hasValidIpChecksum() && sent.hasValidUdpChecksum())
                    .as("checksums of flow %d", i)
                    .isTrue();
            senders.add(sender(sent));
        }
        assertThat(senders).doesNotHaveDuplicates().endsWith("10.64.0.0:1026");
    }

    @Test
    void shouldDropWhatIsNotDue() {
        traffic.write(new TrafficPlan(1, 64), LOOPBACK_IFINDEX);
        traffic.pace(1);
        final XdpTestRun manyFrames =
                XdpTestRun.of(new byte[new TrafficPlan(1, 64).carriedLength()]).repeat(10_000);

        final XdpTestResult result = traffic.program().testRun(manyFrames);

        // At one per second, no more than the burst that a delayed generator may catch up with.
        assertThat(result.action()).isEqualTo(XdpTestResult.XDP_DROP);
        assertThat(traffic.sentCount()).isBetween(1L, 65L);
    }

    private Datagram run(final byte[] headers, final int frameLength) {
        final byte[] frame = new byte[new TrafficPlan(1, frameLength).carriedLength()];
        System.arraycopy(headers, 0, frame, 0, headers.length);
        final XdpTestResult result = traffic.program().testRun(XdpTestRun.of(frame));
        assertThat(result.action()).isEqualTo(XdpTestResult.XDP_REDIRECT);
        return Datagram.of(result.packet());
    }

    private static String sender(final Datagram sent) {
        return Ipv4Address.format(sent.source()) + ':' + sent.sourcePort();
    }
}

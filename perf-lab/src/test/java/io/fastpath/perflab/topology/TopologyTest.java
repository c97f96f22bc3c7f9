package io.fastpath.perflab.topology;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.Await;
import io.fastpath.perflab.sources.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Needs root. */
final class TopologyTest {
    private static final Path NAMED = Path.of("/run/netns");

    @Test
    void shouldComeUpAndLeaveNothing() {
        final String linksBefore = Shell.runLine("ip -o link show");
        final Topology topology = Topology.build(1, 2);
        try {
            assertThat(Shell.runLine("ip -n " + topology.node() + " -o link show up"))
                    .contains(Topology.FRONT + "@", Topology.BACK + "@");
            assertThat(Shell.runLine("ip netns exec " + topology.node() + " ethtool -k " + Topology.BACK))
                    .contains("tx-checksumming: off");
            assertThat(Shell.runLine("ip -n " + topology.node() + " neighbour show dev " + Topology.BACK))
                    .contains("10.8.0.11 lladdr 02:00:00:00:08:02 PERMANENT")
                    .contains("10.8.0.12 lladdr 02:00:00:00:08:02 PERMANENT");
            assertThat(Shell.runLine("ip -n " + topology.node() + " route get 10.64.15.255"))
                    .contains("via 10.7.0.2 dev " + Topology.FRONT);
        } finally {
            topology.close();
        }
        assertThat(NAMED.resolve(topology.client())).doesNotExist();
        assertThat(NAMED.resolve(topology.node())).doesNotExist();
        assertThat(NAMED.resolve(topology.server())).doesNotExist();
        assertThat(Shell.runLine("ip -o link show")).isEqualTo(linksBefore);
    }

    @Test
    void shouldGiveEachInterfaceItsQueues() {
        try (Topology topology = Topology.build(2, 1)) {
            assertThat(Shell.runLine("ip netns exec " + topology.node() + " ethtool -l " + Topology.FRONT)
                            .replaceAll("\\s+", " "))
                    .contains("Current hardware settings: RX: 2 TX: 2");
        }
    }

    @Test
    void shouldLeaveNothingWhenItCannotBeBuilt() {
        final String before = Shell.runLine("ip netns list");

        assertThatThrownBy(() -> Topology.build(1_000_000, 1)).isInstanceOf(LabException.class);

        assertThat(Shell.runLine("ip netns list")).isEqualTo(before);
    }

    @Test
    void shouldEndWhatRunsInItsNamespaces() throws IOException {
        final Process process;
        try (Topology topology = Topology.build(1, 1)) {
            process = new ProcessBuilder("ip", "netns", "exec", topology.node(), "sleep", "60").start();
            Await.until(
                    "the process in its namespace",
                    () -> Shell.runLine("ip netns pids " + topology.node()).contains(Long.toString(process.pid())));
        }
        Await.until("end of the process", () -> !process.isAlive());
    }

    @Test
    void shouldRemoveWhatAKilledLabLeft() throws IOException, InterruptedException {
        final Process ended = new ProcessBuilder("true").start();
        ended.waitFor();
        final String leftover = "fplab-" + ended.pid() + "-1-node";
        Shell.runLine("ip netns add " + leftover);

        Topology.build(1, 1).close();

        assertThat(Files.exists(NAMED.resolve(leftover))).isFalse();
    }

    @Test
    void shouldFindAnXdpProgramThatWasLeft() {
        try (SourceTree sources = SourceTree.unpack();
                Topology topology = Topology.build(1, 1)) {
            topology.checkNoXdp();
            Shell.runLine("ip -n " + topology.node() + " link set dev " + Topology.FRONT + " xdpgeneric object "
                    + sources.compileBpf("afxdp_redirect") + " section xdp");

            assertThatThrownBy(topology::checkNoXdp)
                    .isInstanceOf(LabException.class)
                    .hasMessageContaining(Topology.FRONT);
        }
    }
}

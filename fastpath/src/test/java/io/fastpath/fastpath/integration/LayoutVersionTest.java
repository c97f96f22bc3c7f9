package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Tables of another layout: nobody works on them, whoever has them keeps them, and the way out is said. */
final class LayoutVersionTest {
    @Test
    void shouldRefuseTablesOfAnotherLayout() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final String yaml = balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat");
            balancer.start(yaml);
            request(balancer);
            final long pid = balancer.process().pid();

            setVersion(balancer, ConfigDescriptor.LAYOUT_VERSION + 1);
            assertRefused(balancer, "upgrade", yaml);
            assertThat(balancer.ask("status").path("pid").asLong()).isEqualTo(pid);

            balancer.process().kill();
            assertRefused(balancer, "run", yaml);
            final Fastpath.Result status =
                    Fastpath.in(balancer.lab().balancer(), "status", "--instance", balancer.name());
            assertThat(status.exitCode()).isEqualTo(1);
            assertThat(status.err()).contains("layout");

            setVersion(balancer, ConfigDescriptor.LAYOUT_VERSION);
            balancer.start(yaml);
            request(balancer);
            assertThat(balancer.ask("status").at("/placement/takeovers").asInt())
                    .isEqualTo(1);
        }
    }

    private static void assertRefused(final TestBalancer balancer, final String command, final String yaml) {
        final Fastpath.Result result = Fastpath.in(
                balancer.lab().balancer(),
                command,
                "--config",
                balancer.write(yaml).toString());
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err())
                .contains("the tables have layout " + (ConfigDescriptor.LAYOUT_VERSION + 1))
                .contains("works with layout " + ConfigDescriptor.LAYOUT_VERSION)
                .contains("fastpath detach");
        request(balancer);
    }

    private static void request(final TestBalancer balancer) {
        assertThat(Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP))
                .startsWith("backend-");
    }

    private static void setVersion(final TestBalancer balancer, final int version) {
        final Path pin = BpfFilesystem.at(InstanceDirectory.standard().bpf(balancer.name()))
                .directory()
                .resolve(MapNames.CONFIG);
        try (BpfMap map = BpfMap.openPinned(pin);
                BpfArrayMapping mapping = map.mapMemory()) {
            new SharedMemory(mapping.address(), mapping.length())
                    .putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, version);
        }
    }
}

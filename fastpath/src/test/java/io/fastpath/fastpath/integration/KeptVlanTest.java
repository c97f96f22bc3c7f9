package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.KernelObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients and backends in one VLAN that the balancer's kernel doesn't know of: TC programs push and pop the tag at both. So the
 * MAC addresses of backends are permanent entries, and the tag must go on with every request.
 */
final class KeptVlanTest {
    private static final int LENGTH = 1 << 20;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"userspace", "kernel"})
    void shouldPassTagsOnToBackends(final String engine) throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final Lab lab = balancer.lab();
            neighbours(lab);
            tag(lab.client());
            tag(lab.backend(1));
            tag(lab.backend(2));
            balancer.start("engine: " + engine + '\n'
                    + balancer.head("1")
                            .replace("{name: front}", "{name: front, vlan: keep}")
                            .replace("{name: back}", "{name: back, vlan: keep}")
                    + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat"));
            final Path body = folder.resolve("body");
            final String url = "http://" + Lab.VIP + "/";
            Lab.in(lab.client(), "curl", "-sS", "--max-time", "20", "-o", body.toString(), url + "bytes/" + LENGTH);
            assertThat(Files.readAllBytes(body)).isEqualTo(EchoBackend.pattern(LENGTH));
            final HttpLoad http = new HttpLoad(lab.client(), url, 8);
            ForwardingTest.drive(http);
            assertThat(http.perBackend()).containsOnlyKeys("backend-1", "backend-2");
            balancer.assertNothingLost();
            assertThat(Lab.in(lab.balancer(), "ip", "neigh", "show", Lab.backendAddress(1)))
                    .contains("PERMANENT");
        }
    }

    private static void neighbours(final Lab lab) {
        final String back = mac(lab.balancer(), "back");
        for (int i = 1; i <= 2; i++) {
            permanent(lab.balancer(), Lab.backendAddress(i), mac(lab.backend(i), "eth0"), "back");
            permanent(lab.backend(i), "10.8.0.1", back, "eth0");
        }
    }

    private static String mac(final String namespace, final String device) {
        return Lab.in(namespace, "cat", "/sys/class/net/" + device + "/address").trim();
    }

    private static void permanent(final String namespace, final String address, final String mac, final String device) {
        Lab.in(namespace, "ip", "neigh", "replace", address, "lladdr", mac, "dev", device, "nud", "permanent");
    }

    private void tag(final String namespace) throws IOException {
        final Path push = Files.write(folder.resolve("push.o"), KernelObjects.vlanPush());
        final Path pop = Files.write(folder.resolve("pop.o"), KernelObjects.vlanPop());
        Lab.in(namespace, "tc", "qdisc", "add", "dev", "eth0", "clsact");
        TaggedClientTest.filter(namespace, "egress", push);
        TaggedClientTest.filter(namespace, "ingress", pop);
    }
}

package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process that takes over from a running one while requests run; or that can't, and nobody notices. */
final class UpgradeTest {
    private static final int CLIENTS = 8;
    private static final int SOME = 200;

    @TempDir
    private Path folder;

    /** The configuration says {@code onExit: detach}: that is for the end, not for the change of processes. */
    @Test
    void shouldTakeOverUnderLoad() {
        try (TestBalancer balancer = TestBalancer.lab(1);
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", CLIENTS)) {
            final String yaml = config(balancer);
            balancer.start(yaml);
            final long firstPid = balancer.process().pid();
            http.start();
            TakeoverTest.more(http, SOME);

            try (BalancerProcess second = upgrade(balancer, yaml)) {
                TakeoverTest.more(http, SOME);

                assertThat(ProcessHandle.of(firstPid)).isEmpty();
                final JsonNode status = balancer.ask("status");
                assertThat(status.path("pid").asLong()).isEqualTo(second.pid());
                assertThat(status.at("/placement/takeovers").asInt()).isEqualTo(1);
                assertThat(http.failures())
                        .as(() -> "first: " + http.firstFailure() + "; " + second.logEnd())
                        .isZero();
                http.finish();
                assertThat(second.stop()).as(second.logEnd()).isZero();
                LifecycleTest.assertNoTrace(balancer);
            }
        }
    }

    @Test
    void shouldLeaveTheRunningProcessAloneIfItCanNotGoOn() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final String yaml = config(balancer);
            balancer.start(yaml);
            final long pid = balancer.process().pid();

            assertRefused(balancer, yaml.replace("port: 80\n", "port: 80000\n"), "port");
            assertRefused(balancer, yaml.replace("{name: back}", "{name: bakc}"), "bakc");
            assertRefused(balancer, yaml.replace(Lab.backendAddress(2), "10.99.0.1"), "no route");
            assertRefused(balancer, yaml.replace("addresses: [10.8.0.1", "addresses: [10.8.0.3"), "snat.addresses");

            assertThat(balancer.ask("status").path("pid").asLong()).isEqualTo(pid);
            assertThat(balancer.ask("status").at("/placement/takeovers").asInt(-1))
                    .isZero();
        }
    }

    @Test
    void shouldStartWhereNoProcessIs() {
        try (TestBalancer balancer = TestBalancer.lab(1);
                BalancerProcess only = upgrade(balancer, config(balancer))) {
            assertThat(only.logEnd()).contains("no process to take");
            assertThat(only.stop()).isZero();
            LifecycleTest.assertNoTrace(balancer);
        }
    }

    private static String config(final TestBalancer balancer) {
        return balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat");
    }

    private BalancerProcess upgrade(final TestBalancer balancer, final String yaml) {
        return BalancerProcess.upgrade(
                Fastpath.command(), balancer.lab().balancer(), balancer.write(yaml), folder.resolve("second.log"));
    }

    private static void assertRefused(final TestBalancer balancer, final String yaml, final String part) {
        final Fastpath.Result result = Fastpath.in(
                balancer.lab().balancer(),
                "upgrade",
                "--config",
                balancer.write(yaml).toString());
        assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
        assertThat(result.err()).contains(part);
        assertThat(Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "10", "http://" + Lab.VIP))
                .startsWith("backend-");
    }
}

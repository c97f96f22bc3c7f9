package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Routes, neighbours and MAC addresses that change while traffic flows. */
final class NetworkChangeTest {
    @Test
    void shouldFollowRoutesNeighboursAndMacAddresses() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start(balancer.head("1") + TestBalancer.services("full-nat"));
            try (HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", 4)) {
                http.start();
                awaitProgress(http);

                final String lb = balancer.lab().balancer();
                Shell.run("ip", "-n", lb, "route", "add", "10.99.0.0/16", "via", Lab.backendAddress(1));
                awaitProgress(http);
                Shell.run("ip", "-n", lb, "neigh", "flush", "all");
                awaitProgress(http);
                Shell.run("ip", "-n", lb, "route", "add", Lab.backendAddress(1) + "/32", "via", Lab.backendAddress(2));
                Shell.run("ip", "-n", lb, "route", "del", Lab.backendAddress(1) + "/32");
                awaitProgress(http);
                changeMac(balancer.lab().backend(2));
                awaitProgress(http);

                http.finish();
                assertThat(http.failures())
                        .as("failures, the first: %s", http.firstFailure())
                        .isZero();
                assertThat(http.perBackend()).containsOnlyKeys("backend-1", "backend-2");
            }
        }
    }

    /** More changes, one by one, than the next-hop table's probe window has records for one hop. */
    @Test
    void shouldForwardWhileARoutingDaemonIsAtWork() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start(balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"));
            final String lb = balancer.lab().balancer();
            for (int i = 1; i <= 60; i++) {
                Shell.run("ip", "-n", lb, "route", "add", "192.168." + i + ".0/24", "via", Lab.backendAddress(1));
            }
            for (int i = 0; i < 5; i++) {
                assertThat(Lab.in(balancer.lab().client(), "curl", "-sS", "--max-time", "5", "http://" + Lab.VIP + "/"))
                        .startsWith("backend-");
            }
        }
    }

    /** However many changes came before, one that matters is taken in within a second. */
    @Test
    void shouldTakeInAFailoverAtOnceThoughRoutesChangeAllTheTime() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start(balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"));
            final String lb = balancer.lab().balancer();
            for (int i = 1; i <= 60; i++) {
                Shell.run("ip", "-n", lb, "route", "add", "192.168." + i + ".0/24", "via", Lab.backendAddress(2));
            }
            Shell.run("ip", "-n", lb, "route", "add", "unreachable", Lab.backendAddress(1) + "/32");
            awaitHop(balancer, "unresolved");
            Shell.run("ip", "-n", lb, "route", "del", "unreachable", Lab.backendAddress(1) + "/32");
            awaitHop(balancer, "valid");
        }
    }

    private static void awaitHop(final TestBalancer balancer, final String state) {
        final long startNs = System.nanoTime();
        TestBalancer.await("the first backend's hop to be " + state, () -> {
            for (final JsonNode backend : balancer.ask("backends")) {
                if (backend.path("address").asText().equals(Lab.backendAddress(1))) {
                    return backend.path("nextHop").asText().equals(state);
                }
            }
            return false;
        });
        assertThat(System.nanoTime() - startNs).as(state).isLessThan(TimeUnit.SECONDS.toNanos(1));
    }

    private static void awaitProgress(final HttpLoad http) {
        final long before = http.requests();
        TestBalancer.await("300 requests more", () -> http.requests() > before + 300);
    }

    /** As after a failover: the new owner of the address announces itself. */
    private static void changeMac(final String backend) {
        Shell.run("ip", "-n", backend, "link", "set", "eth0", "address", "02:00:00:00:00:99");
        Lab.in(backend, "ping", "-c", "1", "-W", "5", "10.8.0.1");
    }
}

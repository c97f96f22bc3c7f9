package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A bounded SYN flood beside clients that mean it: both are counted, what reaches the backends is looked at there, and the
 * neighbours are forgotten in the midst of it, so that ARP, the balancer's own questions and its workers have to do.
 */
class SynFloodTest {
    private static final int ABOVE = 500;
    private static final int FLOOD_PER_SECOND = 20_000;
    private static final int FLOOD_SECONDS = 3;
    private static final int CLIENTS = 2;

    @ParameterizedTest
    @CsvSource({"userspace", "hybrid", "kernel"})
    void shouldServeBesideAFlood(final String engine) {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start("engine: " + engine + '\n' + balancer.head("1")
                    + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat")
                            .replace(
                                    "    forwarding:",
                                    "    synCookies: auto\n    synCookiesAbove: " + ABOVE + "\n    forwarding:"));
            final HttpLoad clients = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + ":80/", CLIENTS);
            final long passiveBefore = passiveOpens(balancer.lab());
            try (SynFlood flood = SynFlood.start(balancer.lab(), 80, FLOOD_PER_SECOND)) {
                clients.start();
                for (int second = 0; second < FLOOD_SECONDS; second++) {
                    LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                    forgetNeighbours(balancer.lab());
                }
                clients.finish();
                flood.finish();
                final long answered = balancer.counter(Counter.ANSWERED_SYN);
                final long opened = balancer.counter(Counter.FLOW_OPENED);
                final long accepted = balancer.counter(Counter.COOKIE_ACCEPTED);
                System.out.printf(
                        "syn flood, %s: %,d SYNs in %d s, %,d answered with cookies; beside it %,d requests, %,d failed;"
                                + " %,d connections, %,d by cookies; dropped: %s%n",
                        engine,
                        flood.sent(),
                        FLOOD_SECONDS,
                        answered,
                        clients.requests(),
                        clients.failures(),
                        opened,
                        accepted,
                        drops(balancer));
                assertThat(clients.failures()).as("requests that failed").isZero();
                assertThat(clients.requests()).as("requests").isGreaterThan(CLIENTS * 10L);
                assertThat(answered).as("SYNs answered with cookies").isGreaterThan(flood.sent() / 4);
                assertThat(accepted).as("connections by cookies").isLessThanOrEqualTo(clients.requests());
                assertThat(opened - accepted)
                        .as("SYNs let in: so many in each second, and a bucket full at first")
                        .isLessThanOrEqualTo((FLOOD_SECONDS + 3L) * ABOVE);
                assertThat(passiveOpens(balancer.lab()) - passiveBefore)
                        .as("connections that the backends accepted")
                        .isLessThanOrEqualTo(clients.requests());
            }
            assertThatWorkersAreWell(balancer);
        }
    }

    /** Whatever a backend sees of a SYN it answers, and it would answer it again after a second. */
    @Test
    void shouldShowBackendsNoSynThatNobodyMeans() {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start("engine: kernel\n" + balancer.head("1")
                    + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat")
                            .replace("    forwarding:", "    synCookies: always\n    forwarding:"));
            final long before = segmentsIn(balancer.lab());
            try (SynFlood flood = SynFlood.start(balancer.lab(), 80, FLOOD_PER_SECOND)) {
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
                flood.finish();
                TestBalancer.await("the SYNs", () -> balancer.counter(Counter.ANSWERED_SYN) > 0);
            }
            assertThat(segmentsIn(balancer.lab()))
                    .as("TCP segments that reached the backends")
                    .isEqualTo(before);
            assertThat(balancer.counter(Counter.FLOW_OPENED)).isZero();
        }
    }

    private static void forgetNeighbours(final Lab lab) {
        Lab.in(lab.client(), "ip", "neigh", "flush", "all");
        Lab.in(lab.balancer(), "ip", "neigh", "flush", "all");
    }

    private static void assertThatWorkersAreWell(final TestBalancer balancer) {
        for (final JsonNode backend : balancer.ask("backends")) {
            assertThat(backend.path("nextHop").asText()).isEqualTo("valid");
        }
        assertThat(balancer.counter(Counter.DROP_INTERNAL)).isZero();
    }

    private static long passiveOpens(final Lab lab) {
        return sum(lab, "PassiveOpens");
    }

    private static long segmentsIn(final Lab lab) {
        return sum(lab, "InSegs");
    }

    /** A figure of TCP's, of both backends (RFC 4022). */
    private static long sum(final Lab lab, final String name) {
        long sum = 0;
        for (int i = 1; i <= 2; i++) {
            final String[] lines =
                    Lab.in(lab.backend(i), "grep", "^Tcp:", "/proc/net/snmp").split("\n");
            final String[] names = lines[0].split(" ");
            final String[] values = lines[1].split(" ");
            for (int column = 1; column < names.length; column++) {
                sum += names[column].equals(name) ? Long.parseLong(values[column]) : 0;
            }
        }
        return sum;
    }

    private static String drops(final TestBalancer balancer) {
        final StringBuilder text = new StringBuilder();
        final JsonNode counters = balancer.ask("counters").path("counters");
        for (final Counter counter : Counter.values()) {
            final long count = counters.path(counter.label()).asLong();
            if (counter.isDrop() && count > 0) {
                text.append(counter.label()).append(' ').append(count).append("; ");
            }
        }
        return text.toString();
    }
}

package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import org.junit.jupiter.api.Test;

/** Interfaces that change or go under a running balancer: status tells them as they are. */
final class InterfaceChangeTest {
    @Test
    void shouldTellMtuAndStateAsTheyAreNow() {
        try (TestBalancer balancer = started()) {
            assertThat(served(balancer, "front").path("state").asText()).isEqualTo("up");
            assertThat(served(balancer, "front").path("warning").asText()).isEmpty();

            setLink(balancer, "front", "mtu", "3000");
            TestBalancer.await(
                    "the MTU", () -> served(balancer, "front").path("mtu").asInt() == 3000);
            assertThat(served(balancer, "front").path("warning").asText()).contains("MTU of 3000");
            setLink(balancer, "front", "mtu", "1500");
            TestBalancer.await(
                    "the MTU", () -> served(balancer, "front").path("mtu").asInt() == 1500);
            assertThat(served(balancer, "front").path("warning").asText()).isEmpty();
            assertThat(balancer.process().logEnd().lines().filter(line -> line.contains("has an MTU of 3000")))
                    .hasSize(1);

            setLink(balancer, "back", "down");
            TestBalancer.await(
                    "the state",
                    () -> served(balancer, "back").path("state").asText().equals("down"));
            assertThat(served(balancer, "front").path("state").asText()).isEqualTo("up");
            assertThat(Fastpath.in(balancer.lab().balancer(), "status", "--instance", balancer.name())
                            .out())
                    .containsPattern("back +down")
                    .contains("back is down: `ip link set back up`");
        }
    }

    @Test
    void shouldTellThatAnInterfaceIsGoneAndEndCleanly() {
        try (TestBalancer balancer = started()) {
            Shell.run("ip", "-n", balancer.lab().balancer(), "link", "delete", "front");

            TestBalancer.await("the lost queue", () -> unboundQueueCount(balancer) == 1);

            assertThat(served(balancer, "front").path("state").asText()).isEqualTo("gone");
            assertThat(served(balancer, "front").path("mtu").asInt()).isZero();
            assertThat(served(balancer, "back").path("state").asText()).isEqualTo("up");
            assertThat(balancer.process().stop())
                    .as(balancer.process().logEnd())
                    .isZero();
            LifecycleTest.assertNoTrace(balancer);
        }
    }

    /** A veth can't zero-copy: the first one is refused, and the other does as it does. */
    @Test
    void shouldTellWhyOfEachInterfaceAlone() {
        try (TestBalancer balancer = started()) {
            assertThat(served(balancer, "front").path("downgrade").asText()).contains("front queue 0");
            assertThat(served(balancer, "back").path("downgrade").asText())
                    .contains("as front is")
                    .doesNotContain("queue");
            assertThat(balancer.process().logEnd().lines().filter(line -> line.contains("downgrade:")))
                    .hasSize(1);
        }
    }

    private static TestBalancer started() {
        final TestBalancer balancer = TestBalancer.lab(1);
        boolean started = false;
        try {
            balancer.start(balancer.head("1") + TestBalancer.service("web", Lab.VIP, 80, "tcp", "full-nat"));
            started = true;
            return balancer;
        } finally {
            if (!started) {
                balancer.close();
            }
        }
    }

    private static void setLink(final TestBalancer balancer, final String name, final String... words) {
        final String[] all = new String[words.length + 6];
        System.arraycopy(new String[] {"ip", "-n", balancer.lab().balancer(), "link", "set", name}, 0, all, 0, 6);
        System.arraycopy(words, 0, all, 6, words.length);
        Shell.run(all);
    }

    private static JsonNode served(final TestBalancer balancer, final String name) {
        for (final JsonNode served : balancer.ask("status").path("interfaces")) {
            if (served.path("name").asText().equals(name)) {
                return served;
            }
        }
        throw new AssertionError("no interface " + name);
    }

    private static long unboundQueueCount(final TestBalancer balancer) {
        return balancer.ask("status").at("/workers/0/unboundQueueCount").asLong();
    }
}

package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import org.junit.jupiter.api.Test;

/** A process that dies, and one that comes after it: the kernel engine forwards in between, and no request notices. */
final class TakeoverTest {
    private static final int CLIENTS = 8;
    private static final int SOME = 200;

    @Test
    void shouldServeOnAfterTheProcessWasKilledAndWhileTheNextOneAdopts() {
        try (TestBalancer balancer = TestBalancer.lab(1);
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", CLIENTS)) {
            final String yaml = balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat");
            balancer.start(yaml);
            http.start();
            more(http, SOME);

            balancer.process().kill();
            more(http, SOME);

            balancer.start(yaml);
            more(http, SOME);
            assertThat(http.failures())
                    .as(() -> "first: " + http.firstFailure())
                    .isZero();
        }
    }

    /** Waits for so many more requests, or for one that failed. */
    static void more(final HttpLoad http, final int count) {
        final long target = http.requests() + count;
        TestBalancer.await(target + " requests", () -> http.requests() >= target || http.failures() > 0);
    }
}

package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Load;
import io.fastpath.fastpath.lab.UdpLoad;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real traffic of which each packet that a worker forwards is given to the kernel engine, too. */
class ShadowTest {
    private static final long LOAD_MS = 1_000;
    private static final long COMPARED_MIN = 2_000;

    @ParameterizedTest
    @ValueSource(strings = {"full-nat", "nat"})
    void shouldFindTheEnginesOfOneMindOnRealTraffic(final String mode) {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            balancer.start("shadow: 1/1\n" + balancer.head("1") + TestBalancer.services(mode));
            drive(new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", 16));
            drive(new HttpLoad(balancer.lab().client(), "http://[" + Lab.VIP6 + "]/", 16));
            drive(new UdpLoad(balancer.lab().client(), Lab.VIP, 7, 4));
            drive(new UdpLoad(balancer.lab().client(), Lab.VIP6, 7, 4));
            TestBalancer.await(
                    COMPARED_MIN + " comparisons", () -> balancer.counter(Counter.SHADOW_COMPARED) >= COMPARED_MIN);
            System.out.println(mode + ": " + balancer.counter(Counter.SHADOW_COMPARED) + " packets compared of "
                    + (balancer.counter(Counter.FORWARDED_REQUEST) + balancer.counter(Counter.FORWARDED_REPLY)));
            assertThat(balancer.counter(Counter.SHADOW_MISMATCH))
                    .as(balancer.process().logEnd())
                    .isZero();
            assertThat(balancer.runDirectory().resolve("shadow")).doesNotExist();
            balancer.assertNothingLost();
            assertThat(balancer.process().stop()).isZero();
            assertThat(balancer.runDirectory()).doesNotExist();
        }
    }

    private static void drive(final Load load) {
        try (load) {
            load.start();
            final long endNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(LOAD_MS);
            TestBalancer.await("load", () -> System.nanoTime() - endNs >= 0);
            load.finish();
            assertThat(load.failures()).as(load.firstFailure()).isZero();
        }
    }
}

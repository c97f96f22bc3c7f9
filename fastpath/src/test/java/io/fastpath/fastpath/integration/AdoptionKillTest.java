package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.ChildProcess;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes that are killed while they adopt, each at another moment: whatever they were at, the next one can go on. */
final class AdoptionKillTest {
    private static final int KILLS = 20;
    private static final int CLIENTS = 4;
    private static final int SOME = 100;

    @TempDir
    private Path folder;

    @Test
    void shouldAdoptAfterAdoptionsThatWereKilled() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        try (TestBalancer balancer = TestBalancer.lab(1);
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", CLIENTS)) {
            final String yaml = balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat");
            balancer.start(yaml);
            http.start();
            TakeoverTest.more(http, SOME);
            balancer.process().kill();
            final long startNs = System.nanoTime();
            balancer.start(yaml);
            final long adoptionNs = System.nanoTime() - startNs;
            balancer.process().kill();

            for (int i = 0; i < KILLS; i++) {
                killAt((long) (random.nextDouble() * adoptionNs), balancer, yaml);
            }
            balancer.start(yaml);
            TakeoverTest.more(http, SOME);

            assertThat(http.failures())
                    .as(() -> "seed " + seed + ", first: " + http.firstFailure())
                    .isZero();
        }
    }

    private void killAt(final long delayNs, final TestBalancer balancer, final String yaml) {
        final List<String> words =
                new ArrayList<>(List.of("ip", "netns", "exec", balancer.lab().balancer()));
        words.addAll(Fastpath.command());
        words.addAll(List.of("run", "--config", balancer.write(yaml).toString()));
        final long startNs = System.nanoTime();
        final ChildProcess process = ChildProcess.start("one to be killed", words, folder.resolve("killed.log"));
        for (long leftNs = delayNs; leftNs > 0; leftNs = delayNs - (System.nanoTime() - startNs)) {
            LockSupport.parkNanos(leftNs);
        }
        process.kill();
    }
}

package io.fastpath.fastpath.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A warm-up is worth what it reaches: each kind of packet has to come to its end, not to some early drop. */
final class WarmUpTest {
    private static final int CYCLES = 400;

    private static final List<Counter> EXPECTED_DROPS =
            List.of(Counter.DROP_NO_SERVICE, Counter.DROP_IP_CHECKSUM, Counter.DROP_NOT_IP, Counter.DROP_TRUNCATED);

    @Test
    void shouldReachEveryKindOfWork() {
        for (int kind = 0; kind < 3; kind++) {
            final WarmUpStage stage = new WarmUpStage(kind);
            for (int i = 0; i < CYCLES; i++) {
                stage.cycle();
            }

            final long received = stage.count(Counter.RX_PACKETS);
            assertThat(received).isGreaterThan(40L * CYCLES);
            assertThat(stage.count(Counter.FORWARDED_REQUEST))
                    .as(() -> "requests of " + told(stage))
                    .isGreaterThan(received / 3);
            assertThat(stage.count(Counter.FORWARDED_REPLY))
                    .as(() -> "replies of " + told(stage))
                    .isGreaterThan(received / 3);
            for (final Counter reached : List.of(
                    Counter.FLOW_OPENED, Counter.ANSWERED_ARP, Counter.ANSWERED_ECHO, Counter.DROP_NO_SERVICE)) {
                assertThat(stage.count(reached))
                        .as(() -> reached + " of " + told(stage))
                        .isGreaterThan(CYCLES / 4);
            }
            final long unexpected = Arrays.stream(Counter.values())
                    .filter(counter -> counter.isDrop() && !EXPECTED_DROPS.contains(counter))
                    .mapToLong(stage::count)
                    .sum();
            assertThat(unexpected).as(() -> "drops of " + told(stage)).isLessThan(received / 10);
        }
    }

    @Test
    void shouldWarmUpOnceAndNotForLong() {
        final WarmUp warmUp = new WarmUp();
        final long startNs = System.nanoTime();
        warmUp.run();
        final long warmNs = System.nanoTime();
        warmUp.run();

        assertThat(System.nanoTime() - warmNs).isLessThan(TimeUnit.MILLISECONDS.toNanos(50));
        assertThat(warmNs - startNs).isLessThan(TimeUnit.SECONDS.toNanos(10));
    }

    private static String told(final WarmUpStage stage) {
        final StringBuilder text = new StringBuilder();
        for (final Counter counter : Counter.values()) {
            if (stage.count(counter) > 0) {
                text.append(counter.label())
                        .append('=')
                        .append(stage.count(counter))
                        .append(' ');
            }
        }
        return text.toString();
    }
}

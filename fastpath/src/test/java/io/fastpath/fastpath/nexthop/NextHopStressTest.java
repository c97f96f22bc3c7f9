package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_A;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_B;
import static io.fastpath.fastpath.nexthop.NextHopFixture.SOURCE_MAC;
import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.fastpath.nexthop.NextHopFixture.numbered;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two threads at one next hop, as fast as they can, and what must never be seen. */
class NextHopStressTest {
    private static final int ROUNDS = 1_000_000;
    private static final int CLAIM_ROUNDS = 30_000;
    /** The other thread hears of a round late; it is given from no lead at all to enough. */
    private static final int LEAD_LIMIT = 64;

    private static final long TIMEOUT_SECONDS = 120;
    private static final int IFINDEX = 3;
    private static final NextHopKey KEY = key(IFINDEX, "192.0.2.1");

    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @AfterEach
    void stop() {
        isOver.set(true);
        other.shutdownNow();
    }

    /** Forbidden: a packet sent to half of one MAC and half of another. */
    @Test
    void shouldNeverShowHalfAMac() throws InterruptedException, ExecutionException, TimeoutException {
        final NextHopFixture fixture = new NextHopFixture(8);
        final int index = fixture.claim(KEY);
        final Future<Integer> worker = other.submit(() -> {
            int seen = 0;
            while (!isOver.get()) {
                if (NextHopTable.isUsable(fixture.table.state(index))) {
                    final long word = fixture.table.macWord(index);
                    assertThat(MacWord.of(word)).isIn(MAC_A, MAC_B);
                    assertThat(word >>> MacWord.BITS).isEqualTo(SOURCE_MAC & 0xffff);
                    seen++;
                }
            }
            return seen;
        });
        for (int round = 0; round < ROUNDS && !worker.isDone(); round++) {
            assertThat(prove(fixture, (round & 1) == 0 ? MAC_A : MAC_B)).isTrue();
        }
        isOver.set(true);
        assertThat(worker.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isPositive();
    }

    /** Forbidden: a MAC of a frame in a hop that the kernel is said to know. */
    @Test
    void shouldNeverProveWhatAFrameSaid() throws InterruptedException, ExecutionException, TimeoutException {
        final NextHopFixture fixture = new NextHopFixture(8);
        final int index = fixture.claim(KEY);
        final Future<Integer> worker = other.submit(() -> {
            int learned = 0;
            while (!isOver.get()) {
                learned += fixture.table.learn(index, MAC_B + (learned << 8 & 0xff00)) ? 1 : 0;
            }
            return learned;
        });
        for (int round = 0; round < ROUNDS && !worker.isDone(); round++) {
            fixture.maintenance.neighbourLost(KEY);
            if (prove(fixture, MAC_A)) {
                assertThat(fixture.state(index)).isEqualTo(STATE_VALID);
                assertThat(MacWord.of(fixture.table.macWord(index))).isEqualTo(MAC_A);
            }
        }
        isOver.set(true);
        assertThat(worker.get(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isPositive();
    }

    /** Forbidden: two keys in one record, or a record with the parts of two. */
    @Test
    void shouldNeverGiveOneRecordToTwo() throws InterruptedException, ExecutionException, TimeoutException {
        final NextHopKey otherKey = keyOfTheSameHome();
        final NextHopFixture[] fixtures = new NextHopFixture[1];
        final int[] otherIndex = new int[1];
        final AtomicInteger begun = new AtomicInteger();
        final AtomicInteger ended = new AtomicInteger();
        final Future<Void> rival = other.submit(following(begun, ended, () -> {
            otherIndex[0] = fixtures[0].claim(otherKey);
            return null;
        }));
        for (int round = 1; round <= CLAIM_ROUNDS; round++) {
            final NextHopFixture fixture = new NextHopFixture(3);
            fixtures[0] = fixture;
            begun.set(round);
            for (int lead = round % LEAD_LIMIT; lead > 0; lead--) {
                Thread.onSpinWait();
            }
            final int index = fixture.claim(KEY);
            while (ended.get() < round && !rival.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(index).isPositive().isNotEqualTo(otherIndex[0]);
            assertThat(otherIndex[0]).isPositive();
            assertThat(fixture.table.find(KEY)).isEqualTo(index);
            assertThat(fixture.table.find(otherKey)).isEqualTo(otherIndex[0]);
        }
        isOver.set(true);
        rival.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    }

    /** A key whose search begins at the same record as the first one's. */
    private static NextHopKey keyOfTheSameHome() {
        for (int number = 1; ; number++) {
            if (new NextHopFixture(3).claim(numbered(number)) == new NextHopFixture(3).claim(KEY)) {
                return numbered(number);
            }
        }
    }

    /** Does something each time the first counter has moved on, and says so with the second. */
    private Callable<Void> following(final AtomicInteger begun, final AtomicInteger ended, final Callable<Void> step) {
        return () -> {
            while (!isOver.get()) {
                final int round = begun.get();
                if (round > ended.get()) {
                    step.call();
                    ended.set(round);
                } else {
                    Thread.onSpinWait();
                }
            }
            return null;
        };
    }

    private static boolean prove(final NextHopFixture fixture, final long macMemory) {
        return fixture.maintenance.neighbourFound(KEY, MacWord.toNumber(macMemory), 1);
    }
}

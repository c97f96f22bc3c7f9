package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.SOURCE_MAC;
import static io.fastpath.fastpath.nexthop.NextHopFixture.numbered;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Workers claim, learn and send while the control thread changes MACs and routes. Forbidden: a packet sent with half of
 * one MAC and half of another; a record that has another key than its index was asked for; a MAC of a frame under a
 * state that says the kernel knows it.
 */
class NextHopStressTest {
    private static final int KEY_COUNT = 24;
    private static final int WORKER_ROUNDS = 300_000;
    private static final int WORKERS = 2;
    private static final long TIMEOUT_SECONDS = 120;

    /** Learned MACs have this in their second byte, the kernel's another; all others of a MAC are equal. */
    private static final int LEARNED = 0xf0;

    private final long seed = System.nanoTime();
    private final NextHopFixture fixture = new NextHopFixture(4096);
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final ExecutorService threads = Executors.newFixedThreadPool(WORKERS + 1);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldNeverShowHalfAChange() throws InterruptedException, ExecutionException, TimeoutException {
        final Future<?> control = threads.submit(this::control);
        final List<Future<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < WORKERS; i++) {
            final Random random = new Random(seed + i);
            workers.add(threads.submit(() -> work(random)));
        }
        int sent = 0;
        for (final Future<Integer> worker : workers) {
            sent += worker.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        }
        isOver.set(true);
        control.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(sent).as("seed %d: packets that found a usable hop", seed).isGreaterThan(WORKER_ROUNDS / 10);
    }

    private int work(final Random random) {
        final NextHopTable table = fixture.table;
        final NextHopKey[] keys = new NextHopKey[KEY_COUNT];
        final int[] stored = new int[KEY_COUNT];
        int sent = 0;
        for (int i = 0; i < KEY_COUNT; i++) {
            keys[i] = numbered(i);
        }
        for (int round = 0; round < WORKER_ROUNDS; round++) {
            final int i = random.nextInt(KEY_COUNT);
            if (!NextHopTable.isCurrent(table.state(stored[i]))) {
                stored[i] = table.findOrClaim(keys[i], SOURCE_MAC, NextHopFixture.MTU);
            }
            if (stored[i] == NextHopTable.NOT_RESOLVED) {
                continue; // the table is full of stale ones, for the test frees none
            }
            if (random.nextInt(8) == 0) {
                table.learn(stored[i], mac(random.nextInt(128) << 1, LEARNED));
            }
            sent += send(table, stored[i], keys[i]) ? 1 : 0;
        }
        return sent;
    }

    private boolean send(final NextHopTable table, final int index, final NextHopKey key) {
        assertThat(table.ifindex(index)).as("seed %d", seed).isEqualTo(key.ifindex());
        assertThat(table.gateway0(index)).as("seed %d", seed).isEqualTo(key.gateway0());
        assertThat(table.gateway1(index)).as("seed %d", seed).isEqualTo(key.gateway1());
        if (!NextHopTable.isUsable(table.state(index))) {
            return false;
        }
        final long word = table.macWord(index);
        final long mac = MacWord.of(word);
        assertThat(mac).as("seed %d", seed).isEqualTo(mac((int) mac & 0xff, (int) (mac >>> 8) & 0xff));
        assertThat(word >>> MacWord.BITS).as("seed %d", seed).isEqualTo(SOURCE_MAC & 0xffff);
        return true;
    }

    private void control() {
        final Random random = new Random(~seed);
        final NextHopMaintenance maintenance = fixture.maintenance;
        int routeChanges = 0;
        while (!isOver.get()) {
            final NextHopKey key = numbered(random.nextInt(KEY_COUNT));
            final int choice = random.nextInt(1000);
            if (choice == 0 && routeChanges++ < 40) {
                maintenance.routesChanged();
            } else if (choice < 100) {
                maintenance.neighbourLost(key);
            } else {
                prove(key, random.nextInt(128) << 1);
            }
        }
    }

    /** Nobody else makes hops VALID, so one that is must have the kernel's MAC until this thread changes it. */
    private void prove(final NextHopKey key, final int octet) {
        final long macMemory = mac(octet, octet & ~LEARNED);
        final boolean done = fixture.maintenance.neighbourFound(key, MacWord.toNumber(macMemory), 1);
        final int index = fixture.table.find(key);
        if (done && index != NextHopTable.NOT_RESOLVED && isValid(index)) {
            assertThat(MacWord.of(fixture.table.macWord(index)))
                    .as("seed %d: MAC of a VALID hop", seed)
                    .isEqualTo(macMemory);
        }
    }

    private boolean isValid(final int index) {
        return fixture.table.state(index) == io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
    }

    private static long mac(final int octet, final int second) {
        return octet * 0x0101_0101_0001L | (long) second << 8;
    }
}

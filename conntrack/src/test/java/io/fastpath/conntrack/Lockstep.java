package io.fastpath.conntrack;

import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;

/**
 * Runs several writers as if on one processor: at any moment one runs, and a seed decides before which of its accesses
 * to shared memory another goes on. The same seed gives the same run.
 */
final class Lockstep implements AutoCloseable {
    private final int writerCount;
    private final ExecutorService executor;
    private final Semaphore[] turns;
    private final Semaphore done = new Semaphore(0);
    private final boolean[] isFinished;

    private SplittableRandom random;
    private int meanQuantum;
    private int accessesLeft;
    private int running;

    Lockstep(final int writerCount) {
        this.writerCount = writerCount;
        executor = Executors.newFixedThreadPool(writerCount);
        turns = new Semaphore[writerCount];
        isFinished = new boolean[writerCount];
        for (int i = 0; i < writerCount; i++) {
            turns[i] = new Semaphore(0);
        }
    }

    /** Runs all writers to their ends. */
    void run(final long seed, final Runnable[] writers) {
        random = new SplittableRandom(seed);
        meanQuantum = 1 << random.nextInt(1, 7);
        final Future<?>[] futures = new Future<?>[writerCount];
        for (int i = 0; i < writerCount; i++) {
            final int writer = i;
            isFinished[i] = false;
            futures[i] = executor.submit(() -> runWriter(writer, writers[writer]));
        }
        grant(random.nextInt(writerCount));
        done.acquireUninterruptibly();
        for (final Future<?> future : futures) {
            join(future);
        }
    }

    /** To be called before each access of the writer that runs. */
    void access() {
        if (--accessesLeft > 0) {
            return;
        }
        final int self = running;
        grant(random.nextInt(writerCount));
        turns[self].acquireUninterruptibly();
    }

    private void runWriter(final int writer, final Runnable work) {
        turns[writer].acquireUninterruptibly();
        try {
            work.run();
        } finally {
            isFinished[writer] = true;
            grant(random.nextInt(writerCount));
        }
    }

    /** The wish counts if that writer still has work, else the next one's turn comes. */
    private void grant(final int wish) {
        accessesLeft = random.nextInt(1, 2 * meanQuantum);
        for (int i = 0; i < writerCount; i++) {
            running = (wish + i) % writerCount;
            if (!isFinished[running]) {
                turns[running].release();
                return;
            }
        }
        done.release();
    }

    private static void join(final Future<?> future) {
        try {
            future.get();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        } catch (final ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

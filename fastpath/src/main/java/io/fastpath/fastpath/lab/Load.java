package io.fastpath.fastpath.lab;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;

/**
 * Client threads in a namespace, and what became of their requests. Started once, stopped once; the figures may be
 * read by any thread at any time.
 */
public abstract class Load implements AutoCloseable {
    private static final long JOIN_LIMIT_MS = TimeUnit.SECONDS.toMillis(10);

    private final String threadName;
    private final String namespace;
    private final int clientCount;
    private final List<Thread> threads = new ArrayList<>();
    private final Map<String, LongAdder> perBackend = new ConcurrentHashMap<>();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<String> firstFailure = new AtomicReference<>();
    private volatile boolean stopped;

    Load(final String threadName, final String namespace, final int clientCount) {
        this.threadName = threadName;
        this.namespace = namespace;
        this.clientCount = clientCount;
    }

    /** Starts the clients. */
    public final void start() {
        for (int i = 0; i < clientCount; i++) {
            final int clientIndex = i;
            final Thread thread = new Thread(() -> client(clientIndex), threadName + "-" + i);
            thread.setDaemon(true);
            threads.add(thread);
            thread.start();
        }
    }

    /** Finishes, unless that is done. */
    @Override
    public final void close() {
        finish();
        released();
    }

    /** Lets every client finish the request it is at, and waits for that. */
    public final void finish() {
        stopped = true;
        try {
            for (final Thread thread : threads) {
                thread.join(JOIN_LIMIT_MS);
                if (thread.isAlive()) {
                    failed(thread.getName() + " did not end");
                }
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Answers by backend.
     *
     * @return name to count, sorted
     */
    public final Map<String, Long> perBackend() {
        final Map<String, Long> counts = new TreeMap<>();
        perBackend.forEach((name, count) -> counts.put(name, count.sum()));
        return counts;
    }

    /**
     * Requests that failed.
     *
     * @return count
     */
    public final long failures() {
        return failures.sum();
    }

    /**
     * What the first failure said.
     *
     * @return null where none was
     */
    public final String firstFailure() {
        return firstFailure.get();
    }

    final String namespace() {
        return namespace;
    }

    final boolean goesOn() {
        return !stopped;
    }

    final void answered(final String backend) {
        perBackend.computeIfAbsent(backend, name -> new LongAdder()).increment();
    }

    final void failed(final String what) {
        failures.increment();
        firstFailure.compareAndSet(null, what);
    }

    abstract void loop(int clientIndex);

    /** Gives back what the load holds beside its clients; may be called twice. */
    void released() {}

    private void client(final int clientIndex) {
        try {
            final NetworkNamespace visit = NetworkNamespace.enter(namespace);
            loop(clientIndex);
            visit.close();
        } catch (final RuntimeException e) {
            failed(e.toString());
        }
    }
}

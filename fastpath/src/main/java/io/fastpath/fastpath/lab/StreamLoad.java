package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * TCP clients in a namespace: connections that are held open and carry checksummed blocks there and back, every eighth a
 * fast one, and a stream of new connections that carry one block each. One thread. {@link #failures()} counts
 * connections that were refused, reset, stood still for nine seconds, or brought a wrong byte; {@link #perBackend()} counts
 * connections.
 */
public final class StreamLoad extends Load {
    private static final int FAST_ONE_OF = 8;
    private static final long SELECT_MS = 1;

    private final String address;
    private final int port;
    private final int heldCount;
    private final long newIntervalNs;
    private final List<StreamConnection> connections = new ArrayList<>();
    private final AtomicLong checkedBlocks = new AtomicLong();
    private final AtomicLong checkedBytes = new AtomicLong();
    private final AtomicLong ended = new AtomicLong();
    private final AtomicLong longestWaitNs = new AtomicLong();
    private volatile long longestPauseNs;
    private volatile int openCount;

    /**
     * Clients that are not started yet.
     *
     * @param namespace of the clients
     * @param address of the VIP, as numbers
     * @param port of the service
     * @param heldCount connections to hold open
     * @param newPerSecond connections to open and end every second, from 1
     */
    public StreamLoad(
            final String namespace, final String address, final int port, final int heldCount, final int newPerSecond) {
        super("lab-stream", namespace, 1);
        this.address = address;
        this.port = port;
        this.heldCount = heldCount;
        newIntervalNs = TimeUnit.SECONDS.toNanos(1) / newPerSecond;
    }

    /**
     * Held connections that are open and greeted.
     *
     * @return count now
     */
    public int open() {
        return openCount;
    }

    /**
     * Blocks that came back as they were sent.
     *
     * @return count so far
     */
    public long checkedBlocks() {
        return checkedBlocks.get();
    }

    /**
     * Bytes of those blocks.
     *
     * @return count so far
     */
    public long checkedBytes() {
        return checkedBytes.get();
    }

    /**
     * Connections that were opened, used and ended in order.
     *
     * @return count so far
     */
    public long ended() {
        return ended.get();
    }

    /**
     * The longest time that any connection waited: for its greeting, for the next byte of an answer, or for its end.
     *
     * @return milliseconds so far
     */
    public double longestWaitMs() {
        return longestWaitNs.get() / 1e6;
    }

    /**
     * The longest time that the clients' own thread did not run: no wait can be blamed on the balancer below it.
     *
     * @return milliseconds so far
     */
    public double longestPauseMs() {
        return longestPauseNs / 1e6;
    }

    @Override
    void loop(final int clientIndex) {
        try (Selector selector = Selector.open()) {
            final InetSocketAddress server = new InetSocketAddress(address, port);
            int streamId = 0;
            while (streamId < heldCount) {
                final StreamPace pace = streamId % FAST_ONE_OF == 0 ? StreamPace.FAST : StreamPace.SLOW;
                connections.add(new StreamConnection(streamId++, pace, selector, server, System.nanoTime()));
            }
            long nextNs = System.nanoTime();
            long lastNs = nextNs;
            while (goesOn() || !connections.isEmpty()) {
                selector.select(SELECT_MS);
                final long nowNs = System.nanoTime();
                longestPauseNs = Math.max(longestPauseNs, nowNs - lastNs);
                lastNs = nowNs;
                turn(nowNs);
                selector.selectedKeys().clear();
                while (goesOn() && nowNs - nextNs >= 0) {
                    connections.add(new StreamConnection(streamId++, StreamPace.SHORT, selector, server, nowNs));
                    nextNs += newIntervalNs;
                }
            }
        } catch (final IOException e) {
            failed(e.toString());
        }
    }

    private void turn(final long nowNs) {
        final boolean goesOn = goesOn();
        int open = 0;
        for (final Iterator<StreamConnection> all = connections.iterator(); all.hasNext(); ) {
            final StreamConnection connection = all.next();
            final StreamConnection.State before = connection.state();
            final long checkedBefore = connection.checkedCount();
            connection.turn(nowNs, goesOn);
            final StreamConnection.State now = connection.state();
            if (before == StreamConnection.State.CONNECTING && connection.backend() != 0) {
                answered("backend-" + connection.backend());
            }
            final long checked = connection.checkedCount() - checkedBefore;
            checkedBlocks.addAndGet(checked);
            checkedBytes.addAndGet(checked * connection.blockLength());
            longestWaitNs.accumulateAndGet(connection.longestWaitNs(nowNs), Math::max);
            if (now == StreamConnection.State.BROKEN) {
                failed(connection.fault());
                all.remove();
            } else if (now == StreamConnection.State.ENDED) {
                ended.incrementAndGet();
                all.remove();
            } else if (connection.isHeld() && now == StreamConnection.State.GREETED) {
                open++;
            }
        }
        openCount = open;
    }
}

package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;

/**
 * A client's connection to a {@link StreamBackend}: sends blocks at its pace, checks every one that comes back, and ends
 * by sending all, reading all, and seeing the server's end. Owned by the load's thread.
 *
 * <pre>
 *   CONNECTING -> GREETED -> ENDING -> ENDED
 *        |           |          |
 *        +-----------+----------+----> BROKEN
 * </pre>
 */
final class StreamConnection {
    /** A connection that waits for so long for the next byte is as good as broken. */
    private static final long PATIENCE_NS = 9_000_000_000L;

    private final int streamId;
    private final StreamPace pace;
    private final SocketChannel channel;
    private final SelectionKey key;
    private final ByteBuffer outgoing;
    private final ByteBuffer incoming;
    private final ByteBuffer greeting = ByteBuffer.allocate(1);
    private long sentCount;
    private long checkedCount;
    private long nextSendNs;
    private long waitingSinceNs;
    private long longestWaitNs;
    private State state = State.CONNECTING;
    private String fault;

    /** Life of a connection. */
    enum State {
        CONNECTING,
        GREETED,
        ENDING,
        ENDED,
        BROKEN
    }

    StreamConnection(
            final int streamId,
            final StreamPace pace,
            final Selector selector,
            final InetSocketAddress server,
            final long nowNs)
            throws IOException {
        this.streamId = streamId;
        this.pace = pace;
        outgoing = ByteBuffer.allocateDirect(pace.blockLength());
        outgoing.limit(0);
        incoming = ByteBuffer.allocateDirect(pace.blockLength());
        channel = SocketChannel.open();
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        waitingSinceNs = nowNs;
        nextSendNs = nowNs;
        key = channel.register(selector, SelectionKey.OP_CONNECT, this);
        channel.connect(server);
    }

    State state() {
        return state;
    }

    /** What broke it. */
    String fault() {
        return fault;
    }

    /** The server's number, 0 before it was said. */
    int backend() {
        return greeting.get(0);
    }

    int blockLength() {
        return pace.blockLength();
    }

    /** Whether it goes on until the load ends. */
    boolean isHeld() {
        return pace.blockLimit() == Long.MAX_VALUE;
    }

    /** Blocks that came back as they were sent. */
    long checkedCount() {
        return checkedCount;
    }

    /** Longest time that it waited for anything; a wait that goes on counts. */
    long longestWaitNs(final long nowNs) {
        return isWaiting() ? Math.max(longestWaitNs, nowNs - waitingSinceNs) : longestWaitNs;
    }

    /** Does what can be done; its load goes on or is ending. */
    void turn(final long nowNs, final boolean goesOn) {
        try {
            if (isWaiting() && nowNs - waitingSinceNs > PATIENCE_NS) {
                throw new IOException("waited for " + PATIENCE_NS / 1_000_000_000L + " s in state " + state + ", "
                        + sentCount + " blocks sent, " + checkedCount + " back");
            }
            if (key.isValid() && key.isConnectable() && channel.finishConnect()) {
                key.interestOps(SelectionKey.OP_READ);
            }
            if (channel.isConnected()) {
                read(nowNs);
                write(nowNs, goesOn);
            }
        } catch (final IOException e) {
            fail(e.toString());
        }
    }

    private boolean isWaiting() {
        return state == State.CONNECTING || state == State.ENDING || checkedCount < sentCount;
    }

    private void read(final long nowNs) throws IOException {
        while (state != State.ENDED && state != State.BROKEN) {
            final ByteBuffer target = greeting.hasRemaining() ? greeting : incoming;
            final int count = channel.read(target);
            if (count < 0) {
                end();
                return;
            }
            if (count == 0) {
                return;
            }
            longestWaitNs = longestWaitNs(nowNs);
            waitingSinceNs = nowNs;
            if (target == greeting) {
                state = State.GREETED;
            } else if (!incoming.hasRemaining()) {
                check();
            }
        }
    }

    private void check() {
        final String wrong = checkedCount < sentCount
                ? StreamBlock.fault(incoming, streamId, checkedCount)
                : "a block that was not sent";
        if (wrong != null) {
            fail("corrupted: " + wrong);
            return;
        }
        checkedCount++;
        incoming.clear();
    }

    private void end() throws IOException {
        if (state != State.ENDING) {
            throw new IOException("ended by the server after " + checkedCount + " blocks");
        }
        state = State.ENDED;
        channel.close();
    }

    private void write(final long nowNs, final boolean goesOn) throws IOException {
        if (state != State.GREETED) {
            return;
        }
        final boolean isLast = !goesOn || sentCount >= pace.blockLimit();
        if (!outgoing.hasRemaining()
                && !isLast
                && nowNs - nextSendNs >= 0
                && sentCount - checkedCount < pace.window()) {
            if (checkedCount == sentCount) {
                waitingSinceNs = nowNs;
            }
            StreamBlock.fill(outgoing, streamId, sentCount++);
            nextSendNs = nowNs + pace.intervalNs();
        }
        if (outgoing.hasRemaining()) {
            channel.write(outgoing);
        }
        key.interestOps(SelectionKey.OP_READ | (outgoing.hasRemaining() ? SelectionKey.OP_WRITE : 0));
        if (isLast && checkedCount == sentCount) {
            channel.shutdownOutput();
            waitingSinceNs = nowNs;
            state = State.ENDING;
        }
    }

    private void fail(final String what) {
        state = State.BROKEN;
        fault = "stream " + streamId + " to backend " + backend() + ": " + what;
        try {
            channel.close();
        } catch (final IOException e) {
            fault += "; closing it: " + e.getMessage();
        }
    }
}

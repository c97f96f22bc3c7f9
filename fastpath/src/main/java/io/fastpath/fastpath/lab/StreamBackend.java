package io.fastpath.fastpath.lab;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.LongAdder;

/**
 * A backend for streams: it says its number as the first byte of a connection, then echoes what comes until the client
 * has sent all. One thread for all connections; its sockets live in the namespace that it was started in.
 */
public final class StreamBackend implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int BUFFER_LENGTH = 16_384;
    private static final long JOIN_LIMIT_MS = 5_000;

    private final int number;
    private final Selector selector;
    private final Thread thread = new Thread(this::serve, "lab-stream-backend");
    private final LongAdder broken = new LongAdder();
    private volatile boolean closed;

    private StreamBackend(final int number, final Selector selector) {
        this.number = number;
        this.selector = selector;
    }

    /**
     * Starts the server.
     *
     * @param number that it says, 1 to 127
     * @param namespace whose network it lives in
     * @param port TCP port
     * @param address to listen at
     * @return the backend, to be closed
     * @throws LabException when the socket can't be had
     */
    public static StreamBackend start(final int number, final String namespace, final int port, final String address) {
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            final StreamBackend backend = new StreamBackend(number, Selector.open());
            final ServerSocketChannel socket = ServerSocketChannel.open();
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
            socket.configureBlocking(false);
            socket.register(backend.selector, SelectionKey.OP_ACCEPT);
            backend.thread.setDaemon(true);
            backend.thread.start();
            return backend;
        } catch (final IOException e) {
            throw new LabException("stream backend in " + namespace + ": " + e.getMessage(), e);
        } finally {
            visit.close();
        }
    }

    /**
     * Connections that failed as seen from here: reset, or timed out.
     *
     * @return count so far
     */
    public long broken() {
        return broken.sum();
    }

    /** Ends the server and its connections. */
    @Override
    public void close() {
        closed = true;
        selector.wakeup();
        try {
            thread.join(JOIN_LIMIT_MS);
        } catch (final InterruptedException e) {
            throw LabException.interrupted("a stream backend to end", e);
        }
    }

    private void serve() {
        try (selector) {
            while (!closed) {
                selector.select();
                for (final SelectionKey key : selector.selectedKeys()) {
                    serve(key);
                }
                selector.selectedKeys().clear();
            }
            for (final SelectionKey key : selector.keys()) {
                key.channel().close();
            }
        } catch (final IOException e) {
            throw new LabException("stream backend " + number + ": " + e.getMessage(), e);
        }
    }

    private void serve(final SelectionKey key) throws IOException {
        try {
            if (key.isAcceptable()) {
                accept((ServerSocketChannel) key.channel());
            } else {
                echo(key, (SocketChannel) key.channel(), (ByteBuffer) key.attachment());
            }
        } catch (final IOException e) {
            broken.increment();
            key.channel().close();
        }
    }

    private void accept(final ServerSocketChannel server) throws IOException {
        final SocketChannel channel = server.accept();
        if (channel == null) {
            return;
        }
        channel.configureBlocking(false);
        final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_LENGTH);
        buffer.put((byte) number);
        channel.register(selector, SelectionKey.OP_WRITE, buffer);
    }

    /** The buffer holds what is read and not written yet: reading stops while it is full. */
    private static void echo(final SelectionKey key, final SocketChannel channel, final ByteBuffer buffer)
            throws IOException {
        final boolean ended = buffer.hasRemaining() && key.isReadable() && channel.read(buffer) < 0;
        buffer.flip();
        channel.write(buffer);
        final boolean isEmpty = !buffer.hasRemaining();
        buffer.compact();
        if (ended && isEmpty) {
            channel.close();
        } else {
            key.interestOps((isEmpty ? 0 : SelectionKey.OP_WRITE) | (buffer.hasRemaining() ? SelectionKey.OP_READ : 0));
        }
    }
}

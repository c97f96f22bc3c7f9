package io.fastpath.fastpath.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers commands on the instance's unix socket, on one thread of its own that never blocks on a client: a client that
 * reads slowly gets its answer slowly, one that stands still is dropped, one too many is told so.
 *
 * <p>{@link #start} and {@link #close} belong to the thread that runs the instance. Only the owner of the run directory
 * can connect: the directory (0700) stands before the socket does, and the socket has mode 0600 besides.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    /** The kernel keeps 15 characters (comm in proc(5)); the control thread is another one. */
    private static final String THREAD_NAME = "fastpath-socket";

    private static final long JOIN_LIMIT_MS = TimeUnit.SECONDS.toMillis(5);
    private static final long CHECK_MS = 200;

    private final Path socket;
    private final ControlLimits limits;
    private final ControlCommands commands;
    private final Selector selector;
    private final ServerSocketChannel server;
    private final Thread thread;
    private volatile boolean closing;

    private ControlServer(final Path socket, final InstanceView view, final ControlLimits limits) throws IOException {
        this.socket = socket;
        this.limits = limits;
        commands = new ControlCommands(view);
        selector = Selector.open();
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        thread = new Thread(this::run, THREAD_NAME);
        thread.setDaemon(true);
    }

    /**
     * Binds the socket and starts to answer. A socket that an earlier, dead instance left there is replaced: that it is
     * dead, the claim proves.
     *
     * @param claim of the instance.
     * @param view of the instance.
     * @param limits of clients.
     * @return the server; the caller closes it, before what the view looks at goes away.
     * @throws UncheckedIOException if the socket can't be made; nothing is left behind.
     */
    public static ControlServer start(final InstanceClaim claim, final InstanceView view, final ControlLimits limits) {
        final Path socket = claim.directory().socket(claim.instance());
        ControlServer opened = null;
        try {
            opened = new ControlServer(socket, view, limits);
            opened.bind();
            opened.thread.start();
            return opened;
        } catch (final IOException ex) {
            if (opened != null) {
                opened.release();
            }
            throw new UncheckedIOException("can't make the control socket " + socket + ": " + ex.getMessage(), ex);
        }
    }

    private void bind() throws IOException {
        Files.deleteIfExists(socket);
        server.bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
    }

    /** Stops answering, drops the clients and removes the socket. Closing twice is harmless. */
    @Override
    public void close() {
        closing = true;
        selector.wakeup();
        try {
            thread.join(JOIN_LIMIT_MS);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        release();
    }

    private void release() {
        try {
            if (selector.isOpen()) {
                for (final SelectionKey key : selector.keys()) {
                    key.channel().close();
                }
            }
            server.close();
            selector.close();
            Files.deleteIfExists(socket);
        } catch (final IOException ex) {
            LOG.warn("can't close the control socket {}: {}", socket, ex.getMessage());
        }
    }

    private void run() {
        while (!closing) {
            try {
                final boolean busy = turn(System.nanoTime());
                if (busy) {
                    selector.selectNow();
                } else {
                    selector.select(selector.keys().size() > 1 ? CHECK_MS : 0);
                }
            } catch (final IOException | RuntimeException ex) {
                LOG.error("the control socket failed; trying again", ex);
                LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
            }
        }
    }

    /** One look at everything; {@return whether a session has more to do at once} */
    private boolean turn(final long nowNs) throws IOException {
        boolean busy = false;
        for (final SelectionKey key : selector.keys()) {
            if (key.isValid() && key.attachment() instanceof final ControlSession session) {
                final boolean due = session.interest() == 0 || key.readyOps() != 0;
                if (due && !session.turn(nowNs) || nowNs - session.progressNs() > limits.idleNs()) {
                    end(key);
                } else {
                    key.interestOps(session.interest());
                    busy |= session.interest() == 0;
                }
            }
        }
        selector.selectedKeys().clear();
        return accept(nowNs) || busy;
    }

    private static void end(final SelectionKey key) throws IOException {
        key.cancel();
        key.channel().close();
    }

    /** Takes those who wait; {@return whether sessions went on, so that what they wait for must be asked again} */
    private boolean accept(final long nowNs) throws IOException {
        boolean wentOn = false;
        for (SocketChannel client = server.accept(); client != null; client = server.accept()) {
            client.configureBlocking(false);
            if (sessionCount() >= limits.clientCount()) {
                endThoseThatLeft(nowNs);
                wentOn = true;
            }
            if (sessionCount() >= limits.clientCount()) {
                refuse(client);
            } else {
                final ControlSession session = new ControlSession(client, commands, nowNs);
                client.register(selector, SelectionKey.OP_READ, session);
            }
        }
        return wentOn;
    }

    private long sessionCount() {
        return selector.keys().stream()
                .filter(key -> key.isValid() && key.attachment() != null)
                .count();
    }

    /** A client that closes and comes again at once has its old session still: the end of it was not selected yet. */
    private void endThoseThatLeft(final long nowNs) throws IOException {
        for (final SelectionKey key : selector.keys()) {
            if (key.isValid() && key.attachment() instanceof final ControlSession session && !session.turn(nowNs)) {
                end(key);
            }
        }
    }

    /** One write without waiting: what it does not take at once, the client does not get. */
    private void refuse(final SocketChannel client) {
        try (client) {
            final String line = ControlProtocol.error("too many clients; " + limits.clientCount() + " are allowed");
            client.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.UTF_8)));
        } catch (final IOException ex) {
            LOG.debug("a client too many was gone before it was told so", ex);
        }
    }
}

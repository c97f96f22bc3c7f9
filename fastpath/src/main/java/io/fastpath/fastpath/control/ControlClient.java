package io.fastpath.fastpath.control;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Asks a running instance. One thread, one request at a time; the caller closes it. */
public final class ControlClient implements AutoCloseable {
    private static final int BUFFER_LENGTH = 64 * 1024;

    private final Path socket;
    private final SocketChannel channel;
    private final Selector selector;
    private final long timeoutMs;
    private final ByteBuffer in = ByteBuffer.allocate(BUFFER_LENGTH).limit(0);

    private ControlClient(
            final Path socket, final SocketChannel channel, final Selector selector, final long timeoutMs) {
        this.socket = socket;
        this.channel = channel;
        this.selector = selector;
        this.timeoutMs = timeoutMs;
    }

    /**
     * Connects.
     *
     * @param socket of the instance.
     * @param timeoutMs how long to wait for the next bytes of an answer.
     * @return the client.
     * @throws ControlException if nobody listens there, or it may not be connected to.
     */
    public static ControlClient connect(final Path socket, final long timeoutMs) throws ControlException {
        SocketChannel channel = null;
        try {
            channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
            channel.configureBlocking(false);
            final Selector selector = Selector.open();
            channel.register(selector, SelectionKey.OP_READ);
            return new ControlClient(socket, channel, selector, timeoutMs);
        } catch (final IOException ex) {
            closeQuietly(channel);
            throw unreachable(socket, ex);
        }
    }

    private static ControlException unreachable(final Path socket, final IOException ex) {
        final String text = String.valueOf(ex.getMessage());
        if (ex instanceof ConnectException || text.contains("No such file")) {
            return new ControlException(ControlException.Kind.NOT_RUNNING, "nobody listens on " + socket, ex);
        }
        return new ControlException(ControlException.Kind.FAILED, "can't connect to " + socket + ": " + text, ex);
    }

    private static void closeQuietly(final SocketChannel channel) {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (final IOException ex) {
            throw new AssertionError("closing a unix socket does not fail", ex);
        }
    }

    /**
     * Asks for something that is answered at once.
     *
     * @param command status, services, backends, counters or engine.
     * @return the result.
     * @throws ControlException if the instance refuses, or goes away.
     */
    public JsonNode ask(final String command) throws ControlException {
        return ask(new ControlProtocol.Request(command), item -> {});
    }

    /**
     * Changes who works on packets.
     *
     * @param mode as a configuration names it.
     * @return the placement that is in force now.
     * @throws ControlException if the instance refuses, or goes away.
     */
    public JsonNode place(final String mode) throws ControlException {
        return ask(new ControlProtocol.Request("engine", null, mode, null, null), item -> {});
    }

    /**
     * Has the process end and leave its traffic to the kernel engine. It has only begun to when this returns.
     *
     * @return the process's id.
     * @throws ControlException if the instance does not know how, or goes away.
     */
    public long handOver() throws ControlException {
        return ask("handover").path("pid").asLong();
    }

    /**
     * Asks for connections.
     *
     * @param filter which.
     * @param sink takes each as it comes.
     * @return how many there were.
     * @throws ControlException if the instance refuses, or goes away.
     */
    public long flows(final FlowFilter filter, final Consumer<JsonNode> sink) throws ControlException {
        return ask(new ControlProtocol.Request("flows", filter, null, null, null), sink)
                .path("flows")
                .asLong();
    }

    /**
     * Changes the prefilter's list, or asks for it.
     *
     * @param change to make; null for none.
     * @param sink takes each prefix, where it is asked for.
     * @return how many prefixes there are now.
     * @throws ControlException if the instance refuses, or goes away.
     */
    public JsonNode prefilter(final PrefilterChange change, final Consumer<JsonNode> sink) throws ControlException {
        return ask(new ControlProtocol.Request("prefilter", null, null, change, null), sink);
    }

    /**
     * Drains backends, or has them take new flows again.
     *
     * @param change to make.
     * @return which backends are so now.
     * @throws ControlException if the instance refuses, or goes away.
     */
    public JsonNode drain(final DrainChange change) throws ControlException {
        return ask(new ControlProtocol.Request("drain", null, null, null, change), item -> {});
    }

    private JsonNode ask(final ControlProtocol.Request request, final Consumer<JsonNode> sink) throws ControlException {
        try {
            final ByteBuffer line = StandardCharsets.UTF_8.encode(ControlProtocol.line(request));
            while (line.hasRemaining()) {
                channel.write(line);
            }
            while (true) {
                final JsonNode answer = ControlProtocol.tree(readLine());
                if (answer.has("item")) {
                    sink.accept(answer.get("item"));
                } else if (answer.path("ok").asBoolean()) {
                    return answer.path("result");
                } else {
                    throw new ControlException(
                            ControlException.Kind.FAILED, answer.path("error").asText("no reason given"), null);
                }
            }
        } catch (final IOException | IllegalArgumentException ex) {
            throw new ControlException(
                    ControlException.Kind.FAILED, "lost the instance at " + socket + ": " + ex.getMessage(), ex);
        }
    }

    private String readLine() throws IOException {
        final ByteArrayOutputStream line = new ByteArrayOutputStream();
        while (true) {
            while (in.hasRemaining()) {
                final byte next = in.get();
                if (next == '\n') {
                    return line.toString(StandardCharsets.UTF_8);
                }
                line.write(next);
            }
            if (selector.select(timeoutMs) == 0) {
                throw new IOException("no answer within " + timeoutMs + " ms");
            }
            selector.selectedKeys().clear();
            in.clear();
            final int count = channel.read(in);
            in.flip();
            if (count < 0) {
                throw new IOException("it closed the connection");
            }
        }
    }

    @Override
    public void close() {
        try {
            selector.close();
        } catch (final IOException ex) {
            throw new AssertionError("closing a selector does not fail", ex);
        } finally {
            closeQuietly(channel);
        }
    }
}

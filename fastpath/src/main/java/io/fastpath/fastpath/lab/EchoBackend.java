package io.fastpath.fastpath.lab;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A backend: an HTTP server that answers {@code /} with its own name and {@code /bytes/N} with N bytes, posts with
 * what was posted, and a UDP server that answers a datagram with its name, a space and the datagram. Its sockets live in
 * the namespace that it was started in.
 */
public final class EchoBackend implements AutoCloseable {
    private static final int BACKLOG = 1024;
    private static final int HTTP_THREADS = 16;
    private static final int DATAGRAM_LIMIT = 65_507;

    private final String name;
    private final ExecutorService executor = Executors.newFixedThreadPool(HTTP_THREADS, EchoBackend::daemon);
    private final List<HttpServer> httpServers = new ArrayList<>();
    private final List<DatagramSocket> udpSockets = new ArrayList<>();

    private EchoBackend(final String name) {
        this.name = name;
    }

    /**
     * Starts the servers.
     *
     * @param name that its answers carry
     * @param namespace whose network it lives in
     * @param port TCP and UDP port
     * @param addresses to listen at
     * @return the backend, to be closed
     * @throws LabException when a socket can't be had
     */
    public static EchoBackend start(
            final String name, final String namespace, final int port, final String... addresses) {
        final EchoBackend backend = new EchoBackend(name);
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            for (final String address : addresses) {
                backend.listen(new InetSocketAddress(InetAddress.getByName(address), port));
            }
            return backend;
        } catch (final IOException e) {
            backend.close();
            throw new LabException("backend " + name + " in " + namespace + ": " + e.getMessage(), e);
        } finally {
            visit.close();
        }
    }

    /** Stops the servers. */
    @Override
    public void close() {
        httpServers.forEach(server -> server.stop(0));
        udpSockets.forEach(DatagramSocket::close);
        executor.shutdownNow();
    }

    private void listen(final InetSocketAddress address) throws IOException {
        final HttpServer server = HttpServer.create(address, BACKLOG);
        server.createContext("/", this::answer);
        server.setExecutor(executor);
        server.start();
        httpServers.add(server);
        final DatagramSocket socket = new DatagramSocket(address);
        udpSockets.add(socket);
        daemon(() -> echo(socket)).start();
    }

    private void answer(final HttpExchange exchange) throws IOException {
        try (exchange) {
            final byte[] posted = exchange.getRequestBody().readAllBytes();
            final byte[] body = body(exchange.getRequestURI().getPath(), posted);
            exchange.getResponseHeaders().set("X-Backend", name);
            exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    private byte[] body(final String path, final byte[] posted) {
        if (posted.length > 0) {
            return posted;
        }
        if (path.startsWith("/bytes/")) {
            return pattern(Integer.parseInt(path.substring("/bytes/".length())));
        }
        return name.getBytes(StandardCharsets.US_ASCII);
    }

    /**
     * The body of {@code /bytes/N}.
     *
     * @param length N
     * @return bytes that repeat with a period of 251, so that a shifted or swapped piece shows
     */
    public static byte[] pattern(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i % 251);
        }
        return bytes;
    }

    private void echo(final DatagramSocket socket) {
        final byte[] prefix = (name + " ").getBytes(StandardCharsets.US_ASCII);
        final byte[] buffer = new byte[prefix.length + DATAGRAM_LIMIT];
        System.arraycopy(prefix, 0, buffer, 0, prefix.length);
        while (!socket.isClosed()) {
            try {
                final DatagramPacket packet = new DatagramPacket(buffer, prefix.length, DATAGRAM_LIMIT - prefix.length);
                socket.receive(packet);
                packet.setData(buffer, 0, prefix.length + packet.getLength());
                socket.send(packet);
            } catch (final IOException e) {
                if (socket.isClosed()) {
                    return;
                }
                // An ICMP error of an earlier answer surfaces here; the next datagram is still to be served.
            }
        }
    }

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task, "lab-backend");
        thread.setDaemon(true);
        return thread;
    }
}

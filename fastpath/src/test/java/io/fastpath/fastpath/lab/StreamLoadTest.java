package io.fastpath.fastpath.lab;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A load that finds no fault is worth something only if it finds those that there are. In a namespace of its own. */
final class StreamLoadTest {
    private static final int PORT = 9000;
    private static final int HELD = 16;

    private final String namespace = "fpt" + ProcessHandle.current().pid() + "s";

    @BeforeEach
    void add() {
        Shell.run("ip", "netns", "add", namespace);
        Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
    }

    @AfterEach
    void remove() {
        Shell.run("ip", "netns", "delete", namespace);
    }

    @Test
    void shouldFindNothingWrongWithAnHonestServer() {
        try (StreamBackend backend = StreamBackend.start(5, namespace, PORT, "127.0.0.1");
                StreamLoad load = load()) {
            load.start();
            await(() -> load.open() == HELD && load.checkedBlocks() > 100 && load.ended() > 10);
            load.finish();
            assertThat(load.failures()).as(load.firstFailure()).isZero();
            assertThat(load.ended()).isGreaterThanOrEqualTo(HELD + 10);
            assertThat(load.perBackend()).containsOnlyKeys("backend-5");
            assertThat(backend.broken()).isZero();
        }
    }

    @Test
    void shouldNoticeAWrongByte() throws Exception {
        expectFailure("corrupted", (socket, bytes) -> bytes[bytes.length - 1] ^= 1);
    }

    @Test
    void shouldNoticeAnEarlyEnd() throws Exception {
        expectFailure("ended by the server", (socket, bytes) -> socket.shutdownOutput());
    }

    @Test
    void shouldNoticeAReset() throws Exception {
        expectFailure("reset", (socket, bytes) -> {
            socket.setSoLinger(true, 0);
            socket.close();
        });
    }

    @Test
    void shouldNoticeThatNobodyListens() {
        try (StreamLoad load = load()) {
            load.start();
            await(() -> load.failures() > 0);
            assertThat(load.firstFailure()).contains("refused");
        }
    }

    /** A server that does its first client a mischief. */
    private void expectFailure(final String what, final Mischief mischief) throws IOException, InterruptedException {
        final ServerSocket server = listen();
        final Thread thread = new Thread(() -> serve(server, mischief), "bad-server");
        thread.start();
        try (StreamLoad load = load()) {
            load.start();
            await(() -> load.failures() > 0);
            server.close();
            assertThat(load.firstFailure()).contains(what);
        } finally {
            server.close();
        }
        thread.join();
    }

    private ServerSocket listen() throws IOException {
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            return new ServerSocket(PORT, 100, InetAddress.getByName("127.0.0.1"));
        } finally {
            visit.close();
        }
    }

    private static void serve(final ServerSocket server, final Mischief mischief) {
        try (Socket socket = server.accept()) {
            socket.getOutputStream().write(1);
            final byte[] bytes = socket.getInputStream().readNBytes(StreamPace.FAST.blockLength());
            mischief.apply(socket, bytes);
            socket.getOutputStream().write(bytes);
            socket.getInputStream().readAllBytes(); // until the client ends
        } catch (final SocketException e) {
            return; // as it may be, after a mischief
        } catch (final IOException e) {
            throw new AssertionError(e);
        }
    }

    private StreamLoad load() {
        return new StreamLoad(namespace, "127.0.0.1", PORT, HELD, 100);
    }

    private static void await(final BooleanSupplier condition) {
        final long startNs = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - startNs).isLessThan(TimeUnit.SECONDS.toNanos(10));
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** What a bad server does to a connection, or to the bytes that it echoes. */
    private interface Mischief {
        void apply(Socket socket, byte[] bytes) throws IOException;
    }
}

package io.fastpath.fastpath.lab;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.LongAdder;

/**
 * UDP clients in a namespace: each sends a numbered datagram, waits for its echo, and takes a new source port after
 * every {@link #EXCHANGES_PER_PORT}. An echo that does not come within the time-out is lost; a wrong one is a failure.
 */
public final class UdpLoad extends Load {
    /** After so many exchanges a client is a new flow. */
    public static final int EXCHANGES_PER_PORT = 16;

    private static final int TIMEOUT_MS = 1_000;

    private final String address;
    private final int port;
    private final LongAdder exchanges = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /**
     * Clients that are not started yet.
     *
     * @param namespace of the clients
     * @param address of the VIP
     * @param port of the service
     * @param clientCount threads
     */
    public UdpLoad(final String namespace, final String address, final int port, final int clientCount) {
        super("lab-udp", namespace, clientCount);
        this.address = address;
        this.port = port;
    }

    /**
     * Datagrams sent so far.
     *
     * @return count
     */
    public long exchanges() {
        return exchanges.sum();
    }

    /**
     * Datagrams without an echo.
     *
     * @return count
     */
    public long lost() {
        return lost.sum();
    }

    @Override
    void loop(final int clientIndex) {
        while (goesOn()) {
            try (DatagramSocket socket = new DatagramSocket()) {
                socket.connect(new InetSocketAddress(InetAddress.getByName(address), port));
                socket.setSoTimeout(TIMEOUT_MS);
                for (int i = 0; i < EXCHANGES_PER_PORT && goesOn(); i++) {
                    exchange(socket, clientIndex + "/" + i);
                }
            } catch (final IOException e) {
                failed(e.toString());
            }
        }
    }

    private void exchange(final DatagramSocket socket, final String payload) throws IOException {
        final byte[] bytes = payload.getBytes(StandardCharsets.US_ASCII);
        exchanges.increment();
        socket.send(new DatagramPacket(bytes, bytes.length));
        final DatagramPacket answer = new DatagramPacket(new byte[512], 512);
        try {
            socket.receive(answer);
        } catch (final SocketTimeoutException e) {
            lost.increment();
            return;
        }
        final String text = new String(answer.getData(), 0, answer.getLength(), StandardCharsets.US_ASCII);
        final int space = text.indexOf(' ');
        if (space > 0 && text.substring(space + 1).equals(payload)) {
            answered(text.substring(0, space));
        } else {
            failed("a wrong echo: " + text);
        }
    }
}

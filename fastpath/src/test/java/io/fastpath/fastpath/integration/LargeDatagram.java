package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.EchoBackend;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;

/** A datagram that is larger than any MTU on its way, and its echo. */
final class LargeDatagram {
    /** From two fragments to 45 of an Ethernet's size; the echo is longer by the backend's name. */
    static final int[] LENGTHS = {1_473, 2_000, 8_192, 20_000, 65_000};

    private static final int TIMEOUT_MS = 5_000;

    private LargeDatagram() {}

    /** Sends one from a new port and compares its echo byte for byte. */
    static void exchange(final String namespace, final String vip, final int port, final int length) {
        final byte[] sent = EchoBackend.pattern(length);
        try (DatagramSocket socket = socket(namespace)) {
            socket.connect(new InetSocketAddress(InetAddress.getByName(vip), port));
            socket.setSoTimeout(TIMEOUT_MS);
            socket.send(new DatagramPacket(sent, length));
            final DatagramPacket echo = new DatagramPacket(new byte[65_507], 65_507);
            socket.receive(echo);
            assertThat(echo.getLength())
                    .as("length of the echo of %d bytes", length)
                    .isGreaterThan(length);
            final byte[] received = Arrays.copyOfRange(echo.getData(), echo.getLength() - length, echo.getLength());
            assertThat(received).as("echo of %d bytes from %s", length, vip).isEqualTo(sent);
        } catch (final IOException e) {
            throw new UncheckedIOException("a datagram of " + length + " bytes to " + vip, e);
        }
    }

    private static DatagramSocket socket(final String namespace) throws IOException {
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            return new DatagramSocket();
        } finally {
            visit.close();
        }
    }
}

package io.fastpath.afxdpnative.netlink;

import org.agrona.DirectBuffer;

/** Carries netlink datagrams to and from the kernel; {@link NetlinkSocket} is the real one. Owned by one thread. */
public interface NetlinkChannel extends AutoCloseable {
    /**
     * Send one datagram.
     *
     * @param message buffer that holds it from offset 0.
     * @param length in bytes.
     */
    void send(DirectBuffer message, int length);

    /**
     * Receive one datagram into {@link #buffer()}.
     *
     * @return its length, or 0 if there is none (at once, or after the channel's time limit where it has one).
     */
    int receive();

    /** {@return the buffer that holds the datagram received last, from offset 0} */
    DirectBuffer buffer();

    @Override
    void close();
}

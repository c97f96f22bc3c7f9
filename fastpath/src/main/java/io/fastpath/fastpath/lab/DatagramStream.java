package io.fastpath.fastpath.lab;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One flow of numbered datagrams at a constant rate, from the client to whichever backend it is given to, one way: what a
 * fault costs is what is missing, late or out of order there. {@link #failures()} counts what the sender was refused.
 */
public final class DatagramStream extends Load {
    private static final int LENGTH = 64;
    private static final int SENT_OFFSET = 8;
    private static final int PREVIOUS_SENT_OFFSET = 16;
    private static final int RECEIVE_BUFFER_LENGTH = 1 << 20;
    private static final long QUIET_MS = 300;

    private final InetSocketAddress service;
    private final long intervalNs;
    private final DatagramArrivals arrivals;
    private final List<DatagramChannel> receivers = new ArrayList<>();
    private volatile long sent;
    private volatile long longestSendGapNs;

    /**
     * A stream that is not started yet, and its receivers, which are.
     *
     * @param client namespace that sends
     * @param backends namespaces of a {@link Lab}'s backends, from the first; all listen
     * @param servicePort UDP port at the VIP
     * @param backendPort UDP port at the backends
     * @param perSecond datagrams
     */
    public DatagramStream(
            final String client,
            final List<String> backends,
            final int servicePort,
            final int backendPort,
            final int perSecond) {
        super("lab-datagrams", client, 1);
        service = new InetSocketAddress(Lab.VIP, servicePort);
        intervalNs = TimeUnit.SECONDS.toNanos(1) / perSecond;
        arrivals = new DatagramArrivals(intervalNs);
        for (int i = 0; i < backends.size(); i++) {
            listen(backends.get(i), new InetSocketAddress(Lab.backendAddress(i + 1), backendPort));
        }
    }

    /**
     * Datagrams that arrived.
     *
     * @return count so far
     */
    public long received() {
        return arrivals.count();
    }

    /**
     * Ends the stream, lets the last ones arrive, and ends the receivers.
     *
     * @return what became of all
     */
    public DatagramReport conclude() {
        finish();
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(QUIET_MS);
        while (arrivals.count() < sent && System.nanoTime() - deadlineNs < 0) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
        closeReceivers();
        return arrivals.report(sent, longestSendGapNs);
    }

    @Override
    void released() {
        closeReceivers();
    }

    @Override
    void loop(final int clientIndex) {
        final ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH);
        try (DatagramChannel channel = DatagramChannel.open()) {
            channel.connect(service);
            long nextNs = System.nanoTime();
            long lastNs = nextNs;
            while (goesOn()) {
                long nowNs = System.nanoTime();
                while (nowNs - nextNs < 0) {
                    LockSupport.parkNanos(nextNs - nowNs);
                    nowNs = System.nanoTime();
                }
                if (sent > DatagramArrivals.WARM_UP_COUNT) {
                    longestSendGapNs = Math.max(longestSendGapNs, nowNs - lastNs);
                }
                datagram.clear().putLong(0, sent).putLong(SENT_OFFSET, nowNs).putLong(PREVIOUS_SENT_OFFSET, lastNs);
                channel.write(datagram);
                lastNs = nowNs;
                sent = sent + 1;
                nextNs += intervalNs;
            }
        } catch (final IOException e) {
            failed(e.toString());
        }
    }

    private void listen(final String namespace, final InetSocketAddress address) {
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            final DatagramChannel channel = DatagramChannel.open();
            receivers.add(channel);
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_LENGTH);
            channel.bind(address);
            final Thread thread = new Thread(() -> receive(channel), "lab-datagram-receiver");
            thread.setDaemon(true);
            thread.start();
        } catch (final IOException e) {
            closeReceivers();
            throw new LabException("datagram receiver in " + namespace + ": " + e.getMessage(), e);
        } finally {
            visit.close();
        }
    }

    private void receive(final DatagramChannel channel) {
        final ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH);
        try {
            while (true) {
                datagram.clear();
                channel.receive(datagram);
                final long nowNs = System.nanoTime();
                arrivals.arrived(
                        datagram.getLong(0),
                        datagram.getLong(SENT_OFFSET),
                        datagram.getLong(PREVIOUS_SENT_OFFSET),
                        nowNs);
            }
        } catch (final ClosedChannelException e) {
            return; // the end
        } catch (final IOException e) {
            failed(e.toString());
        }
    }

    private void closeReceivers() {
        for (final DatagramChannel channel : receivers) {
            try {
                channel.close();
            } catch (final IOException e) {
                failed(e.toString());
            }
        }
    }
}

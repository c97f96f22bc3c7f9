package io.fastpath.fastpath.lab;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Small datagrams of a few flows, as many as a client thread can send, to backends that never read them: more than a
 * worker can take. {@link #failures()} counts what the sender was refused for another reason than that a queue was full.
 */
public final class Flood extends Load {
    private static final int LENGTH = 18;
    private static final int FLOWS = 16;

    private final InetSocketAddress service;
    private final LongAdder sent = new LongAdder();
    private final List<DatagramChannel> sinks = new ArrayList<>();

    /**
     * A flood that is not started yet.
     *
     * @param lab whose client sends
     * @param servicePort UDP port at the VIP
     * @param backendPort UDP port at the backends
     * @param threadCount senders
     */
    public Flood(final Lab lab, final int servicePort, final int backendPort, final int threadCount) {
        super("lab-flood", lab.client(), threadCount);
        service = new InetSocketAddress(Lab.VIP, servicePort);
        for (int number = 1; number <= lab.backendCount(); number++) {
            sink(lab.backend(number), new InetSocketAddress(Lab.backendAddress(number), backendPort));
        }
    }

    /**
     * Datagrams sent.
     *
     * @return count so far
     */
    public long sent() {
        return sent.sum();
    }

    @Override
    void released() {
        for (final DatagramChannel sink : sinks) {
            try {
                sink.close();
            } catch (final IOException e) {
                failed(e.toString());
            }
        }
    }

    @Override
    void loop(final int clientIndex) {
        final ByteBuffer datagram = ByteBuffer.allocateDirect(LENGTH);
        final List<DatagramChannel> flows = new ArrayList<>();
        try {
            for (int i = 0; i < FLOWS; i++) {
                final DatagramChannel flow = DatagramChannel.open();
                flows.add(flow);
                flow.connect(service);
            }
            while (goesOn()) {
                for (final DatagramChannel flow : flows) {
                    flow.write(datagram.clear());
                }
                sent.add(FLOWS);
            }
            for (final DatagramChannel flow : flows) {
                flow.close();
            }
        } catch (final IOException e) {
            failed(e.toString());
        }
    }

    private void sink(final String namespace, final InetSocketAddress address) {
        final NetworkNamespace visit = NetworkNamespace.enter(namespace);
        try {
            final DatagramChannel sink = DatagramChannel.open();
            sinks.add(sink);
            sink.bind(address);
        } catch (final IOException e) {
            released();
            throw new LabException("flood's sink in " + namespace + ": " + e.getMessage(), e);
        } finally {
            visit.close();
        }
    }
}

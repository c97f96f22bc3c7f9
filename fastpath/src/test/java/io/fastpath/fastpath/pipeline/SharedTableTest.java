package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.Frames.BACKEND;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import java.nio.ByteBuffer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workers with one set of tables: what one opens the others know, and nothing is opened twice. */
class SharedTableTest {
    private static final int FLOW_COUNT = 5_000;
    private static final long TIMEOUT_SECONDS = 60;

    private final TestBalancer balancer = new TestBalancer()
            .usualServices()
            .snatPorts(1024, 65535)
            .flowSlots(65536)
            .start();
    private final ExecutorService threads = Executors.newFixedThreadPool(2);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void shouldForwardOnOneWhatAnotherOpened() {
        final TestWorker.Outcome request = balancer.worker(0).receive(CLIENTS, udpRequest(1));
        assertThat(request.verdict()).isEqualTo(Counter.FORWARDED_REQUEST);
        final TestWorker.Outcome reply = balancer.worker(1).receive(SERVERS, replyTo(request.frame()));
        assertThat(reply.verdict()).isEqualTo(Counter.FORWARDED_REPLY);
        assertThat(reply.frame())
                .isEqualTo(
                        Frames.toClient(PacketBuilder.udp(VIP, 80, CLIENT, 1)).build());
        assertThat(balancer.counters().row(2, Counter.FLOW_OPENED)).isEqualTo(1);
        assertThat(balancer.counters().row(3, Counter.FLOW_OPENED)).isZero();
    }

    @Test
    void shouldPassFlowsBetweenThreads() throws InterruptedException, ExecutionException, TimeoutException {
        final BlockingQueue<byte[]> wire = new LinkedBlockingQueue<>();
        final Future<?> requests = threads.submit(() -> {
            for (int port = 1; port <= FLOW_COUNT; port++) {
                wire.add(expect(Counter.FORWARDED_REQUEST, balancer.worker(0).receive(CLIENTS, udpRequest(port))));
            }
        });
        final Future<?> replies = threads.submit(() -> {
            for (int i = 0; i < FLOW_COUNT; i++) {
                final byte[] request = wire.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                expect(Counter.FORWARDED_REPLY, balancer.worker(1).receive(SERVERS, replyTo(request)));
            }
            return null;
        });
        requests.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        replies.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(FlowInvariants.check(balancer.tables().region(MapNames.FLOWS), "after all"))
                .isEqualTo(FLOW_COUNT);
    }

    /** Forbidden: two entries of one connection, or packets of one connection from two source ports. */
    @Test
    void shouldOpenAFlowOnceThoughBothGetItsFirstPackets()
            throws InterruptedException, ExecutionException, TimeoutException {
        final Future<byte[][]> first = threads.submit(() -> openAll(balancer.worker(0)));
        final Future<byte[][]> second = threads.submit(() -> openAll(balancer.worker(1)));
        final byte[][] one = first.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        final byte[][] other = second.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        for (int i = 0; i < FLOW_COUNT; i++) {
            if (one[i] != null && other[i] != null) {
                assertThat(one[i]).as("packet of flow %d", i).isEqualTo(other[i]);
            }
            assertThat(one[i] != null || other[i] != null).as("flow %d", i).isTrue();
        }
        assertThat(FlowInvariants.check(balancer.tables().region(MapNames.FLOWS), "after all"))
                .isEqualTo(FLOW_COUNT);
        assertThat(balancer.count(Counter.FLOW_OPENED)).isEqualTo(FLOW_COUNT);
    }

    private static byte[][] openAll(final TestWorker worker) {
        final byte[][] sent = new byte[FLOW_COUNT][];
        for (int i = 0; i < FLOW_COUNT; i++) {
            final TestWorker.Outcome outcome = worker.receive(CLIENTS, udpRequest(i + 1));
            assertThat(outcome.verdict()).isIn(Counter.FORWARDED_REQUEST, Counter.DROP_FLOW_BUSY);
            sent[i] = outcome.frame();
        }
        return sent;
    }

    private static byte[] expect(final Counter verdict, final TestWorker.Outcome outcome) {
        assertThat(outcome.verdict()).isEqualTo(verdict);
        return outcome.frame();
    }

    private static byte[] udpRequest(final int port) {
        return PacketBuilder.udp(CLIENT, port, VIP, 80).build();
    }

    /** What the backend answers to a request as it was sent to it. */
    private static byte[] replyTo(final byte[] request) {
        final int sourcePort = ByteBuffer.wrap(request).getShort(34) & 0xffff;
        return Frames.fromBackend(PacketBuilder.udp(BACKEND, 8080, Frames.SNAT, sourcePort))
                .build();
    }
}

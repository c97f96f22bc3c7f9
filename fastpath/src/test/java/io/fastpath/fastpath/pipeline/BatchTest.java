package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendStats;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

/** Packets that meet in one batch, and packets that could not be sent. */
class BatchTest {
    private final TestBalancer balancer = new TestBalancer().usualServices().start();

    @Test
    void shouldTrackWhatThePacketBeforeOpened() {
        final TestWorker.Outcome[] outcomes = balancer.worker(0)
                .receiveAll(
                        CLIENTS,
                        Frames.request().build(),
                        Frames.request().build(),
                        Frames.request().flags(RST).build());
        assertThat(outcomes).extracting(TestWorker.Outcome::verdict).containsOnly(Counter.FORWARDED_REQUEST);
        assertThat(balancer.count(Counter.FLOW_OPENED)).isEqualTo(1);
    }

    /** Each of the three moves the connection on, so the look-up that was done for all of them is out of date twice. */
    @Test
    void shouldTrackWhatThePacketBeforeChanged() {
        balancer.receive(CLIENTS, Frames.request().build());
        balancer.receive(SERVERS, Frames.reply().build());
        balancer.receive(CLIENTS, Frames.request().flags(ACK).build());
        final TestWorker.Outcome[] outcomes = balancer.worker(0)
                .receiveAll(
                        CLIENTS,
                        Frames.request().flags(FIN | ACK).build(),
                        Frames.reply().flags(FIN | ACK).build(),
                        Frames.request().flags(ACK).build());
        assertThat(outcomes)
                .extracting(TestWorker.Outcome::verdict)
                .containsExactly(Counter.FORWARDED_REQUEST, Counter.FORWARDED_REPLY, Counter.FORWARDED_REQUEST);
        assertThat(state()).isEqualTo(FlowState.TCP_TIME_WAIT);
    }

    @Test
    void shouldKeepDropsFromTheirNeighbours() {
        final byte[][] frames = new byte[PacketBatch.CAPACITY][];
        for (int i = 0; i < frames.length; i++) {
            frames[i] = i % 2 == 0
                    ? PacketBuilder.udp(CLIENT, 7, VIP, 80).payload(i).build()
                    : Frames.request().flags(ACK).payload(i).build();
        }
        final TestWorker.Outcome[] outcomes = balancer.worker(0).receiveAll(CLIENTS, frames);
        for (int i = 0; i < frames.length; i++) {
            assertThat(outcomes[i].verdict()).isEqualTo(i % 2 == 0 ? Counter.FORWARDED_REQUEST : Counter.DROP_NO_FLOW);
        }
    }

    @Test
    void shouldCountAPacketThatCouldNotBeSentOnce() {
        final UnsafeBuffer umem = TestFrames.allocate(4096);
        final PipelineContext context =
                balancer.context().frames(umem).frameLength(2048).rowIndex(5).conclude();
        final Pipeline pipeline = new Pipeline(context);
        final PacketBatch batch = new PacketBatch();
        for (int i = 0; i < 2; i++) {
            final byte[] frame = Frames.request().build();
            umem.putBytes(i * 2048 + 256, frame);
            batch.add(i * 2048, i * 2048 + 256, frame.length, CLIENTS);
        }
        pipeline.process(batch, balancer.nowNs());
        batch.drop(1, Counter.DROP_TX_FULL);
        pipeline.count(batch);
        assertThat(batch.egressSlot(1)).isEqualTo(PacketBatch.NONE);
        assertThat(balancer.count(Counter.FORWARDED_REQUEST)).isEqualTo(1);
        assertThat(balancer.count(Counter.DROP_TX_FULL)).isEqualTo(1);
        assertThat(stats().packetsTo()).isEqualTo(1);
    }

    @Test
    void shouldCountPacketsOfBackendsInBothDirections() {
        balancer.receive(CLIENTS, Frames.request().build());
        balancer.receive(CLIENTS, Frames.request().payload(0).build());
        balancer.receive(TestBalancer.SERVERS, Frames.reply().payload(5).build());
        assertThat(stats()).isEqualTo(new BackendStats.Totals(2, 80, 1, 0, 1, 45));
    }

    /** State of the usual connection. */
    private int state() {
        final Address client = Address.parse(CLIENT);
        final Address vip = Address.parse(VIP);
        final int ports = Endpoint.portBe(1234) | Endpoint.portBe(80) << Short.SIZE;
        return FlowHandle.state(balancer.worker(0)
                .context()
                .flowTable()
                .find(client.word0(), client.word1(), vip.word0(), vip.word1(), ports, Protocol.TCP.number()));
    }

    /** Sums over all backends: which one a service has is the table's business. */
    private BackendStats.Totals stats() {
        final int capacity = balancer.tables().sizes().backendCapacity();
        final BackendStats stats = new BackendStats(balancer.tables().region(MapNames.BACKEND_STATS), 6, capacity);
        BackendStats.Totals sum = new BackendStats.Totals(0, 0, 0, 0, 0, 0);
        for (int i = 0; i < capacity; i++) {
            final BackendStats.Totals totals = stats.totals(i);
            sum = new BackendStats.Totals(
                    sum.packetsTo() + totals.packetsTo(),
                    sum.bytesTo() + totals.bytesTo(),
                    sum.flowsOpened() + totals.flowsOpened(),
                    sum.flowsClosed() + totals.flowsClosed(),
                    sum.packetsFrom() + totals.packetsFrom(),
                    sum.bytesFrom() + totals.bytesFrom());
        }
        return sum;
    }
}

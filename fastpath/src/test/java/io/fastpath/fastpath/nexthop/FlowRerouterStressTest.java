package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.fastpath.nexthop.RouteFixture.IFINDEX;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.lb.Address;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Routes that move while workers use, give up and take flow slots. */
class FlowRerouterStressTest {
    private static final int ROUNDS = 400_000;
    /** The walker hears of a round late; it is given from no lead at all to enough. */
    private static final int LEAD_LIMIT = 64;

    private static final long TIMEOUT_SECONDS = 120;
    private static final String MOVING = "198.51.100.1";
    private static final String STEADY = "198.51.100.2";
    private static final String GATEWAY = "192.0.2.1";
    private static final String GATEWAY2 = "192.0.2.2";

    private final RouteFixture world = new RouteFixture(64, 1);
    private final NextHopResolver resolver = world.resolver();
    private final FlowRerouter rerouter = new FlowRerouter(world.flows, world.hops.table, resolver);
    private final ExecutorService other = Executors.newSingleThreadExecutor();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @AfterEach
    void stop() {
        isOver.set(true);
        other.shutdownNow();
    }

    /** Forbidden: a flow whose hop is not usable or leads to a gateway that its client never had. */
    @Test
    void shouldNeverShowAReaderAHopThatLeadsElsewhere()
            throws InterruptedException, ExecutionException, TimeoutException {
        world.route(MOVING, GATEWAY);
        final int first = world.resolve(resolver, MOVING);
        world.flow(0, MOVING, first);
        final long one = key(IFINDEX, GATEWAY).gateway1();
        final long two = key(IFINDEX, GATEWAY2).gateway1();
        final AtomicLong seen = new AtomicLong();
        final Future<?> reader = other.submit(() -> {
            while (!isOver.get()) {
                final int hop = world.hopOf(0);
                assertThat(NextHopTable.isCurrent(world.hops.state(hop))).isTrue();
                assertThat(world.hops.table.gateway1(hop)).isIn(one, two);
                seen.incrementAndGet();
            }
        });
        for (int round = 0; (round < ROUNDS || seen.get() == 0) && !reader.isDone(); round++) {
            world.route(MOVING, (round & 1) == 0 ? GATEWAY2 : GATEWAY);
            rerouter.begin();
            rerouter.poll(round);
        }
        isOver.set(true);
        reader.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(world.currentCount()).isEqualTo(2);
    }

    /** Forbidden: that a slot which was given to another client keeps the hop of the one before. */
    @Test
    void shouldNeverLeaveAFlowTheHopOfItsSlotsLastOwner()
            throws InterruptedException, ExecutionException, TimeoutException {
        world.route(STEADY, GATEWAY);
        final int shared = world.resolve(resolver, STEADY);
        final AtomicLong begun = new AtomicLong();
        final AtomicLong ended = new AtomicLong();
        final Future<?> walker = other.submit(() -> {
            while (!isOver.get()) {
                if (begun.get() > ended.get()) {
                    rerouter.begin();
                    rerouter.poll(1);
                    ended.incrementAndGet();
                }
            }
        });
        world.route(MOVING, GATEWAY2);
        int version = 0;
        for (int round = 1; round <= ROUNDS && !walker.isDone(); round++) {
            version = claim(MOVING, shared, version);
            begun.set(round);
            for (int lead = round % LEAD_LIMIT; lead > 0; lead--) {
                Thread.onSpinWait();
            }
            version = claim(STEADY, shared, version);
            while (ended.get() < round && !walker.isDone()) {
                Thread.onSpinWait();
            }
            assertThat(world.hopOf(0)).as("round %d", round).isIn(0, shared);
        }
        isOver.set(true);
        walker.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        assertThat(rerouter.movedCount()).isPositive();
    }

    /** As a worker gives a slot to another connection: the control word closes it first and opens it last. */
    private int claim(final String client, final int hop, final int version) {
        final Address address = Address.parse(client);
        final long control = FlowDescriptor.CONTROL_OFFSET;
        final int kind = FlowDescriptor.KIND_REVERSE << FlowDescriptor.KIND_SHIFT;
        final int next = version + 1 & 0xffff;
        world.flows.putIntRelease(control, FlowState.CLAIMED | kind | next << FlowDescriptor.VERSION_SHIFT);
        world.flows.putLong(FlowDescriptor.CLIENT_OFFSET, address.word0());
        world.flows.putLong(FlowDescriptor.CLIENT_OFFSET + Long.BYTES, address.word1());
        world.flows.putShort(FlowDescriptor.NEXT_HOP_INDEX_OFFSET, (short) hop);
        world.flows.putIntRelease(control, FlowState.UDP_STREAM | kind | next << FlowDescriptor.VERSION_SHIFT);
        return next;
    }
}

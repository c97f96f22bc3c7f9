package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MTU;
import static io.fastpath.fastpath.nexthop.NextHopFixture.SOURCE_MAC;
import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.fastpath.nexthop.RouteFixture.IFINDEX;
import static io.fastpath.fastpath.nexthop.RouteFixture.NOWHERE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import org.junit.jupiter.api.Test;

class FlowRerouterTest {
    private static final String GATEWAY = "192.0.2.1";
    private static final String GATEWAY2 = "192.0.2.2";
    private static final int FLOW_COUNT = 3 * FlowRerouter.PIECE_SLOTS;

    private final RouteFixture world = new RouteFixture(64, FLOW_COUNT);
    private final NextHopTable table = world.hops.table;
    private final NextHopResolver resolver = world.resolver();
    private final FlowRerouter rerouter = new FlowRerouter(world.flows, table, resolver);

    @Test
    void shouldSpendNoRecordOnAThousandUnrelatedChangesAndFailOverAtOnce() {
        world.route("198.51.100.1", GATEWAY);
        world.flow(0, "198.51.100.1", world.resolve(resolver, "198.51.100.1"));
        world.flow(1, GATEWAY, world.resolve(resolver, GATEWAY));
        final int before = world.currentCount();
        for (int change = 0; change < 1_000; change++) {
            world.route("203.0.113." + change % 250, change % 2 == 0 ? GATEWAY : GATEWAY2);
            walkRound();
        }
        assertThat(world.currentCount()).isEqualTo(before);
        assertThat(rerouter.movedCount()).isZero();

        world.route("198.51.100.1", GATEWAY2);
        walkRound();
        assertThat(gatewayOf(0)).isEqualTo(key(IFINDEX, GATEWAY2).gateway1());
        assertThat(world.requests).contains(world.hopOf(0));
        assertThat(gatewayOf(1)).isEqualTo(key(IFINDEX, GATEWAY).gateway1());
        for (int flap = 0; flap < 1_000; flap++) {
            world.route("198.51.100.1", flap % 2 == 0 ? GATEWAY : GATEWAY2);
            walkRound();
        }
        assertThat(gatewayOf(0)).isEqualTo(key(IFINDEX, GATEWAY2).gateway1());
        assertThat(world.currentCount()).isEqualTo(before + 1);
        assertThat(world.flows.getShort(FlowDescriptor.BACKEND_INDEX_OFFSET)).isEqualTo((short) 77);
    }

    @Test
    void shouldMoveTheFlowsWhoseRouteMovedAndNoOthersOfTheirHop() {
        world.route("198.51.100.1", GATEWAY);
        world.route("198.51.100.2", GATEWAY);
        final int shared = world.resolve(resolver, "198.51.100.1");
        world.flow(0, "198.51.100.1", shared);
        world.flow(1, "198.51.100.2", shared);
        world.flow(2, GATEWAY, shared);
        world.route("198.51.100.2", GATEWAY2);
        walkRound();
        assertThat(world.hopOf(0)).isEqualTo(shared);
        assertThat(gatewayOf(1)).isEqualTo(key(IFINDEX, GATEWAY2).gateway1());
        assertThat(world.hopOf(2)).isEqualTo(shared);
        assertThat(rerouter.movedCount()).isEqualTo(1);
    }

    @Test
    void shouldForgetAHopWithoutARouteUnlessItHasTags() {
        final int plain = world.resolve(resolver, "198.51.100.1");
        final int tagged =
                table.findOrClaimOfClient(key(IFINDEX, "198.51.100.2").tags(1, 0x6400_0081, 0), SOURCE_MAC, MTU);
        world.flow(0, "198.51.100.1", plain);
        world.flow(1, "198.51.100.2", tagged);
        world.route("198.51.100.1", NOWHERE);
        world.route("198.51.100.2", NOWHERE);
        walkRound();
        assertThat(world.hopOf(0)).isZero();
        assertThat(world.hopOf(1)).isEqualTo(tagged);
        world.route("198.51.100.2", GATEWAY);
        walkRound();
        assertThat(gatewayOf(1)).isEqualTo(key(IFINDEX, GATEWAY).gateway1());
        assertThat(table.tagCount(world.hopOf(1))).isEqualTo(1);
    }

    @Test
    void shouldReplaceStaleHopsAndLeaveFlowsThatAreNotLive() {
        final int index = world.resolve(resolver, "198.51.100.1");
        world.flow(0, "198.51.100.1", index);
        world.flow(1, "198.51.100.1", index);
        world.state(1, FlowState.DYING);
        world.hops.maintenance.interfaceGone(IFINDEX);
        walkRound();
        assertThat(world.hopOf(0)).isPositive().isNotEqualTo(index);
        assertThat(world.hopOf(1)).isEqualTo(index);
        assertThat(world.hops.state(index)).isEqualTo(STATE_STALE);
    }

    /** A storm of changes must not keep the walk at its beginning. */
    @Test
    void shouldMeetEveryFlowWithinARoundThoughChangesKeepComing() {
        world.flow(FLOW_COUNT - 1, "198.51.100.1", world.resolve(resolver, "198.51.100.1"));
        world.route("198.51.100.1", GATEWAY);
        for (int piece = 0; piece < 3; piece++) {
            rerouter.begin();
            assertThat(rerouter.poll(1)).isEqualTo(FlowRerouter.PIECE_SLOTS);
        }
        assertThat(gatewayOf(FLOW_COUNT - 1)).isEqualTo(key(IFINDEX, GATEWAY).gateway1());
        assertThat(rerouter.poll(1)).isEqualTo(FlowRerouter.PIECE_SLOTS);
        assertThat(rerouter.poll(1)).isEqualTo(FlowRerouter.PIECE_SLOTS);
        assertThat(rerouter.poll(1)).isZero();
    }

    private long gatewayOf(final int slot) {
        return table.gateway1(world.hopOf(slot));
    }

    private void walkRound() {
        rerouter.begin();
        int met = 0;
        for (int count = rerouter.poll(1); count > 0; count = rerouter.poll(1)) {
            met += count;
        }
        assertThat(met).isEqualTo(FLOW_COUNT);
    }
}

package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static io.fastpath.conntrack.TestWorld.UDP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FlowCursorTest {
    private static final long VIP = ipv4(10, 7, 0, 100);

    private final TestWorld world = new TestWorld(2048, 41);
    private final FlowTable table = world.table(new CountingEvents());

    @Test
    void shouldSeeEveryConnectionOnce() {
        for (int i = 0; i < 300; i++) {
            open(i, i % 2 == 0 ? FULL_NAT : NAT);
        }
        final FlowCursor cursor = new FlowCursor(table);
        for (int round = 0; round < 2; round++) {
            final Set<Integer> seen = new HashSet<>();
            while (cursor.next()) {
                assertThat(seen.add(cursor.flow().clientPortBe())).isTrue();
            }
            assertThat(seen).hasSize(300);
            assertThat(cursor.next()).isFalse();
            cursor.reset();
        }
    }

    @Test
    void shouldLookAtNoMoreSlotsThanItMay() {
        final FlowCursor cursor = new FlowCursor(table);
        assertThat(cursor.next(100)).as("an empty table").isFalse();
        assertThat(cursor.isAtEnd()).isFalse();
        assertThat(cursor.slotIndex()).isEqualTo(100);
        assertThat(cursor.next(Integer.MAX_VALUE)).isFalse();
        assertThat(cursor.isAtEnd()).isTrue();
        assertThat(cursor.next(1)).as("beyond the end").isFalse();
        assertThat(cursor.slotIndex()).isEqualTo(2048);
    }

    @Test
    void shouldSeeEveryConnectionOnceInStepsOfAnyLength() {
        for (int i = 0; i < 300; i++) {
            open(i, i % 2 == 0 ? FULL_NAT : NAT);
        }
        for (final int slotLimit : new int[] {1, 3, 64, 5000}) {
            final FlowCursor cursor = new FlowCursor(table);
            final Set<Integer> seen = new HashSet<>();
            while (!cursor.isAtEnd()) {
                if (cursor.next(slotLimit)) {
                    assertThat(seen.add(cursor.flow().clientPortBe())).isTrue();
                }
            }
            assertThat(seen).as("steps of %d", slotLimit).hasSize(300);
        }
    }

    @Test
    void shouldCopyWhatTheSlotsSay() {
        final long forward = open(5, FULL_NAT);
        final int slot = FlowHandle.slotIndex(forward);
        final long reverse =
                Stage.find(table, new TableChecker(world).tuple(table.fields().peerIndex(slot)));
        table.track(reverse, 0, 30);
        table.nextHopIndex(forward, 3);
        table.nextHopIndex(reverse, 4);
        final FlowCursor cursor = new FlowCursor(table);
        assertThat(cursor.next()).isTrue();
        final FlowFlyweight flow = cursor.flow();
        assertThat(flow.slotIndex()).isEqualTo(slot);
        assertThat(flow.handle()).isEqualTo(Stage.find(table, new TableChecker(world).tuple(slot)));
        assertThat(flow.state()).isEqualTo(FlowState.UDP_STREAM);
        assertThat(flow.forwardingCode()).isEqualTo(FULL_NAT);
        assertThat(flow.client0()).isZero();
        assertThat(flow.client1()).isEqualTo(ipv4(192, 0, 2, 1));
        assertThat(flow.vip0()).isZero();
        assertThat(flow.vip1()).isEqualTo(VIP);
        assertThat(flow.clientPortBe()).isEqualTo(TestWorld.portBe(1005) & 0xffff);
        assertThat(flow.vipPortBe()).isEqualTo(TestWorld.portBe(53) & 0xffff);
        assertThat(flow.snatPortBe()).isEqualTo(table.fields().snatPortBe(slot));
        assertThat(flow.snatIndex()).isEqualTo(table.fields().snatIndex(slot)).isNotEqualTo(FlowDescriptor.NO_SNAT);
        assertThat(flow.serviceIndex()).isEqualTo(60_000);
        assertThat(flow.backendIndex()).isEqualTo(2);
        assertThat(flow.protocol()).isEqualTo(UDP);
        assertThat(flow.forwardNextHopIndex()).isEqualTo(3);
        assertThat(flow.reverseNextHopIndex()).isEqualTo(4);
        assertThat(flow.idleTicks(50)).as("the later of 20 and 30").isEqualTo(20);
    }

    @Test
    void shouldPassOverAConnectionThatGoesWhileItIsCopied() {
        open(1, FULL_NAT);
        final HookedSlotMemory memory = new HookedSlotMemory(world.flows);
        final FlowTable watched =
                new FlowTable(memory, world.config, world.backends, FlowTimeouts.defaults(), new CountingEvents());
        final FlowCursor cursor = new FlowCursor(watched);
        final long handle = table.find(0, ipv4(192, 0, 2, 1), 0, VIP, ports(1001, 53), UDP);
        final int slot = FlowHandle.slotIndex(handle);
        final int[] controls = new int[1];
        memory.hooks(
                () -> {
                    if (controls[0]++ == slot + 3) { // two loads into the copy
                        table.remove(handle, 20);
                        open(2, FULL_NAT);
                    }
                },
                () -> {});
        assertThat(cursor.next() && cursor.flow().clientPortBe() == (TestWorld.portBe(1001) & 0xffff))
                .isFalse();
    }

    private long open(final int port, final int mode) {
        final long handle = table.open(0, ipv4(192, 0, 2, 1), 0, VIP, ports(1000 + port, 53), UDP, 60_000, 2, mode, 10);
        assertThat(FlowHandle.isFlow(handle)).isTrue();
        return handle;
    }
}

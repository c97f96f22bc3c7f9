package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_A;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MTU;
import static io.fastpath.fastpath.nexthop.NextHopFixture.SOURCE_MAC;
import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.fastpath.nexthop.NextHopFixture.numbered;
import static io.fastpath.fastpath.nexthop.NextHopReclaimer.GRACE_NS;
import static io.fastpath.fastpath.nexthop.NextHopReclaimer.IDLE_NS;
import static io.fastpath.fastpath.nexthop.NextHopReclaimer.UNPROVED_NS;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextHopReclaimerTest {
    private static final long STEP_NS = 5_000_000_000L;

    private final NextHopFixture fixture = new NextHopFixture(128);
    private final SharedMemory flows = SharedMemory.allocate(64 * FlowDescriptor.LENGTH);
    private final SharedMemory backends = SharedMemory.allocate(4 * BackendDescriptor.LENGTH);
    private final NextHopReclaimer reclaimer = new NextHopReclaimer(fixture.table, flows, backends);
    private long nowNs;

    @Test
    void shouldFreeStaleHopsThatNobodyHolds() {
        final int byFlow = fixture.claim(key(3, "192.0.2.1"));
        final int byBackend = fixture.claim(key(3, "192.0.2.2"));
        final int byNobody = fixture.claim(key(3, "192.0.2.3"));
        final int byFreeFlow = fixture.claim(key(3, "192.0.2.4"));
        flow(2, FlowState.UDP_STREAM, byFlow);
        flow(3, FlowState.FREE, byFreeFlow);
        backend(byBackend);
        assertThat(reclaimer.poll(0)).isZero();
        fixture.maintenance.interfaceGone(3);
        final int current = fixture.claim(key(3, "192.0.2.5"));
        assertThat(pass(GRACE_NS)).isZero();
        assertThat(pass(STEP_NS)).isEqualTo(2);
        assertThat(fixture.state(byFlow)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(byBackend)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(byNobody)).isEqualTo(STATE_FREE);
        assertThat(fixture.state(byFreeFlow)).isEqualTo(STATE_FREE);
        assertThat(fixture.state(current)).isEqualTo(STATE_INCOMPLETE);
        flow(2, FlowState.FREE, byFlow);
        assertThat(pass(STEP_NS)).isEqualTo(1);
        assertThat(fixture.state(byFlow)).isEqualTo(STATE_FREE);
    }

    /** A worker that was stopped with the process has not stored yet what it took before. */
    @Test
    void shouldNotCountAPauseOfTheProcessAsGrace() {
        final int index = fixture.claim(key(3, "192.0.2.1"));
        reclaimer.poll(0);
        fixture.maintenance.interfaceGone(3);
        pass(STEP_NS);
        nowNs += 10 * GRACE_NS;
        assertThat(reclaimer.poll(nowNs)).isZero();
        assertThat(fixture.state(index)).isEqualTo(STATE_STALE);
        assertThat(pass(GRACE_NS)).isEqualTo(1);
    }

    @Test
    void shouldLeaveIdleHopsAloneWhileThereIsRoom() {
        final int index = fixture.claim(key(3, "192.0.2.1"));
        pass(10 * IDLE_NS);
        assertThat(fixture.state(index)).isEqualTo(STATE_INCOMPLETE);
    }

    @Test
    void shouldMakeRoomFromIdleHopsWhenThereIsLittle() {
        final int used = fixture.claim(key(3, "192.0.2.1"));
        final int ofBackend = fixture.claim(key(3, "192.0.2.2"));
        flow(0, FlowState.TCP_SYN_SENT, used);
        backend(ofBackend);
        final Set<Integer> idle = new HashSet<>();
        for (int number = 0; number < 60; number++) {
            idle.add(fixture.claim(numbered(number)));
        }
        pass(IDLE_NS);
        assertThat(idle).allMatch(index -> fixture.state(index) == STATE_INCOMPLETE);
        pass(STEP_NS);
        assertThat(idle).allMatch(index -> fixture.state(index) == STATE_STALE);
        assertThat(pass(GRACE_NS)).isEqualTo(idle.size());
        pass(10 * IDLE_NS);
        assertThat(fixture.state(used)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.state(ofBackend)).isEqualTo(STATE_INCOMPLETE);
    }

    /** Made-up sources open flows, but the handshake never ends and the kernel never finds them. */
    @Test
    void shouldMakeRoomFromClientsThatNobodyVouchesForFirst() {
        final int proved = client(0);
        final int confirmed = client(1);
        fixture.maintenance.neighbourFound(numbered(0), MacWord.toNumber(MAC_A), 1);
        flow(0, FlowState.TCP_SYN_RECV, proved);
        flow(1, FlowState.TCP_ESTABLISHED, confirmed);
        final Set<Integer> madeUp = new HashSet<>();
        for (int number = 2; number < 3_000; number++) {
            final int index = client(number);
            if (index != NextHopTable.NOT_RESOLVED && madeUp.add(index)) {
                flow(
                        1 + madeUp.size(),
                        (madeUp.size() & 1) == 0 ? FlowState.TCP_SYN_RECV : FlowState.UDP_STREAM,
                        index);
            }
        }
        assertThat(madeUp).hasSize(30);
        pass(UNPROVED_NS + STEP_NS);
        assertThat(madeUp).allMatch(index -> fixture.state(index) == STATE_STALE);
        assertThat(fixture.state(proved)).isEqualTo(STATE_VALID);
        assertThat(fixture.state(confirmed)).isEqualTo(STATE_INCOMPLETE);
        assertThat(pass(2 * GRACE_NS)).as("while flows hold them").isZero();
        for (int slot = 2; slot < 64; slot++) {
            flow(slot, FlowState.UDP_STREAM, NextHopTable.NOT_RESOLVED); // as the sweeper forgets
        }
        assertThat(pass(STEP_NS)).isEqualTo(30);
        assertThat(client(4_000)).isPositive();
        pass(10 * IDLE_NS);
        assertThat(fixture.state(proved)).isEqualTo(STATE_VALID);
    }

    private int client(final int number) {
        return fixture.table.findOrClaimOfClient(numbered(number), SOURCE_MAC, MTU);
    }

    private void flow(final int slot, final int state, final int hopIndex) {
        final long offset = FlowDescriptor.slotOffset(slot);
        flows.putShort(offset + FlowDescriptor.NEXT_HOP_INDEX_OFFSET, (short) hopIndex);
        flows.putInt(offset + FlowDescriptor.CONTROL_OFFSET, state);
    }

    private void backend(final int hopIndex) {
        backends.putShort(
                BackendDescriptor.recordOffset(1) + BackendDescriptor.NEXT_HOP_INDEX_OFFSET, (short) hopIndex);
    }

    /** Lets time pass in the control thread's turns; answers what was freed. */
    private int pass(final long durationNs) {
        int freed = 0;
        for (long passed = 0; passed < durationNs; passed += STEP_NS) {
            nowNs += STEP_NS;
            freed += reclaimer.poll(nowNs);
        }
        return freed;
    }
}

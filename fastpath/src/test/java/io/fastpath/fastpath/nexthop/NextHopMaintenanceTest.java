package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_A;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_B;
import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_CLAIMED;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_PROVISIONAL;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class NextHopMaintenanceTest {
    private static final NextHopKey KEY = key(3, "192.0.2.1");

    private final NextHopFixture fixture = new NextHopFixture(64);
    private final NextHopMaintenance maintenance = fixture.maintenance;

    @Test
    void shouldUpdateTheHopOfANeighbourAndNoneInAnotherVlan() {
        final int plain = fixture.claim(KEY);
        final int tagged = fixture.claim(key(3, "192.0.2.1").tags(1, 0x6400_0081, 0));
        final int elsewhere = fixture.claim(key(4, "192.0.2.1"));
        final int other = fixture.claim(key(3, "192.0.2.2"));
        assertThat(found(MAC_A)).isTrue();
        assertThat(fixture.state(plain)).isEqualTo(STATE_VALID);
        assertThat(fixture.state(tagged)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.state(elsewhere)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.state(other)).isEqualTo(STATE_INCOMPLETE);
        assertThat(found(MAC_B)).isTrue();
        assertThat(MacWord.of(fixture.table.macWord(plain))).isEqualTo(MAC_B);
    }

    @Test
    void shouldProveWhatWasLearned() {
        final int index = fixture.claim(KEY);
        fixture.table.learn(index, MAC_A);
        assertThat(fixture.state(index)).isEqualTo(STATE_PROVISIONAL);
        assertThat(found(MAC_A)).isTrue();
        assertThat(fixture.state(index)).isEqualTo(STATE_VALID);
    }

    @Test
    void shouldLoseANeighbour() {
        final int index = fixture.claim(KEY);
        found(MAC_A);
        assertThat(maintenance.neighbourLost(KEY)).isTrue();
        assertThat(fixture.state(index)).isEqualTo(STATE_INCOMPLETE);
        found(MAC_A);
        assertThat(fixture.state(index)).isEqualTo(STATE_VALID);
    }

    @Test
    void shouldMakeHopsOfAnInterfaceStale() {
        final int index = fixture.claim(KEY);
        final int elsewhere = fixture.claim(key(4, "192.0.2.1"));
        assertThat(maintenance.interfaceChanged(3)).isTrue();
        assertThat(fixture.state(index)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(elsewhere)).isEqualTo(STATE_INCOMPLETE);
        final List<Integer> current = new ArrayList<>();
        maintenance.forEachCurrent(current::add);
        assertThat(current).containsExactly(elsewhere);
    }

    @Test
    void shouldSayThatAWriterIsInTheWay() {
        final int index = fixture.claim(KEY);
        fixture.memory.putInt(NextHopTable.offset(index) + STATE_OFFSET, STATE_CLAIMED);
        assertThat(found(MAC_A)).isFalse();
        assertThat(maintenance.routesChanged()).isFalse();
        fixture.memory.putInt(NextHopTable.offset(index) + STATE_OFFSET, STATE_PROVISIONAL);
        assertThat(found(MAC_A)).isTrue();
    }

    @Test
    void shouldTakeBackWhatADeadWriterLeft() {
        final int filled = fixture.claim(KEY);
        fixture.memory.putInt(NextHopTable.offset(filled) + STATE_OFFSET, STATE_CLAIMED);
        final int empty = filled == 5 ? 6 : 5;
        fixture.memory.putInt(NextHopTable.offset(empty) + STATE_OFFSET, STATE_CLAIMED);
        assertThat(maintenance.recover()).isEqualTo(2);
        assertThat(fixture.state(filled)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.state(empty)).isEqualTo(STATE_FREE);
        assertThat(fixture.claim(KEY)).isEqualTo(filled);
    }

    @Test
    void shouldFreeStaleHopsThatNobodyHolds() {
        final SharedMemory flows = SharedMemory.allocate(8 * FlowDescriptor.LENGTH);
        final SharedMemory backends = SharedMemory.allocate(4 * BackendDescriptor.LENGTH);
        final NextHopReclaimer reclaimer = new NextHopReclaimer(fixture.table, flows, backends);
        final int byFlow = fixture.claim(key(3, "192.0.2.1"));
        final int byBackend = fixture.claim(key(3, "192.0.2.2"));
        final int byNobody = fixture.claim(key(3, "192.0.2.3"));
        final int byFreeFlow = fixture.claim(key(3, "192.0.2.4"));
        flows.putInt(FlowDescriptor.slotOffset(2), FlowState.UDP_STREAM);
        flows.putShort(FlowDescriptor.slotOffset(2) + FlowDescriptor.NEXT_HOP_INDEX_OFFSET, (short) byFlow);
        flows.putShort(FlowDescriptor.slotOffset(3) + FlowDescriptor.NEXT_HOP_INDEX_OFFSET, (short) byFreeFlow);
        backends.putShort(
                BackendDescriptor.recordOffset(1) + BackendDescriptor.NEXT_HOP_INDEX_OFFSET, (short) byBackend);

        assertThat(reclaimer.poll(0)).isZero();
        maintenance.routesChanged();
        final int current = fixture.claim(key(3, "192.0.2.5"));
        assertThat(reclaimer.poll(1)).isZero();
        assertThat(reclaimer.poll(NextHopReclaimer.GRACE_NS)).isZero();
        assertThat(reclaimer.poll(NextHopReclaimer.GRACE_NS + 1)).isEqualTo(2);
        assertThat(fixture.state(byFlow)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(byBackend)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(byNobody)).isEqualTo(STATE_FREE);
        assertThat(fixture.state(byFreeFlow)).isEqualTo(STATE_FREE);
        assertThat(fixture.state(current)).isEqualTo(STATE_INCOMPLETE);
    }

    private boolean found(final long macMemory) {
        return maintenance.neighbourFound(KEY, MacWord.toNumber(macMemory), 1);
    }
}

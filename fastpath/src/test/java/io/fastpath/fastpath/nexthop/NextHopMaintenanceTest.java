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

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
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
        assertThat(maintenance.interfaceGone(3)).isTrue();
        assertThat(fixture.state(index)).isEqualTo(STATE_STALE);
        assertThat(fixture.state(elsewhere)).isEqualTo(STATE_INCOMPLETE);
        final List<Integer> current = new ArrayList<>();
        maintenance.forEachCurrent(current::add);
        assertThat(current).containsExactly(elsewhere);
    }

    @Test
    void shouldTakeOverAnInterfacesMtuAndGiveUpHopsWithItsOldMac() {
        final InterfaceTable interfaces =
                new InterfaceTable(SharedMemory.allocate(InterfaceDescriptor.SLOTS * InterfaceDescriptor.LENGTH));
        interfaces.put(3, 1, 0, MacWord.toNumber(NextHopFixture.SOURCE_MAC), NextHopFixture.MTU);
        final int index = fixture.claim(KEY);
        final int unserved = fixture.claim(key(4, "192.0.2.1"));
        maintenance.interfacesChanged(interfaces);
        assertThat(fixture.state(index)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.state(unserved)).isEqualTo(STATE_STALE);
        interfaces.put(3, 1, 0, MacWord.toNumber(NextHopFixture.SOURCE_MAC), 9000);
        maintenance.interfacesChanged(interfaces);
        assertThat(fixture.state(index)).isEqualTo(STATE_INCOMPLETE);
        assertThat(fixture.table.mtu(index)).isEqualTo(9000);
        for (final long changedBit : new long[] {1L << 8, 1L << 40}) {
            final int current = fixture.claim(KEY);
            interfaces.put(3, 1, 0, MacWord.toNumber(NextHopFixture.SOURCE_MAC ^ changedBit), 9000);
            maintenance.interfacesChanged(interfaces);
            assertThat(fixture.state(current)).isEqualTo(STATE_STALE);
        }
    }

    @Test
    void shouldSayThatAWriterIsInTheWay() {
        final int index = fixture.claim(KEY);
        fixture.memory.putInt(NextHopTable.offset(index) + STATE_OFFSET, STATE_CLAIMED);
        assertThat(found(MAC_A)).isFalse();
        assertThat(maintenance.interfaceGone(3)).isFalse();
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

    private boolean found(final long macMemory) {
        return maintenance.neighbourFound(KEY, MacWord.toNumber(macMemory), 1);
    }
}

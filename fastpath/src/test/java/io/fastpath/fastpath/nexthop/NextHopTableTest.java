package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_A;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_B;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MTU;
import static io.fastpath.fastpath.nexthop.NextHopFixture.SOURCE_MAC;
import static io.fastpath.fastpath.nexthop.NextHopFixture.key;
import static io.fastpath.fastpath.nexthop.NextHopFixture.numbered;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_PROVISIONAL;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextHopTableTest {
    private static final NextHopKey KEY = key(3, "192.0.2.1");

    private final NextHopFixture fixture = new NextHopFixture(64);
    private final NextHopTable table = fixture.table;

    @Test
    void shouldWriteARecordAsItIsDrawn() {
        final int index = fixture.claim(key(3, "192.0.2.1").tags(2, 0x0500_a888, 0x0600_0081));
        assertThat(index).isPositive();
        assertThat(table.state(index)).isEqualTo(STATE_INCOMPLETE);
        assertThat(table.ifindex(index)).isEqualTo(3);
        assertThat(table.mtu(index)).isEqualTo(MTU);
        assertThat(table.tagCount(index)).isEqualTo(2);
        assertThat(table.outerTag(index)).isEqualTo(0x0500_a888);
        assertThat(table.innerTag(index)).isEqualTo(0x0600_0081);
        assertThat(table.learn(index, MAC_A)).isTrue();
        final SharedMemory memory = fixture.memory;
        final long record = NextHopDescriptor.recordOffset(index);
        for (int i = 0; i < 6; i++) {
            assertThat(memory.getByte(record + NextHopDescriptor.DESTINATION_MAC_OFFSET + i))
                    .isEqualTo((byte) (MAC_A >>> 8 * i));
            assertThat(memory.getByte(record + NextHopDescriptor.SOURCE_MAC_OFFSET + i))
                    .isEqualTo((byte) (SOURCE_MAC >>> 8 * i));
        }
        assertThat(table.macWord(index)).isEqualTo(MAC_A | SOURCE_MAC << 48);
        assertThat(table.sourceMacTail(index)).isEqualTo((int) (SOURCE_MAC >>> 16));
    }

    @Test
    void shouldFindWhatWasClaimed() {
        final int index = fixture.claim(KEY);
        assertThat(fixture.claim(KEY)).isEqualTo(index);
        assertThat(table.find(KEY)).isEqualTo(index);
        assertThat(table.find(key(4, "192.0.2.1"))).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThat(table.find(key(3, "192.0.2.2"))).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThat(table.find(key(3, "192.0.2.1").tags(1, 0x0100_0081, 0))).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThat(table.find(key(3, "2001:db8::1"))).isEqualTo(NextHopTable.NOT_RESOLVED);
    }

    @Test
    void shouldFillUpAndSaySo() {
        final Set<Integer> indices = new HashSet<>();
        int number = 0;
        for (int index = fixture.claim(numbered(number)); index != 0; index = fixture.claim(numbered(number))) {
            assertThat(indices.add(index)).as("index %d is new", index).isTrue();
            number++;
        }
        assertThat(indices).hasSizeGreaterThan(NextHopTable.PROBE_LIMIT).doesNotContain(0);
        for (int i = 0; i < number; i++) {
            assertThat(table.find(numbered(i))).isIn(indices);
        }
    }

    @Test
    void shouldKeepClientsToTheirQuarter() {
        final Set<Integer> ofClients = new HashSet<>();
        for (int number = 0; number < 5_000; number++) {
            ofClients.add(table.findOrClaimOfClient(numbered(number), SOURCE_MAC, MTU));
        }
        assertThat(ofClients).hasSize(16 + 1).contains(NextHopTable.NOT_RESOLVED);
        assertThat(ofClients).allMatch(index -> index == NextHopTable.NOT_RESOLVED || table.isOfClients(index));
        final int index = fixture.claim(numbered(0));
        assertThat(index).isPositive();
        assertThat(table.isOfClients(index)).isFalse();
        assertThat(table.find(numbered(0))).isEqualTo(index).isNotEqualTo(table.findOfClient(numbered(0)));
    }

    @Test
    void shouldWorkWithTheSmallestTable() {
        final NextHopFixture tiny = new NextHopFixture(2);
        assertThat(tiny.claim(KEY)).isEqualTo(1);
        assertThat(tiny.claim(key(3, "192.0.2.2"))).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThat(tiny.table.findOrClaimOfClient(KEY, SOURCE_MAC, MTU)).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThatThrownBy(() -> new NextHopTable(tiny.memory, 3))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("192 bytes");
    }

    @Test
    void shouldTakeAnyIndexForWhatItIs() {
        assertThat(table.state(0)).isEqualTo(STATE_FREE);
        assertThat(table.state(-1)).isEqualTo(STATE_FREE);
        assertThat(table.state(64)).isEqualTo(STATE_FREE);
        assertThat(table.state(0xffff)).isEqualTo(STATE_FREE);
    }

    @Test
    void shouldLearnUntilTheKernelKnows() {
        final int index = fixture.claim(KEY);
        assertThat(table.learn(index, MAC_A)).isTrue();
        assertThat(fixture.state(index)).isEqualTo(STATE_PROVISIONAL);
        assertThat(table.learn(index, MAC_A)).isFalse();
        assertThat(table.learn(index, MAC_B)).isTrue();
        assertThat(MacWord.of(table.macWord(index))).isEqualTo(MAC_B);
        fixture.maintenance.neighbourFound(KEY, MacWord.toNumber(MAC_A), 77);
        assertThat(table.learn(index, MAC_B)).isFalse();
        assertThat(fixture.state(index)).isEqualTo(STATE_VALID);
        assertThat(MacWord.of(table.macWord(index))).isEqualTo(MAC_A);
        assertThat(table.provedNs(index)).isEqualTo(77);
    }

    @Test
    void shouldNotLearnGroupsAndNothing() {
        final int index = fixture.claim(KEY);
        assertThat(table.learn(index, MAC_A | 1)).isFalse();
        assertThat(table.learn(index, 0)).isFalse();
        assertThat(fixture.state(index)).isEqualTo(STATE_INCOMPLETE);
    }

    @Test
    void shouldNotFindWhatIsStale() {
        final int index = fixture.claim(KEY);
        fixture.maintenance.interfaceGone(3);
        assertThat(fixture.state(index)).isEqualTo(STATE_STALE);
        assertThat(table.find(KEY)).isEqualTo(NextHopTable.NOT_RESOLVED);
        assertThat(fixture.claim(KEY)).isPositive().isNotEqualTo(index);
        assertThat(table.learn(index, MAC_A)).isFalse();
    }

    @Test
    void shouldForgetOnlyWhatCanBeFoundOutAgain() {
        final int plain = fixture.claim(KEY);
        final int tagged = fixture.claim(key(3, "192.0.2.1").tags(1, 0x6400_0081, 0));
        assertThat(table.isForgettable(plain)).isFalse();
        fixture.maintenance.interfaceGone(3);
        assertThat(table.isForgettable(plain)).isTrue();
        assertThat(table.isForgettable(tagged)).isFalse();
        assertThat(table.isForgettable(63)).isTrue();
    }
}

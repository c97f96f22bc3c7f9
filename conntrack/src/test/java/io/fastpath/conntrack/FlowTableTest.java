package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.UnsafeApi;
import org.junit.jupiter.api.Test;

class FlowTableTest {
    private static final long CLIENT = ipv4(192, 0, 2, 7);
    private static final long VIP = ipv4(10, 7, 0, 100);

    private final TestWorld world = new TestWorld(4096, 1);
    private final CountingEvents events = new CountingEvents();
    private final FlowTable table = world.table(events);

    @Test
    void shouldFindBothDirectionsOfAConnection() {
        assertThat(table.find(0, CLIENT, 0, VIP, ports(40000, 80), TCP)).isEqualTo(FlowHandle.NOT_FOUND);
        final long opened = table.open(0, CLIENT, 0, VIP, ports(40000, 80), TCP, 3, 2, FULL_NAT, 100);
        assertThat(FlowHandle.isFlow(opened)).isTrue();
        assertThat(FlowHandle.isExisting(opened)).isFalse();
        final long forward = table.find(0, CLIENT, 0, VIP, ports(40000, 80), TCP);
        assertThat(forward).isEqualTo(opened);
        final int slot = FlowHandle.slotIndex(forward);
        final FlowFields fields = table.fields();
        final int replyPorts = TestWorld.portBe(8082) & 0xffff | fields.snatPortBe(slot) << 16;
        final long reverse =
                table.find(0, ipv4(10, 8, 1, 3), 0, ipv4(10, 8, 0, 1 + fields.snatIndex(slot)), replyPorts, TCP);
        assertThat(FlowHandle.isReverse(reverse)).isTrue();
        assertThat(fields.peerIndex(FlowHandle.slotIndex(reverse))).isEqualTo(slot);
        assertThat(table.track(reverse, 0x12, 101)).isEqualTo(TrackVerdict.ACCEPTED);
        assertThat(table.track(forward, 0x10, 102)).isEqualTo(TrackVerdict.ACCEPTED);
        assertThat(Control.state(fields.control(slot))).isEqualTo(FlowState.TCP_ESTABLISHED);
        assertThat(Control.state(fields.control(FlowHandle.slotIndex(reverse)))).isEqualTo(FlowState.TCP_ESTABLISHED);
        assertThat(table.remove(reverse, 103)).isTrue();
        assertThat(table.find(0, CLIENT, 0, VIP, ports(40000, 80), TCP)).isEqualTo(FlowHandle.NOT_FOUND);
        assertThat(events.opened).isEqualTo(1);
        assertThat(events.closed).isEqualTo(1);
    }

    @Test
    void shouldUseTheLargestTable() {
        final long length = (long) FlowTable.SLOT_COUNT_MAX * FlowDescriptor.LENGTH;
        final long address =
                UnsafeApi.allocateMemory(length + 64); // fresh pages of the kernel: zero, and few are touched
        try {
            final SharedMemory flows = new SharedMemory((address + 63) & -64, length);
            final FlowTable large = new FlowTable(flows, world.config, world.backends, FlowTimeouts.defaults(), events);
            int highest = 0;
            for (int port = 1; port <= 500; port++) {
                final long opened = large.open(0, CLIENT, 0, VIP, ports(port, 80), TCP, 3, 2, FULL_NAT, 100);
                assertThat(large.find(0, CLIENT, 0, VIP, ports(port, 80), TCP)).isEqualTo(opened);
                highest = Math.max(highest, FlowHandle.slotIndex(opened));
            }
            assertThat(highest).isGreaterThan(1 << 25);
        } finally {
            UnsafeApi.freeMemory(address);
        }
    }

    @Test
    void shouldRefuseImpossibleSizes() {
        assertThatThrownBy(() -> new TestWorld(FlowTable.SLOT_COUNT_MIN - 1, 1).table(events))
                .hasMessageContaining("511 slots; allowed is 512 to 67108864");
        final SharedMemory odd = SharedMemory.allocate(64 * 1024 + 8);
        assertThatThrownBy(() -> new FlowTable(odd, world.config, world.backends, FlowTimeouts.defaults(), events))
                .hasMessageContaining("not a number of slots");
    }

    @Test
    void shouldAdoptTheConnectionsOfAFormerProcess() {
        final long opened = table.open(0, CLIENT, 0, VIP, ports(40000, 80), TCP, 3, 2, FULL_NAT, 100);
        final FlowTable next = world.table(new CountingEvents());
        assertThat(next.find(0, CLIENT, 0, VIP, ports(40000, 80), TCP)).isEqualTo(opened);
        final long again = next.open(0, CLIENT, 0, VIP, ports(40000, 80), TCP, 4, 1, FULL_NAT, 100);
        assertThat(FlowHandle.isExisting(again)).isTrue();
        assertThat(FlowHandle.slotIndex(again)).isEqualTo(FlowHandle.slotIndex(opened));
        assertThat(next.fields().backendIndex(FlowHandle.slotIndex(again))).isEqualTo(2);
    }

    @Test
    void shouldLookUpInStepsAsAtOnce() {
        final long opened = table.open(0, CLIENT, 0, VIP, ports(40000, 80), TCP, 3, 2, FULL_NAT, 100);
        final int home = table.home(table.hash(0, CLIENT, 0, VIP, ports(40000, 80), TCP));
        final int hop = table.hop(home);
        assertThat(hop & FlowDescriptor.HOP_MASK).isNotZero();
        assertThat(table.touchCandidate(home, hop)).isEqualTo(FlowHandle.control(opened));
        assertThat(table.touchCandidate(home, 0)).isZero();
        assertThat(table.find(home, hop, 0, CLIENT, 0, VIP, ports(40000, 80), TCP))
                .isEqualTo(opened);
        assertThat(table.find(home, 0, 0, CLIENT, 0, VIP, ports(40000, 80), TCP))
                .isEqualTo(FlowHandle.NOT_FOUND);
    }
}

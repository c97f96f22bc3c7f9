package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.FlowState;
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
}

package io.fastpath.fastpath.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.junit.jupiter.api.Test;

class InterfaceTableTest {
    private static final long MAC = 0x02fc_0000_0301L;

    private final SharedMemory memory =
            SharedMemory.allocate((long) InterfaceDescriptor.SLOTS * InterfaceDescriptor.LENGTH);
    private final InterfaceTable table = new InterfaceTable(memory);

    @Test
    void shouldWriteARecordAsItIsDrawn() {
        final int slot = table.put(67, 4, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM, MAC, 9000);
        assertThat(slot).isEqualTo(3);
        final long record = InterfaceDescriptor.recordOffset(slot);
        assertThat(memory.getInt(record + InterfaceDescriptor.IFINDEX_OFFSET)).isEqualTo(67);
        assertThat(memory.getByte(record + InterfaceDescriptor.MAC_OFFSET)).isEqualTo((byte) 0x02);
        assertThat(memory.getByte(record + InterfaceDescriptor.MAC_OFFSET + 5)).isEqualTo((byte) 0x01);
        assertThat(memory.getShort(record + InterfaceDescriptor.MTU_OFFSET)).isEqualTo((short) 9000);
        assertThat(table.ifindex(slot)).isEqualTo(67);
        assertThat(table.queueCount(slot)).isEqualTo(4);
        assertThat(table.flags(slot)).isEqualTo(InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM);
        assertThat(table.mtu(slot)).isEqualTo(9000);
        assertThat(table.macMemory(slot)).isEqualTo(0x0103_0000_fc02L);
    }

    @Test
    void shouldProbeAndRefuseWhenAllAreTaken() {
        for (int i = 0; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            assertThat(table.put(62 + i * 64, 1, 0, MAC, 1500)).isEqualTo(62 + i & 63);
        }
        assertThatThrownBy(() -> table.put(62 + 640, 1, 0, MAC, 1500))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("702")
                .hasMessageContaining("from 62 on");
        for (int i = 0; i < InterfaceDescriptor.PROBE_LIMIT; i++) {
            assertThat(table.find(62 + i * 64)).isEqualTo(62 + i & 63);
        }
    }

    @Test
    void shouldRewriteAndRemove() {
        final int slot = table.put(5, 1, 0, MAC, 1500);
        assertThat(table.put(5, 2, 1, MAC + 1, 1400)).isEqualTo(slot);
        assertThat(table.mtu(slot)).isEqualTo(1400);
        assertThat(table.put(69, 1, 0, MAC, 1500)).isEqualTo(slot + 1);
        table.remove(5);
        table.remove(5);
        assertThat(table.find(5)).isEqualTo(InterfaceTable.NOT_FOUND);
        assertThat(table.find(69)).isEqualTo(slot + 1);
        assertThat(table.find(0)).isEqualTo(InterfaceTable.NOT_FOUND);
        assertThat(table.find(-1)).isEqualTo(InterfaceTable.NOT_FOUND);
    }

    @Test
    void shouldNameANumberThatIsOutOfRange() {
        assertThatThrownBy(() -> table.put(0, 1, 0, MAC, 1500)).hasMessageContaining("ifindex is 0");
        assertThatThrownBy(() -> table.put(1, 65, 0, MAC, 1500)).hasMessageContaining("queueCount is 65");
        assertThatThrownBy(() -> table.put(1, 1, 0, MAC, 70000)).hasMessageContaining("mtu is 70000");
    }
}

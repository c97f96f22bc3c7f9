package io.fastpath.kernelbpf.layout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The little functions of the descriptors. */
class DescriptorArithmeticTest {
    @Test
    void shouldPlaceRecordsBeyondTwoGibibytes() {
        assertThat(FlowDescriptor.slotOffset(33_554_432)).isEqualTo(1L << 31);
        assertThat(FlowDescriptor.slotOffset(Integer.MAX_VALUE)).isEqualTo(64L * Integer.MAX_VALUE);
        assertThat(BackendStatsDescriptor.recordOffset(1024, 5, 65_535)).isEqualTo((1024L * 65_535 + 5) * 64);
        assertThat(BackendDescriptor.recordOffset(1 << 27)).isEqualTo(1L << 32);
        assertThat(NextHopDescriptor.recordOffset(1 << 26)).isEqualTo(1L << 32);
        assertThat(ServiceDescriptor.slotOffset(1 << 26)).isEqualTo(1L << 32);
        assertThat(Counter.offset(1 << 21, 3)).isEqualTo((1L << 32) + 24);
    }

    @Test
    void shouldGiveEveryQueueItsSlot() {
        assertThat(InterfaceDescriptor.queueSlot(0, 0)).isZero();
        assertThat(InterfaceDescriptor.queueSlot(1, 0)).isEqualTo(64);
        assertThat(InterfaceDescriptor.queueSlot(63, 63)).isEqualTo(InterfaceDescriptor.QUEUE_SLOTS - 1);
        assertThat(InterfaceDescriptor.recordOffset(2)).isEqualTo(128);
        assertThat(QueueDescriptor.recordOffset(3)).isEqualTo(384);
    }

    @Test
    void shouldMapIpv4AddressesAsRfc4291Says() {
        final byte[] bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 0xff, (byte) 0xff, 10, 7, 0, 100};
        final ByteBuffer address = ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
        final int ipv4Memory = address.getInt(12);
        final long word1 = AddressDescriptor.ipv4Word1(ipv4Memory);

        assertThat(word1).isEqualTo(address.getLong(AddressDescriptor.WORD1_OFFSET));
        assertThat(AddressDescriptor.ipv4Memory(word1)).isEqualTo(ipv4Memory);
        assertThat(AddressDescriptor.isIpv4(0, word1)).isTrue();
        assertThat(AddressDescriptor.isIpv4(1, word1)).isFalse();
        assertThat(AddressDescriptor.isIpv4(0, word1 ^ 0x0100_0000)).isFalse();
    }

    @Test
    void shouldCountTicksThatWrap() {
        assertThat(FlowDescriptor.ticks(0)).isZero();
        assertThat(FlowDescriptor.ticks((1L << 20) - 1)).isZero();
        assertThat(FlowDescriptor.ticks(1L << 20)).isEqualTo(1);
        assertThat(FlowDescriptor.ticks(1L << 52)).isZero();
        assertThat(FlowDescriptor.ticks((1L << 52) + (5L << 20)) - FlowDescriptor.ticks((1L << 52) - (5L << 20)))
                .isEqualTo(10);
    }

    @Test
    void shouldNameEveryFlowState() {
        assertThat(IntStream.range(0, FlowState.COUNT).mapToObj(FlowState::label))
                .doesNotHaveDuplicates()
                .noneMatch(label -> label.startsWith("unknown"));
        assertThat(FlowState.label(FlowState.COUNT)).isEqualTo("unknown-14");
        assertThat(FlowState.label(-1)).isEqualTo("unknown--1");
        assertThat(FlowState.isLive(FlowState.DYING)).isFalse();
        assertThat(FlowState.isLive(FlowState.TCP_SYN_SENT)).isTrue();
    }

    @Test
    void shouldFindEveryCounterByItsCode() {
        assertThat(Counter.values()).allMatch(counter -> Counter.ofCode(counter.code()) == counter);
        assertThat(Counter.ofCode(Counter.SLOTS - 1)).isNull();
        assertThat(Arrays.stream(Counter.values()).map(Counter::sentence))
                .doesNotHaveDuplicates()
                .noneMatch(sentence -> sentence.endsWith("."));
        assertThat(Arrays.stream(Counter.values()).filter(Counter::isDrop))
                .allMatch(counter -> counter.label().startsWith("drop_"));
        assertThat(Counter.RX_PACKETS.isDrop()).isFalse();
    }

    @Test
    void shouldFindEveryForwardingByItsCode() {
        assertThat(Forwarding.values()).allMatch(mode -> Forwarding.ofCode(mode.code()) == mode);
        final int count = Forwarding.values().length;
        assertThatThrownBy(() -> Forwarding.ofCode(count))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("forwarding code " + count + " is not one of 0.." + (count - 1));
        assertThat(Forwarding.values())
                .allMatch(mode -> mode.isDirect()
                        == ((mode.code() << FlowDescriptor.KIND_MODE_SHIFT & FlowDescriptor.KIND_DIRECT_MASK) != 0));
        assertThat(Forwarding.FULL_NAT.label()).isEqualTo("full-nat");
    }
}

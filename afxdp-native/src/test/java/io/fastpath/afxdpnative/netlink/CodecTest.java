package io.fastpath.afxdpnative.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class CodecTest {
    private final MessageWriter writer = new MessageWriter();

    @Test
    void shouldReadBackWhatWasWritten() {
        writer.begin(18, 0x305).u8(1).u8(2).u16(3).attribute(7, 0x01020304).attribute(8, "fpa");
        final int nested = writer.beginNested(9);
        writer.attribute(1, new byte[] {1, 2, 3, 4, 5}).attribute(2, new byte[] {9});
        writer.endNested(nested);
        writer.sequence(77);

        final MessageCursor message = new MessageCursor().wrap(writer.buffer(), 0, writer.length());
        assertThat(message.next()).isTrue();
        assertThat(message.type()).isEqualTo(18);
        assertThat(message.flags()).isEqualTo(0x305);
        assertThat(message.sequence()).isEqualTo(77);
        final AttributeCursor attributes =
                new AttributeCursor().wrapAfter(message.buffer(), message.payloadOffset(), message.payloadLength(), 4);
        assertThat(attributes.next()).isTrue();
        assertThat(attributes.type()).isEqualTo(7);
        assertThat(attributes.u32()).isEqualTo(0x01020304);
        assertThat(attributes.u64()).isEqualTo(0x01020304);
        assertThat(attributes.next()).isTrue();
        assertThat(attributes.string()).isEqualTo("fpa");
        assertThat(attributes.next()).isTrue();
        assertThat(attributes.type()).as("without the nested bit").isEqualTo(9);
        final AttributeCursor inner = attributes.nested();
        assertThat(inner.next()).isTrue();
        assertThat(inner.length()).isEqualTo(5);
        assertThat(inner.next()).isTrue();
        assertThat(inner.u8()).isEqualTo(9);
        assertThat(inner.next()).isFalse();
        assertThat(attributes.next()).isFalse();
        assertThat(message.next()).isFalse();
    }

    @Test
    void shouldWriteWhatTheKernelExpectsByteForByte() {
        writer.begin(0x1234, 0x0005).s32(-1).attribute(3, "lo");
        writer.sequence(1);

        final byte[] bytes = new byte[writer.length()];
        writer.buffer().getBytes(0, bytes);

        assertThat(bytes).isEqualTo(new byte[] {
            28, 0, 0, 0, 0x34, 0x12, 5, 0, 1, 0, 0, 0, 0, 0, 0, 0, //
            -1, -1, -1, -1, 7, 0, 3, 0, 'l', 'o', 0, 0
        });
    }

    @Test
    void shouldStepOverPaddingBetweenMessages() {
        final UnsafeBuffer datagram = new UnsafeBuffer(new byte[37]);
        datagram.putInt(0, 17);
        datagram.putShort(4, (short) 1);
        datagram.putInt(20, 17);
        datagram.putShort(24, (short) 2);

        final MessageCursor message = new MessageCursor().wrap(datagram, 0, 37);

        assertThat(message.next()).isTrue();
        assertThat(message.payloadLength()).isEqualTo(1);
        assertThat(message.next()).isTrue();
        assertThat(message.type()).isEqualTo(2);
        assertThat(message.next()).isFalse();
    }

    @Test
    void shouldRefuseMessagesThatDoNotFit() {
        for (final int length : new int[] {0, 15, 33, Integer.MAX_VALUE, Integer.MIN_VALUE, -1}) {
            final UnsafeBuffer datagram = new UnsafeBuffer(new byte[32]);
            datagram.putInt(0, length);
            final MessageCursor message = new MessageCursor().wrap(datagram, 0, 32);
            assertThatThrownBy(message::next).as("length %d", length).isInstanceOf(NetlinkFormatException.class);
        }
        final MessageCursor cut = new MessageCursor().wrap(new UnsafeBuffer(new byte[15]), 0, 15);
        assertThatThrownBy(cut::next).isInstanceOf(NetlinkFormatException.class);
    }

    @Test
    void shouldRefuseAttributesThatDoNotFit() {
        for (final int length : new int[] {0, 3, 13, 0xFFFF}) {
            final UnsafeBuffer region = new UnsafeBuffer(new byte[12]);
            region.putShort(0, (short) length);
            final AttributeCursor attributes = new AttributeCursor().wrap(region, 0, 12);
            assertThatThrownBy(attributes::next).as("length %d", length).isInstanceOf(NetlinkFormatException.class);
        }
        assertThatThrownBy(() -> new AttributeCursor().wrapAfter(new UnsafeBuffer(new byte[8]), 0, 8, 12))
                .isInstanceOf(NetlinkFormatException.class);
    }

    @Test
    void shouldRefuseToReadMoreThanAnAttributeHas() {
        final UnsafeBuffer region = new UnsafeBuffer(new byte[64]);
        region.putShort(0, (short) 5);
        region.setMemory(4, 60, (byte) 'x');
        final AttributeCursor attribute = new AttributeCursor().wrap(region, 0, 64);
        assertThat(attribute.next()).isTrue();

        assertThat(attribute.u8()).isEqualTo('x');
        assertThat(attribute.string()).isEqualTo("x");
        assertThat(attribute.mac()).isEqualTo(MacAddress.NONE);
        assertThatThrownBy(attribute::u16).isInstanceOf(NetlinkFormatException.class);
        assertThatThrownBy(attribute::s32).isInstanceOf(NetlinkFormatException.class);
        assertThatThrownBy(attribute::u64).isInstanceOf(NetlinkFormatException.class);
        assertThatThrownBy(attribute::address).isInstanceOf(NetlinkFormatException.class);
    }

    @Test
    void shouldRefuseToWriteAnAttributeThatItsLengthFieldCanNotHold() {
        writer.begin(1, 0);
        assertThatThrownBy(() -> writer.attribute(1, new byte[65_532])).isInstanceOf(IllegalArgumentException.class);
        assertThat(writer.attribute(1, new byte[65_531]).length()).isEqualTo(16 + 65_536);
    }

    @Test
    void shouldKeepAddressesAsTheyLieInMemory() {
        final IpAddress ipv4 = Ip.ip("10.1.2.3");
        assertThat(ipv4.high()).isZero();
        assertThat(ipv4.low()).isEqualTo(0x0302010affff0000L);
        assertThat(ipv4.isIpv4()).isTrue();
        assertThat(ipv4).hasToString("10.1.2.3");
        assertThat(ipv4.bytes()).containsExactly(10, 1, 2, 3);

        final IpAddress ipv6 = Ip.ip("2001:db8::1");
        final UnsafeBuffer memory = new UnsafeBuffer(ipv6.bytes());
        assertThat(ipv6).isEqualTo(new IpAddress(memory.getLong(0), memory.getLong(8)));
        assertThat(ipv6.isIpv4()).isFalse();
        assertThat(ipv6.bytes()).hasSize(16);
        assertThat(IpAddress.NONE.isIpv4()).isFalse();
        assertThat(Ip.ip("255.255.255.255").low()).isEqualTo(0xffffffffffff0000L);
    }

    @Test
    void shouldKeepEthernetAddressesAsNumbers() {
        final UnsafeBuffer wire = new UnsafeBuffer(new byte[] {2, (byte) 0xfc, 0, 0, 0, 1});
        assertThat(MacAddress.read(wire, 0)).isEqualTo(0x02fc00000001L);
        assertThat(MacAddress.bytes(0x02fc00000001L)).isEqualTo(wire.byteArray());
        assertThat(MacAddress.format(0x02fc00000001L)).isEqualTo("02:fc:00:00:00:01");
        assertThat(MacAddress.format(MacAddress.NONE)).isEqualTo("none");
    }

    @Test
    void shouldReadTextWithoutItsNul() {
        final byte[] text = "eth0\0rest".getBytes(StandardCharsets.UTF_8);
        writer.begin(1, 0).attribute(1, text);
        final AttributeCursor attribute = new AttributeCursor().wrap(writer.buffer(), 16, writer.length() - 16);
        assertThat(attribute.next()).isTrue();
        assertThat(attribute.string()).isEqualTo("eth0");
    }
}

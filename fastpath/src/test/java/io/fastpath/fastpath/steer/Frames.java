package io.fastpath.fastpath.steer;

import io.fastpath.lb.Address;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Frames from the inside out: {@code frame(vlan(7, ip(CLIENT, VIP, tcp(1234, 80))))}. The steering program reads no
 * checksum and no length but the IPv4 header's, so that the others are left zero.
 */
final class Frames {
    static final int TCP = 6;
    static final int UDP = 17;

    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86dd;

    /** What stands in a frame, and the number by which the layer below calls it. */
    record Layer(int type, byte[] bytes) {}

    private Frames() {}

    static byte[] frame(final Layer layer) {
        return ByteBuffer.allocate(14 + layer.bytes.length)
                .put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2})
                .putShort((short) layer.type)
                .put(layer.bytes)
                .array();
    }

    static Layer vlan(final int id, final Layer inner) {
        return tag(0x8100, id, inner);
    }

    static Layer serviceVlan(final int id, final Layer inner) {
        return tag(0x88a8, id, inner);
    }

    static Layer arp(final int operation, final String target) {
        final ByteBuffer bytes = ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation);
        return new Layer(0x0806, bytes.put(24, Address.parse(target).bytes()).array());
    }

    /** An IP packet of the family of its addresses. */
    static Layer ip(final String source, final String destination, final Layer inner) {
        return ip(Address.parse(source), Address.parse(destination), inner);
    }

    static Layer ip(final Address source, final Address destination, final Layer inner) {
        return destination.isIpv4()
                ? ipv4(source, destination, 0, inner)
                : ipv6(source.bytes(), destination.bytes(), inner);
    }

    static Layer ipv4(final Address source, final Address destination, final int optionWords, final Layer inner) {
        return new Layer(
                IPV4,
                ByteBuffer.allocate(20 + 4 * optionWords + inner.bytes.length)
                        .put((byte) (0x45 + optionWords))
                        .put(8, (byte) 64)
                        .put(9, (byte) inner.type)
                        .position(12)
                        .put(source.bytes())
                        .put(destination.bytes())
                        .put(noOperations(optionWords))
                        .put(inner.bytes)
                        .array());
    }

    /** IPv6, with IPv4 addresses mapped into it (RFC 4291, 2.5.5.2). */
    static Layer mapped(final Address source, final Address destination, final Layer inner) {
        return ipv6(mapped(source), mapped(destination), inner);
    }

    static byte[] mapped(final Address address) {
        final byte[] bytes = address.bytes();
        return bytes.length == 16
                ? bytes
                : ByteBuffer.allocate(16)
                        .putShort(10, (short) 0xffff)
                        .put(12, bytes)
                        .array();
    }

    private static Layer ipv6(final byte[] source, final byte[] destination, final Layer inner) {
        return new Layer(
                IPV6,
                ByteBuffer.allocate(40 + inner.bytes.length)
                        .putInt(0x60000000)
                        .putShort((short) inner.bytes.length)
                        .put((byte) inner.type)
                        .put((byte) 64)
                        .put(source)
                        .put(destination)
                        .put(inner.bytes)
                        .array());
    }

    static Layer tcp(final int sourcePort, final int destinationPort) {
        return new Layer(TCP, ports(20, sourcePort, destinationPort));
    }

    static Layer udp(final int sourcePort, final int destinationPort) {
        return new Layer(UDP, ports(8, sourcePort, destinationPort));
    }

    static Layer icmp(final int type) {
        return new Layer(ICMP, ByteBuffer.allocate(8).put((byte) type).array());
    }

    static Layer icmpv6(final int type) {
        return new Layer(ICMPV6, ByteBuffer.allocate(8).put((byte) type).array());
    }

    static Layer solicitation(final String target) {
        final byte[] address = mapped(Address.parse(target));
        return new Layer(
                ICMPV6, ByteBuffer.allocate(24).put((byte) 135).put(8, address).array());
    }

    /** Any other thing: an IP protocol, an extension header, an EtherType. */
    static Layer other(final int type, final int length) {
        return new Layer(type, new byte[length]);
    }

    /** The same packet with other bytes from an offset on. */
    static Layer patched(final Layer layer, final int offset, final int... values) {
        final byte[] bytes = layer.bytes.clone();
        for (int i = 0; i < values.length; i++) {
            bytes[offset + i] = (byte) values[i];
        }
        return new Layer(layer.type, bytes);
    }

    private static Layer tag(final int type, final int id, final Layer inner) {
        return new Layer(
                type,
                ByteBuffer.allocate(4 + inner.bytes.length)
                        .putShort((short) id)
                        .putShort((short) inner.type)
                        .put(inner.bytes)
                        .array());
    }

    private static byte[] ports(final int length, final int sourcePort, final int destinationPort) {
        return ByteBuffer.allocate(length)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .array();
    }

    private static byte[] noOperations(final int words) {
        final byte[] options = new byte[4 * words];
        Arrays.fill(options, (byte) 1);
        return options;
    }
}

package io.fastpath.fastpath.pipeline;

import io.fastpath.lb.Address;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes frames for tests, byte by byte and independently of the product's code. What is not said has a sane value, and
 * lengths and checksums are right; {@code patch…} makes them wrong on purpose, before the checksums that cover the patched
 * bytes are computed.
 */
public final class PacketBuilder {
    public static final int FIN = 0x01;
    public static final int SYN = 0x02;
    public static final int RST = 0x04;
    public static final int ACK = 0x10;

    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int ICMP = 1;
    private static final int ICMPV6 = 58;

    private record Patch(int offset, byte[] bytes) {}

    private final int protocol;
    private final byte[] source;
    private final byte[] destination;
    private final byte[] transport;
    private final List<Patch> networkPatches = new ArrayList<>();
    private final List<Patch> transportPatches = new ArrayList<>();
    private final List<Patch> finalPatches = new ArrayList<>();
    private final ByteArrayOutputStream tags = new ByteArrayOutputStream();

    private byte[] sourceMac = mac("02:aa:00:00:00:10");
    private byte[] destinationMac = mac("02:fc:00:00:00:03");
    private byte[] payload = new byte[0];
    private byte[] options = new byte[0];
    private int ttl = 64;
    private int trailerLength;
    private boolean hasTransportChecksum = true;

    private PacketBuilder(final int protocol, final String source, final String destination, final byte[] transport) {
        this.protocol = protocol;
        this.source = Address.parse(source).bytes();
        this.destination = Address.parse(destination).bytes();
        this.transport = transport;
    }

    /** A TCP segment; a SYN unless {@link #flags} says otherwise. */
    public static PacketBuilder tcp(
            final String source, final int sourcePort, final String destination, final int destinationPort) {
        final byte[] header = ByteBuffer.allocate(20)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(0x01020304)
                .putInt(0x05060708)
                .put((byte) 0x50)
                .put((byte) SYN)
                .putShort((short) 0xfaf0)
                .putInt(0)
                .array();
        return new PacketBuilder(TCP, source, destination, header);
    }

    /** A UDP datagram with four bytes of data unless {@link #payload} says otherwise. */
    public static PacketBuilder udp(
            final String source, final int sourcePort, final String destination, final int destinationPort) {
        final byte[] header = ByteBuffer.allocate(8)
                .putShort((short) sourcePort)
                .putShort((short) destinationPort)
                .putInt(0)
                .array();
        return new PacketBuilder(UDP, source, destination, header).payload(4);
    }

    /** An ICMP or ICMPv6 echo request or reply. */
    public static PacketBuilder echo(final String source, final String destination, final boolean isReply) {
        final boolean ipv4 = destination.indexOf(':') < 0;
        final int type = ipv4 ? isReply ? 0 : 8 : isReply ? 129 : 128;
        final byte[] header = ByteBuffer.allocate(8)
                .putInt(type << 24)
                .putShort((short) 0x1234)
                .putShort((short) 1)
                .array();
        return new PacketBuilder(ipv4 ? ICMP : ICMPV6, source, destination, header).payload(5);
    }

    /**
     * An ICMP or ICMPv6 error.
     *
     * @param word the four bytes after the checksum: an MTU, a pointer, or 0
     * @param quote what it quotes, see {@link #quote}
     */
    public static PacketBuilder error(
            final String source,
            final String destination,
            final int type,
            final int code,
            final int word,
            final byte[] quote) {
        final byte[] header = ByteBuffer.allocate(8)
                .putInt(type << 24 | code << 16)
                .putInt(word)
                .array();
        return new PacketBuilder(destination.indexOf(':') < 0 ? ICMP : ICMPV6, source, destination, header)
                .payload(quote);
    }

    /** The packet as an error quotes it: its IP header and so many bytes of what follows, if it has as many. */
    public byte[] quote(final int transportLength) {
        final byte[] packet = build();
        final int from = 14 + tags.size();
        final int header = source.length == 4 ? 20 + options.length : 40;
        return java.util.Arrays.copyOfRange(packet, from, Math.min(packet.length, from + header + transportLength));
    }

    /** A neighbour solicitation, hop limit 255, without options. */
    public static PacketBuilder solicitation(final String source, final String destination, final String target) {
        final byte[] body = ByteBuffer.allocate(24)
                .putInt(135 << 24)
                .putInt(0)
                .put(Address.parse(target).bytes())
                .array();
        return new PacketBuilder(ICMPV6, source, destination, body).ttl(255);
    }

    /** A neighbour advertisement, hop limit 255, without options. */
    public static PacketBuilder advertisement(
            final String source, final String destination, final String target, final int flags) {
        final byte[] body = ByteBuffer.allocate(24)
                .putInt(136 << 24)
                .putInt(flags)
                .put(Address.parse(target).bytes())
                .array();
        return new PacketBuilder(ICMPV6, source, destination, body).ttl(255);
    }

    /** An IP packet of any protocol. */
    public static PacketBuilder ip(final int protocol, final String source, final String destination) {
        return new PacketBuilder(protocol, source, destination, new byte[0]).payload(20);
    }

    /** A link-layer address option of neighbour discovery. */
    public static byte[] linkOption(final int type, final String mac) {
        return ByteBuffer.allocate(8)
                .put((byte) type)
                .put((byte) 1)
                .put(mac(mac))
                .array();
    }

    public PacketBuilder from(final String mac) {
        sourceMac = mac(mac);
        return this;
    }

    public PacketBuilder to(final String mac) {
        destinationMac = mac(mac);
        return this;
    }

    /** Adds a customer tag. */
    public PacketBuilder vlan(final int tci) {
        return tag(0x8100, tci);
    }

    /** Adds a service tag. */
    public PacketBuilder serviceVlan(final int tci) {
        return tag(0x88a8, tci);
    }

    public PacketBuilder flags(final int flags) {
        transport[13] = (byte) flags;
        return this;
    }

    public PacketBuilder ttl(final int value) {
        ttl = value;
        return this;
    }

    public PacketBuilder payload(final int length) {
        final byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i * 31 + 7);
        }
        return payload(bytes);
    }

    public PacketBuilder payload(final byte[] bytes) {
        payload = bytes.clone();
        return this;
    }

    /** IPv4 options: no-operations and an end. */
    public PacketBuilder options(final int wordCount) {
        options = new byte[wordCount * 4];
        java.util.Arrays.fill(options, (byte) 1);
        return this;
    }

    /** Bytes after the IP packet. */
    public PacketBuilder trailer(final int length) {
        trailerLength = length;
        return this;
    }

    /** UDP without a checksum. */
    public PacketBuilder withoutChecksum() {
        hasTransportChecksum = false;
        return this;
    }

    public PacketBuilder patchNetwork(final int offset, final int... bytes) {
        networkPatches.add(patch(offset, bytes));
        return this;
    }

    public PacketBuilder patchTransport(final int offset, final int... bytes) {
        transportPatches.add(patch(offset, bytes));
        return this;
    }

    /** Offsets from the IP header on, after all checksums. */
    public PacketBuilder patchFinal(final int offset, final int... bytes) {
        finalPatches.add(patch(offset, bytes));
        return this;
    }

    public byte[] build() {
        final byte[] body = buildTransport();
        final byte[] header = source.length == 4 ? ipv4Header(body.length) : ipv6Header(body.length);
        final byte[] type = source.length == 4 ? new byte[] {0x08, 0x00} : new byte[] {(byte) 0x86, (byte) 0xdd};
        final byte[] packet = concat(header, body);
        apply(finalPatches, packet);
        return concat(destinationMac, sourceMac, tags.toByteArray(), type, packet, new byte[trailerLength]);
    }

    private byte[] buildTransport() {
        final byte[] body = concat(transport, payload);
        if (protocol == UDP) {
            ByteBuffer.wrap(body).putShort(4, (short) body.length);
        }
        apply(transportPatches, body);
        final int checksumOffset = switch (protocol) {
            case TCP -> 16;
            case UDP -> 6;
            case ICMP, ICMPV6 -> 2;
            default -> -1;
        };
        if (checksumOffset >= 0 && hasTransportChecksum) {
            final byte[] pseudo = protocol == ICMP
                    ? new byte[0]
                    : ReferenceChecksum.pseudoHeader(source, destination, protocol, body.length);
            final int checksum = ReferenceChecksum.of(pseudo, body);
            ByteBuffer.wrap(body)
                    .putShort(checksumOffset, (short) (protocol == UDP && checksum == 0 ? 0xffff : checksum));
        }
        return body;
    }

    private byte[] ipv4Header(final int bodyLength) {
        final int headerLength = 20 + options.length;
        final byte[] header = ByteBuffer.allocate(headerLength)
                .put((byte) (0x40 | headerLength / 4))
                .put((byte) 0)
                .putShort((short) (headerLength + bodyLength))
                .putShort((short) 0xbeef)
                .putShort((short) 0x4000)
                .put((byte) ttl)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination)
                .put(options)
                .array();
        apply(networkPatches, header);
        ByteBuffer.wrap(header).putShort(10, (short) ReferenceChecksum.of(header));
        return header;
    }

    private byte[] ipv6Header(final int bodyLength) {
        final byte[] header = ByteBuffer.allocate(40)
                .putInt(0x60000000)
                .putShort((short) bodyLength)
                .put((byte) protocol)
                .put((byte) ttl)
                .put(source)
                .put(destination)
                .array();
        apply(networkPatches, header);
        return header;
    }

    private PacketBuilder tag(final int tpid, final int tci) {
        tags.writeBytes(ByteBuffer.allocate(4)
                .putShort((short) tpid)
                .putShort((short) tci)
                .array());
        return this;
    }

    /** The six bytes of a MAC in the usual notation. */
    public static byte[] mac(final String text) {
        final byte[] bytes = new byte[6];
        final String[] parts = text.split(":");
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) Integer.parseInt(parts[i], 16);
        }
        return bytes;
    }

    public static byte[] concat(final byte[]... parts) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (final byte[] part : parts) {
            bytes.writeBytes(part);
        }
        return bytes.toByteArray();
    }

    private static Patch patch(final int offset, final int... bytes) {
        final byte[] patch = new byte[bytes.length];
        for (int i = 0; i < bytes.length; i++) {
            patch[i] = (byte) bytes[i];
        }
        return new Patch(offset, patch);
    }

    private static void apply(final List<Patch> patches, final byte[] target) {
        for (final Patch patch : patches) {
            System.arraycopy(patch.bytes, 0, target, patch.offset, patch.bytes.length);
        }
    }
}

package io.fastpath.perflab.traffic;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/**
 * The fields of a frame that holds UDP over IPv4, read and written one by one from the RFCs: a second opinion beside the
 * lab's eBPF programs.
 */
record Datagram(ByteBuffer bytes) {
    static final int IP_OFFSET = 14;
    static final int UDP_OFFSET = IP_OFFSET + 20;
    private static final int IP_CHECKSUM_OFFSET = IP_OFFSET + 10;
    private static final int UDP_CHECKSUM_OFFSET = UDP_OFFSET + 6;
    private static final int PROTOCOL_UDP = 17;

    static Datagram of(final byte[] frame) {
        return new Datagram(ByteBuffer.wrap(frame));
    }

    String destinationMac() {
        return HexFormat.ofDelimiter(":").formatHex(bytes.array(), 0, 6);
    }

    String sourceMac() {
        return HexFormat.ofDelimiter(":").formatHex(bytes.array(), 6, 12);
    }

    int etherType() {
        return u16(12);
    }

    int versionAndHeaderLength() {
        return bytes.get(IP_OFFSET) & 0xFF;
    }

    int totalLength() {
        return u16(IP_OFFSET + 2);
    }

    int fragment() {
        return u16(IP_OFFSET + 6);
    }

    int timeToLive() {
        return bytes.get(IP_OFFSET + 8) & 0xFF;
    }

    int protocol() {
        return bytes.get(IP_OFFSET + 9) & 0xFF;
    }

    int source() {
        return bytes.getInt(IP_OFFSET + 12);
    }

    int destination() {
        return bytes.getInt(IP_OFFSET + 16);
    }

    int sourcePort() {
        return u16(UDP_OFFSET);
    }

    int destinationPort() {
        return u16(UDP_OFFSET + 2);
    }

    int udpLength() {
        return u16(UDP_OFFSET + 4);
    }

    /** RFC 791: the header with its checksum sums up to all ones. */
    boolean hasValidIpChecksum() {
        return sum(IP_OFFSET, UDP_OFFSET, 0) == 0xFFFF;
    }

    /** RFC 768: so do pseudo header and datagram; a checksum of zero says that there is none. */
    boolean hasValidUdpChecksum() {
        return u16(UDP_CHECKSUM_OFFSET) != 0 && udpSum() == 0xFFFF;
    }

    /** Write both checksums for what the fields are now. */
    Datagram withChecksums() {
        bytes.putShort(IP_CHECKSUM_OFFSET, (short) 0);
        bytes.putShort(IP_CHECKSUM_OFFSET, (short) ~sum(IP_OFFSET, UDP_OFFSET, 0));
        bytes.putShort(UDP_CHECKSUM_OFFSET, (short) 0);
        final short checksum = (short) ~udpSum();
        bytes.putShort(UDP_CHECKSUM_OFFSET, checksum == 0 ? (short) 0xFFFF : checksum);
        return this;
    }

    private int udpSum() {
        final int pseudoHeader = sum(IP_OFFSET + 12, IP_OFFSET + 20, PROTOCOL_UDP + udpLength());
        return sum(UDP_OFFSET, bytes.capacity(), pseudoHeader);
    }

    private int sum(final int from, final int to, final int start) {
        int total = start;
        for (int i = from; i < to; i++) {
            final int octet = bytes.get(i) & 0xFF;
            total += (i - from) % 2 == 0 ? octet << 8 : octet;
            total = (total & 0xFFFF) + (total >>> 16);
        }
        return total;
    }

    private int u16(final int offset) {
        return bytes.getShort(offset) & 0xFFFF;
    }
}

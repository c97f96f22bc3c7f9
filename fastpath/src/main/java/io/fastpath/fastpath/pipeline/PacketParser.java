package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Arp;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Vlan;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * First pass: from bytes to records. Nothing of a packet is used before it is known to lie within the packet, so the
 * stages after this one may trust what they find in the records. Any input.
 */
final class PacketParser {
    private static final int U16_MASK = 0xffff;

    private PacketParser() {}

    /** Answers a packet's kind, and sets what belongs to it; or answers a drop code. */
    static int parse(final SharedMemory frames, final PacketBatch batch, final int i) {
        final long offset = batch.packetOffset(i);
        final long end = offset + batch.length(i);
        if (end - offset < Ethernet.HEADER_LENGTH) {
            return Verdict.DROP_TRUNCATED;
        }
        long network = offset + Ethernet.HEADER_LENGTH;
        int typeBe = frames.getShort(offset + Ethernet.TYPE_OFFSET) & U16_MASK;
        for (int tags = 0; Vlan.isTag(typeBe); tags++) {
            if (tags == Vlan.TAG_LIMIT) {
                return Verdict.DROP_VLAN;
            }
            if (end - network < Vlan.LENGTH) {
                return Verdict.DROP_TRUNCATED;
            }
            typeBe = frames.getShort(network + Vlan.LENGTH - Short.BYTES) & U16_MASK;
            network += Vlan.LENGTH;
        }
        batch.networkOffset(i, network);
        return switch (typeBe) {
            case Ethernet.TYPE_IPV4_BE -> Ipv4Parser.parse(frames, batch, i, end);
            case Ethernet.TYPE_IPV6_BE -> Ipv6Parser.parse(frames, batch, i, end);
            case Ethernet.TYPE_ARP_BE -> end - network < Arp.LENGTH ? Verdict.DROP_TRUNCATED : PacketKind.ARP;
            default -> Verdict.DROP_NOT_IP;
        };
    }
}

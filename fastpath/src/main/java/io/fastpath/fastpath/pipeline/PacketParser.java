package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.Arp;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Vlan;
import io.fastpath.kernelbpf.hash.TupleHash;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * First pass: from bytes to columns. Nothing of a packet is used before it is known to lie within the packet, so the
 * stages after this one may trust what they find in the columns. One thread; any input.
 */
final class PacketParser {
    private static final int U16_MASK = 0xffff;

    private final UnsafeBuffer frames;
    private final TupleHash hash;

    PacketParser(final UnsafeBuffer frames, final TupleHash hash) {
        this.frames = frames;
        this.hash = hash;
    }

    /** Parses every packet: sets its kind, or a drop code, and what belongs to the kind. */
    void parse(final PacketBatch batch) {
        for (int i = 0, count = batch.count(); i < count; i++) {
            final int kind = parseLink(frames, batch, i);
            batch.kind[i] = kind;
            if (kind == PacketKind.TRANSPORT) {
                final int t = PacketBatch.tupleIndex(i);
                final long[] tuple = batch.tuple;
                batch.hash[i] = hash.hash(
                        tuple[t], tuple[t + 1], tuple[t + 2], tuple[t + 3], batch.ports[i], batch.protocol[i]);
            }
        }
    }

    private static int parseLink(final UnsafeBuffer frames, final PacketBatch batch, final int i) {
        final int offset = batch.packetOffset[i];
        final int end = offset + batch.length[i];
        if (end - offset < Ethernet.HEADER_LENGTH) {
            return Verdict.DROP_TRUNCATED;
        }
        int network = offset + Ethernet.HEADER_LENGTH;
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
        batch.networkOffset[i] = network;
        return switch (typeBe) {
            case Ethernet.TYPE_IPV4_BE -> Ipv4Parser.parse(frames, batch, i, end);
            case Ethernet.TYPE_IPV6_BE -> Ipv6Parser.parse(frames, batch, i, end);
            case Ethernet.TYPE_ARP_BE -> end - network < Arp.LENGTH ? Verdict.DROP_TRUNCATED : PacketKind.ARP;
            default -> Verdict.DROP_NOT_IP;
        };
    }
}

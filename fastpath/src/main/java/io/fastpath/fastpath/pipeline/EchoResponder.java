package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * Echo requests to a VIP (RFC 792, RFC 4443, 4.1) are answered in their own frame. Addresses change places, which leaves
 * all sums as they are, so only type and TTL are replaced in the checksums. Requests with IPv4 options are not answered:
 * a route in them would have to be reversed (RFC 1122, 3.2.2.6). One thread.
 */
final class EchoResponder {
    private static final int TTL = 64;
    private static final int U8_MASK = 0xff;

    private final SharedMemory frames;
    private final Selector selector;
    private final InterfaceTable interfaces;

    EchoResponder(final SharedMemory frames, final Selector selector, final InterfaceTable interfaces) {
        this.frames = frames;
        this.selector = selector;
        this.interfaces = interfaces;
    }

    /** Ends a packet of the kind ICMP. */
    void endIpv4(final PacketBatch batch, final int i) {
        final boolean hasOptions = batch.transportOffset(i) - batch.networkOffset(i) > Ipv4.HEADER_LENGTH;
        end(batch, i, hasOptions ? Verdict.DROP_ICMP : answer(batch, i, Icmp.ECHO_REQUEST, Icmp.ECHO_REPLY));
    }

    /** Ends a packet of the kind ICMPv6 that is not a neighbour solicitation. */
    void endIpv6(final PacketBatch batch, final int i) {
        end(batch, i, answer(batch, i, Icmp.ECHO_REQUEST_V6, Icmp.ECHO_REPLY_V6));
    }

    private static void end(final PacketBatch batch, final int i, final int verdict) {
        batch.end(i, verdict, verdict == Verdict.ANSWERED_ECHO ? batch.ingressSlot(i) : PacketBatch.NONE);
    }

    private int answer(final PacketBatch batch, final int i, final int request, final int reply) {
        final long icmp = batch.transportOffset(i);
        if ((frames.getShort(icmp) & 0xffff) != request) { // type, and code 0
            return Verdict.DROP_ICMP;
        }
        if (!selector.isVip(batch.destination0(i), batch.destination1(i))) {
            return Verdict.DROP_NO_SERVICE;
        }
        final int refusal = OpeningCheck.ofSource(selector, batch.source0(i), batch.source1(i));
        if (refusal != 0) {
            return refusal;
        }
        if (OpeningCheck.isToGroup(frames, batch, i)) { // RFC 1122, 3.2.2.6
            return Verdict.DROP_LINK_GROUP;
        }
        if (!LinkHeader.turn(frames, batch, i, interfaces)) {
            return Verdict.DROP_ICMP;
        }
        final long network = batch.networkOffset(i);
        if (request == Icmp.ECHO_REQUEST) {
            turnIpv4(network);
        } else {
            turnIpv6(batch, i, network);
        }
        turnIcmp(batch, i, icmp, request, reply);
        batch.outgoing(i, batch.packetOffset(i), network - batch.packetOffset(i) + batch.ipLength(i));
        return Verdict.ANSWERED_ECHO;
    }

    private void turnIpv4(final long network) {
        final int ttl = frames.getByte(network + Ipv4.TTL_OFFSET) & U8_MASK;
        final int checksum = frames.getShort(network + Ipv4.CHECKSUM_OFFSET);
        frames.putByte(network + Ipv4.TTL_OFFSET, (byte) TTL);
        frames.putShort(
                network + Ipv4.CHECKSUM_OFFSET, (short) Checksum.update(checksum, Checksum.replaceInt(ttl, TTL)));
        final long addresses = frames.getLong(network + Ipv4.SOURCE_OFFSET);
        frames.putLong(network + Ipv4.SOURCE_OFFSET, Long.rotateLeft(addresses, Integer.SIZE));
    }

    private void turnIpv6(final PacketBatch batch, final int i, final long network) {
        frames.putByte(network + Ipv6.HOP_LIMIT_OFFSET, (byte) TTL);
        frames.putLong(network + Ipv6.SOURCE_OFFSET, batch.destination0(i));
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, batch.destination1(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, batch.source0(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, batch.source1(i));
    }

    private void turnIcmp(final PacketBatch batch, final int i, final long icmp, final int request, final int reply) {
        final int checksum = frames.getShort(icmp + Icmp.CHECKSUM_OFFSET);
        frames.putByte(icmp + Icmp.TYPE_OFFSET, (byte) reply);
        if (!interfaces.isRecomputed(batch.ingressSlot(i))) {
            frames.putShort(icmp + Icmp.CHECKSUM_OFFSET, (short)
                    Checksum.update(checksum, Checksum.replaceInt(request, reply)));
            return;
        }
        frames.putShort(icmp + Icmp.CHECKSUM_OFFSET, (short) 0);
        final int length = batch.transportLength(i);
        final long sum = Checksum.sum(frames, icmp, length);
        frames.putShort(icmp + Icmp.CHECKSUM_OFFSET, (short) Checksum.finish(
                reply == Icmp.ECHO_REPLY
                        ? sum
                        : sum + batch.addressSum(i) + Checksum.ofPseudoHeader(IpProtocol.ICMPV6, length)));
    }
}

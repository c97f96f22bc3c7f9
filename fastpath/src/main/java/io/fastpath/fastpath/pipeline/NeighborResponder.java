package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.AddressKind;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * Neighbour solicitations for a VIP (RFC 4861) are validated as 7.1.1 says and answered with an advertisement as 7.2.4
 * says, in their own frame. It can be eight bytes longer than the solicitation, for which the frame must have room. One
 * thread.
 */
final class NeighborResponder {
    private static final int HOP_LIMIT = 255;
    private static final int U8_MASK = 0xff;
    private static final int ADVERTISEMENT_LENGTH = Icmp.NEIGHBOR_LENGTH + Icmp.LINK_OPTION_LENGTH;

    /** First word of an IPv6 header without traffic class and flow label. */
    private static final int VERSION_WORD = 0x60;

    /** ff02::1, all nodes of the link. */
    private static final long ALL_NODES_WORD0 = 0x02ffL;

    private static final long ALL_NODES_WORD1 = 0x0100_0000_0000_0000L;

    /** 33:33:00:00:00:01 as it stands in memory (RFC 2464, 7). */
    private static final long ALL_NODES_MAC = 0x0100_0000_3333L;

    private static final long NO_MAC = 0;
    private static final long BAD_OPTIONS = -1;

    private final SharedMemory frames;
    private final Selector selector;
    private final InterfaceTable interfaces;
    private final int frameLength;

    NeighborResponder(
            final SharedMemory frames,
            final Selector selector,
            final InterfaceTable interfaces,
            final int frameLength) {
        this.frames = frames;
        this.selector = selector;
        this.interfaces = interfaces;
        this.frameLength = frameLength;
    }

    /** Ends a neighbour solicitation. */
    void end(final PacketBatch batch, final int i) {
        final int verdict = answer(batch, i);
        batch.end(i, verdict, verdict == Verdict.ANSWERED_NEIGHBOR ? batch.ingressSlot(i) : PacketBatch.NONE);
    }

    private int answer(final PacketBatch batch, final int i) {
        if (!isValid(batch, i)) {
            return Verdict.DROP_ICMP;
        }
        final boolean isProbe = (batch.source0(i) | batch.source1(i)) == 0;
        final long linkOption = sourceLinkOption(batch, i);
        if (linkOption == BAD_OPTIONS || isProbe && linkOption != NO_MAC) {
            return Verdict.DROP_ICMP;
        }
        final long target = batch.transportOffset(i) + Icmp.TARGET_OFFSET;
        if (!selector.isSingleVip(frames.getLong(target), frames.getLong(target + Long.BYTES))) {
            return Verdict.DROP_NO_SERVICE;
        }
        final int refusal = isProbe ? 0 : OpeningCheck.ofSource(selector, batch.source0(i), batch.source1(i));
        if (refusal != 0) {
            return refusal;
        }
        final long senderMac = linkOption == NO_MAC ? LinkHeader.sourceMac(frames, batch, i) : linkOption;
        final long end = batch.transportOffset(i) + ADVERTISEMENT_LENGTH;
        if (!MacWord.isUnicast(senderMac) || end > batch.frameOffset(i) + frameLength) {
            return Verdict.DROP_ICMP;
        }
        advertise(batch, i, isProbe, isProbe ? ALL_NODES_MAC : senderMac);
        return Verdict.ANSWERED_NEIGHBOR;
    }

    /** RFC 4861, 7.1.1, but for the options. */
    private boolean isValid(final PacketBatch batch, final int i) {
        final long network = batch.networkOffset(i);
        final long icmp = batch.transportOffset(i);
        final int length = batch.ipLength(i) - Ipv6.HEADER_LENGTH;
        if ((frames.getByte(network + Ipv6.HOP_LIMIT_OFFSET) & U8_MASK) != HOP_LIMIT
                || frames.getByte(icmp + Icmp.CODE_OFFSET) != 0
                || length < Icmp.NEIGHBOR_LENGTH
                || Checksum.fold(sum(batch, i, icmp, length)) != Checksum.CORRECT) {
            return false;
        }
        final long destination0 = batch.destination0(i);
        final long destination1 = batch.destination1(i);
        final long target0 = frames.getLong(icmp + Icmp.TARGET_OFFSET);
        final long target1 = frames.getLong(icmp + Icmp.TARGET_OFFSET + Long.BYTES);
        final boolean toGroup = AddressKind.isSolicitedNode(destination0, destination1, target1);
        final boolean isProbe = (batch.source0(i) | batch.source1(i)) == 0;
        return !AddressKind.isMulticastV6(target0)
                && (toGroup || !isProbe && destination0 == target0 && destination1 == target1);
    }

    /** The sender's MAC from its option, {@link #NO_MAC} without one, {@link #BAD_OPTIONS} if they are malformed. */
    private long sourceLinkOption(final PacketBatch batch, final int i) {
        final long end = batch.networkOffset(i) + batch.ipLength(i);
        long option = batch.transportOffset(i) + Icmp.NEIGHBOR_LENGTH;
        long mac = NO_MAC;
        while (option < end) {
            final int optionLength =
                    end - option < Short.BYTES ? 0 : (frames.getByte(option + 1) & U8_MASK) * Icmp.OPTION_UNIT_LENGTH;
            if (optionLength == 0 || optionLength > end - option) {
                return BAD_OPTIONS;
            }
            if (frames.getByte(option) == Icmp.OPTION_SOURCE_LINK && optionLength == Icmp.LINK_OPTION_LENGTH) {
                mac = frames.getLong(option) >>> Short.SIZE;
            }
            option += optionLength;
        }
        return mac;
    }

    private void advertise(final PacketBatch batch, final int i, final boolean isProbe, final long destinationMac) {
        final long network = batch.networkOffset(i);
        final long icmp = batch.transportOffset(i);
        final long ownMac = interfaces.macMemory(batch.ingressSlot(i));
        batch.destination(
                i, isProbe ? ALL_NODES_WORD0 : batch.source0(i), isProbe ? ALL_NODES_WORD1 : batch.source1(i));
        batch.source(
                i, frames.getLong(icmp + Icmp.TARGET_OFFSET), frames.getLong(icmp + Icmp.TARGET_OFFSET + Long.BYTES));

        LinkHeader.address(frames, batch.packetOffset(i), destinationMac, ownMac);
        frames.putInt(network, VERSION_WORD);
        frames.putShort(network + Ipv6.PAYLOAD_LENGTH_OFFSET, (short) NetworkOrder.swap16(ADVERTISEMENT_LENGTH));
        frames.putLong(network + Ipv6.SOURCE_OFFSET, batch.source0(i));
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, batch.source1(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, batch.destination0(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, batch.destination1(i));
        frames.putInt(icmp, Icmp.NEIGHBOR_ADVERTISEMENT); // type; code and checksum 0
        frames.putInt(
                icmp + Icmp.FLAGS_OFFSET,
                isProbe ? Icmp.FLAG_OVERRIDE_BE : Icmp.FLAG_OVERRIDE_BE | Icmp.FLAG_SOLICITED_BE);
        frames.putLong(icmp + Icmp.NEIGHBOR_LENGTH, ownMac << Short.SIZE | 1 << Byte.SIZE | Icmp.OPTION_TARGET_LINK);
        frames.putShort(
                icmp + Icmp.CHECKSUM_OFFSET, (short) Checksum.finish(sum(batch, i, icmp, ADVERTISEMENT_LENGTH)));
        batch.outgoing(i, batch.packetOffset(i), icmp + ADVERTISEMENT_LENGTH - batch.packetOffset(i));
    }

    private long sum(final PacketBatch batch, final int i, final long icmp, final int length) {
        return Checksum.sum(frames, icmp, length)
                + Checksum.ofPseudoHeader(IpProtocol.ICMPV6, length)
                + batch.addressSum(i);
    }
}

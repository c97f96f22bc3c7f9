package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.wire.AddressKind;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * What a router or a kernel would not have of a packet, asked of those that may open a connection: what has opened none
 * has none to go on with. C twin: {@code fp_opening.h}. One thread.
 */
final class OpeningCheck {
    private static final int OPTION_END = 0;
    private static final int OPTION_NOTHING = 1;
    private static final int OPTION_LOOSE_ROUTE = 131;
    private static final int OPTION_STRICT_ROUTE = 137;
    private static final int U16_MASK = 0xffff;
    private static final int U8_MASK = 0xff;

    private final SharedMemory frames;
    private final Selector selector;

    OpeningCheck(final PipelineContext context) {
        frames = context.frames();
        selector = context.selector();
    }

    /** What speaks against a packet of TCP or UDP that may open a connection: a drop code, or 0. */
    int refusal(final PacketBatch batch, final int i) {
        if (isToGroup(frames, batch, i) || isGroup(frames, batch.packetOffset(i) + Ethernet.SOURCE_OFFSET)) {
            return Verdict.DROP_LINK_GROUP;
        }
        final int refusal = ofSource(selector, batch.source0(i), batch.source1(i));
        if (refusal != 0) {
            return refusal;
        }
        if (AddressKind.isLinkLocal(batch.source0(i), batch.source1(i))) {
            return Verdict.DROP_LINK_LOCAL;
        }
        if ((batch.ports(i) & U16_MASK) == 0 && batch.protocol(i) == IpProtocol.TCP) { // datagrams may: RFC 768
            return Verdict.DROP_PORT_ZERO;
        }
        return FlowForwarder.isIpv4(batch, i) && hasBadOptions(batch, i) ? Verdict.DROP_IP_OPTIONS : 0;
    }

    /** What speaks against the source of a packet that wants an answer: a drop code, or 0. */
    static int ofSource(final Selector selector, final long source0, final long source1) {
        if (AddressKind.isMartianSource(source0, source1)) {
            return Verdict.DROP_MARTIAN;
        }
        return selector.isVip(source0, source1) ? Verdict.DROP_VIP_SOURCE : 0;
    }

    /** Whether the frame is for a group of stations. */
    static boolean isToGroup(final SharedMemory frames, final PacketBatch batch, final int i) {
        return isGroup(frames, batch.packetOffset(i));
    }

    private static boolean isGroup(final SharedMemory frames, final long mac) {
        return (frames.getByte(mac) & 1) != 0;
    }

    /** Whether IPv4 options are malformed, or tell the way (RFC 7126, 4.3 and 4.4). */
    private boolean hasBadOptions(final PacketBatch batch, final int i) {
        final long end = batch.transportOffset(i);
        long option = batch.networkOffset(i) + Ipv4.HEADER_LENGTH;
        while (option < end) {
            final int kind = frames.getByte(option) & U8_MASK;
            if (kind == OPTION_END) {
                return false;
            }
            if (kind == OPTION_LOOSE_ROUTE || kind == OPTION_STRICT_ROUTE) {
                return true;
            }
            final int length = kind == OPTION_NOTHING ? 1 : frames.getByte(option + 1) & U8_MASK;
            if (kind != OPTION_NOTHING && (length < 2 || option + length > end)) {
                return true;
            }
            option += length;
        }
        return false;
    }
}

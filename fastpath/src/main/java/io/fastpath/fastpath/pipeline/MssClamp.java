package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * The MSS clamp: the maximum segment size that a SYN or SYN+ACK tells (RFC 9293, 3.7.1) becomes what the service allows at
 * most; it is never raised, and where the option is absent none is added. The limit is a number, or what the links leave:
 * the smaller of what fits on the clients' and on the backend's side, there less a tunnel's headers, without the IP and
 * TCP headers, whose options the sender takes off itself (RFC 6691).
 *
 * <p>Of a connection whose service is gone the slot's service is asked all the same. One thread.
 */
final class MssClamp {
    /** Linux takes no smaller one for its word (TCP_MIN_MSS). */
    private static final int LOWEST = 88;

    static final int NO_OPTION = 0;
    private static final int U8_MASK = 0xff;

    private final SharedMemory frames;
    private final FlowFields fields;
    private final Selector selector;
    private final NextHopTable hops;
    private final InterfaceTable interfaces;

    MssClamp(final PipelineContext context) {
        frames = context.frames();
        fields = context.flowTable().fields();
        selector = context.selector();
        hops = context.nextHopTable();
        interfaces = context.interfaceTable();
    }

    /** Clamps a SYN or SYN+ACK of a connection that is to be sent by a hop, before it is translated. */
    void apply(final PacketBatch batch, final int i, final long handle, final int hopIndex) {
        final int stored = selector.mssLimit(fields.serviceIndex(FlowHandle.slotIndex(handle)));
        if (stored == ServiceDescriptor.MSS_ANY) {
            return;
        }
        final int limit = stored == ServiceDescriptor.MSS_OF_LINKS ? ofLinks(batch, i, handle, hopIndex) : stored;
        final int offset = optionOffset(frames, batch.transportOffset(i));
        if (offset != NO_OPTION) {
            lower(batch.transportOffset(i), offset, limit);
        }
    }

    private int ofLinks(final PacketBatch batch, final int i, final long handle, final int hopIndex) {
        final int ingressMtu = interfaces.mtu(batch.ingressSlot(i));
        final int egressMtu = hops.mtu(hopIndex);
        final boolean isReverse = FlowHandle.isReverse(handle);
        final int forwardingCode = FlowHandle.forwardingCode(handle);
        final int flow = FlowHandle.slotIndex(handle);
        final int backend = fields.backendIndex(flow);
        final boolean isVipIpv4 = AddressDescriptor.isIpv4(fields.vip0(flow), fields.vip1(flow));
        final boolean isBackendIpv4 =
                AddressDescriptor.isIpv4(selector.backendAddress0(backend), selector.backendAddress1(backend));
        final int clientRoom = (isReverse ? egressMtu : ingressMtu) - headerLength(isVipIpv4);
        final int taken = Forwarding.isTunnel(forwardingCode)
                ? headerLength(isVipIpv4)
                        + Encapsulation.outerLength(forwardingCode, isBackendIpv4, FlowForwarder.isIpv4(batch, i))
                : headerLength(isBackendIpv4);
        final int backendRoom = (isReverse ? ingressMtu : egressMtu) - taken;
        return Math.max(LOWEST, Math.min(clientRoom, backendRoom) - Tcp.HEADER_LENGTH);
    }

    private static int headerLength(final boolean isIpv4) {
        return isIpv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH;
    }

    /** Where the value of the option stands, from the TCP header on; the parser has seen the whole header. */
    static int optionOffset(final SharedMemory frames, final long tcp) {
        final int headerLength = (frames.getByte(tcp + Tcp.DATA_OFFSET_OFFSET) & 0xf0) >>> 2;
        int offset = Tcp.HEADER_LENGTH;
        while (offset + Tcp.OPTION_MSS_LENGTH <= headerLength) {
            final int kind = frames.getByte(tcp + offset) & U8_MASK;
            final int length = frames.getByte(tcp + offset + 1) & U8_MASK;
            if (kind == Tcp.OPTION_NOTHING) {
                offset++;
                continue;
            }
            if (kind == Tcp.OPTION_MSS) {
                return length == Tcp.OPTION_MSS_LENGTH ? offset + Short.BYTES : NO_OPTION;
            }
            if (kind == Tcp.OPTION_END || length < 2) {
                return NO_OPTION;
            }
            offset += length;
        }
        return NO_OPTION;
    }

    /** Carries the checksum on. At an odd offset the value is of two words of the sum, and counts turned. */
    private void lower(final long tcp, final int offset, final int limit) {
        final int value = frames.getShort(tcp + offset) & 0xffff;
        final int mss = NetworkOrder.swap16((short) value);
        if (mss <= limit) {
            return;
        }
        final int update = NetworkOrder.swap16((short) limit);
        frames.putShort(tcp + offset, (short) update);
        final long replaced = (offset & 1) == 0 ? Checksum.replaceInt(value, update) : Checksum.replaceInt(mss, limit);
        final int checksum = frames.getShort(tcp + Tcp.CHECKSUM_OFFSET);
        frames.putShort(tcp + Tcp.CHECKSUM_OFFSET, (short) Checksum.update(checksum, replaced));
    }
}

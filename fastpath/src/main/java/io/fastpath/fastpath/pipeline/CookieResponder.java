package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * A SYN answered in its own frame by a SYN+ACK whose sequence number is a cookie ({@link SynCookies}). Nothing is kept of
 * it. It offers no option but an MSS: what isn't offered needn't be remembered (RFC 7323, 2.2; RFC 2018, 2). It opens no
 * window, so that the client sends nothing before there is a backend to take it. C twin: {@code fp_answer_syn.h}. One
 * thread.
 */
final class CookieResponder {
    /** Of a SYN without an MSS (RFC 9293, 3.7.1). */
    private static final int MSS_IPV4 = 536;

    private static final int MSS_IPV6 = 1220;
    private static final int TTL = 64;

    /** The backend's link may have no more. */
    private static final int MTU = 1500;

    private static final int IPV4_VERSION_WORD = 0x45;
    private static final int IPV6_VERSION_WORD = 0x60;
    private static final int DONT_FRAGMENT = 0x4000;

    private final SharedMemory frames;
    private final int frameLength;
    private final InterfaceTable interfaces;
    private final Selector selector;
    private final SynCookies cookies;

    CookieResponder(final PipelineContext context, final SynCookies cookies) {
        this.frames = context.frames();
        this.frameLength = context.frameLength();
        this.interfaces = context.interfaceTable();
        this.selector = context.selector();
        this.cookies = cookies;
    }

    /** Turns a SYN round; answers the verdict, a drop if the sender can't be answered, and then nothing was written. */
    int answer(final PacketBatch batch, final int i, final int serviceIndex, final long nowNs) {
        final boolean ipv4 = FlowForwarder.isIpv4(batch, i);
        final int headerLength = ipv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH;
        final long network = batch.networkOffset(i);
        final long tcp = network + headerLength;
        if (!MacWord.isUnicast(LinkHeader.sourceMac(frames, batch, i))) {
            return Verdict.DROP_LINK_GROUP;
        }
        if (tcp + TcpSegment.SYN_LENGTH > batch.frameOffset(i) + frameLength) {
            return Verdict.DROP_MTU;
        }
        final int sequence = TcpSegment.sequence(frames, batch.transportOffset(i));
        final int offset = MssClamp.optionOffset(frames, batch.transportOffset(i));
        final int own = ipv4 ? MSS_IPV4 : MSS_IPV6;
        final int mss = offset == MssClamp.NO_OPTION
                ? own
                : NetworkOrder.swap16(frames.getShort(batch.transportOffset(i) + offset));
        final int cookie = cookies.of(batch, i, sequence, mss, nowNs);
        LinkHeader.turn(frames, batch, i, interfaces);
        if (ipv4) {
            writeIpv4(batch, i, network);
        } else {
            writeIpv6(batch, i, network);
        }
        frames.putInt(tcp, Integer.rotateLeft(batch.ports(i), Short.SIZE));
        frames.putShort(tcp + Tcp.WINDOW_OFFSET, (short) 0);
        TcpSegment.write(
                frames,
                tcp,
                cookie,
                sequence + 1,
                TcpSegment.SYN_LENGTH,
                TcpFlags.SYN | TcpFlags.ACK,
                ownMss(batch, i, serviceIndex, headerLength));
        TcpSegment.seal(frames, batch, i, tcp, TcpSegment.SYN_LENGTH);
        batch.outgoing(i, batch.packetOffset(i), tcp + TcpSegment.SYN_LENGTH - batch.packetOffset(i));
        return Verdict.ANSWERED_SYN;
    }

    /** What the client may be sent: what the link by which it came takes, and the service allows. */
    private int ownMss(final PacketBatch batch, final int i, final int serviceIndex, final int headerLength) {
        final int mss = Math.min(interfaces.mtu(batch.ingressSlot(i)), MTU) - headerLength - Tcp.HEADER_LENGTH;
        final int limit = selector.mssLimit(serviceIndex);
        return limit == ServiceDescriptor.MSS_ANY || limit == ServiceDescriptor.MSS_OF_LINKS
                ? mss
                : Math.min(mss, limit);
    }

    private void writeIpv4(final PacketBatch batch, final int i, final long network) {
        final int length = NetworkOrder.swap16(Ipv4.HEADER_LENGTH + TcpSegment.SYN_LENGTH);
        frames.putInt(network, IPV4_VERSION_WORD | length << Short.SIZE);
        frames.putInt(network + Integer.BYTES, NetworkOrder.swap16(DONT_FRAGMENT) << Short.SIZE);
        frames.putInt(network + Ipv4.TTL_OFFSET, TTL | IpProtocol.TCP << Byte.SIZE);
        frames.putInt(network + Ipv4.SOURCE_OFFSET, AddressDescriptor.ipv4Memory(batch.destination1(i)));
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, AddressDescriptor.ipv4Memory(batch.source1(i)));
        frames.putShort(network + Ipv4.CHECKSUM_OFFSET, (short)
                Checksum.finish(Checksum.sum(frames, network, Ipv4.HEADER_LENGTH)));
    }

    private void writeIpv6(final PacketBatch batch, final int i, final long network) {
        frames.putInt(network, IPV6_VERSION_WORD);
        frames.putInt(
                network + Ipv6.PAYLOAD_LENGTH_OFFSET,
                NetworkOrder.swap16(TcpSegment.SYN_LENGTH) | IpProtocol.TCP << Short.SIZE | TTL << 24);
        frames.putLong(network + Ipv6.SOURCE_OFFSET, batch.destination0(i));
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, batch.destination1(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, batch.source0(i));
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, batch.source1(i));
    }
}

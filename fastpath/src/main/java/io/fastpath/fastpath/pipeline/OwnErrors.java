package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.AddressKind;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.selection.Selector;

/**
 * ICMP errors of fastpath's own: a packet of TCP or UDP that is larger than its way takes, a tunnel's headers included, is
 * answered with fragmentation needed (RFC 792, RFC 1191; whether DF is set or not: nothing is fragmented here) or packet
 * too big (RFC 4443, 3.2); one whose time to live is over, with time exceeded (RFC 1812, 5.3.1; RFC 4443, 3.3). The packet
 * itself becomes the quote: headers go in front of it, its end is cut off, and the frame goes back to where it came from.
 *
 * <pre>
 *   | Ethernet, tags | IP | ICMP | the packet as it came, so that all are 576 bytes (RFC 1812, 4.3.2.3), 1280 in IPv6 |
 * </pre>
 *
 * <p>The source is the address of the interface by which the packet came; where it has none of the family, the VIP.
 *
 * <p>There is none about (RFC 1812, 4.3.2.7; RFC 4443, 2.4): ICMP, later fragments, frames to or from a group, a source
 * that can't be answered. All are limited in time by one bucket, which both engines share. One thread.
 */
final class OwnErrors {
    private static final int LENGTH_V4 = 576;
    private static final int LENGTH_V6 = 1280;
    private static final int MTU_MIN_V6 = 1280;
    private static final int TIME_TO_LIVE = 64;
    private static final int MACS_LENGTH = 12;

    /** Version, header length, and precedence 6 (RFC 1812, 4.3.2.5). */
    private static final int IPV4_FIRST = 0x45c0_0000;

    private static final int IPV4_DONT_FRAGMENT = 0x4000;
    private static final int IPV6_FIRST = 0x6000_0000;

    private final SharedMemory frames;
    private final FlowTable flows;
    private final Selector selector;
    private final InterfaceTable interfaces;
    private final Egress egress;
    private final ErrorBucket bucket;
    private long source0;
    private long source1;

    OwnErrors(final PipelineContext context, final Egress egress) {
        this.frames = context.frames();
        this.flows = context.flowTable();
        this.selector = context.selector();
        this.interfaces = context.interfaceTable();
        this.egress = egress;
        this.bucket = new ErrorBucket(context.controlMemory());
    }

    /** Answers a packet of TCP or UDP that has its verdict, if it was dropped for its size or its time to live. */
    void answer(final PacketBatch batch, final int i, final long nowNs) {
        final boolean isTooBig = batch.verdict(i) == Verdict.DROP_MTU;
        if (!isTooBig && batch.verdict(i) != Verdict.DROP_TTL_EXPIRED || !bucket.isOn()) {
            return;
        }
        final int mtu = isTooBig ? toldMtu(batch, i) : 0;
        if (isTooBig && batch.ipLength(i) <= mtu) {
            return;
        }
        if (!mayBeTold(batch, i) || !setSource(batch, i) || !hasRoom(batch, i)) {
            return;
        }
        if (!bucket.take(nowNs)) {
            batch.end(i, Verdict.DROP_ERROR_LIMIT, PacketBatch.NONE);
            return;
        }
        final boolean isIpv4 = FlowForwarder.isIpv4(batch, i);
        write(batch, i, isTooBig ? tooBig(isIpv4) : expired(isIpv4), mtu);
        batch.end(i, isTooBig ? Verdict.ANSWERED_TOO_BIG : Verdict.ANSWERED_EXPIRED, batch.ingressSlot(i));
    }

    /** The largest packet that the way takes, as it is told: never less than what every IPv6 link takes. */
    private int toldMtu(final PacketBatch batch, final int i) {
        return FlowForwarder.isIpv4(batch, i) ? egress.takenMtu() : Math.max(egress.takenMtu(), MTU_MIN_V6);
    }

    private boolean mayBeTold(final PacketBatch batch, final int i) {
        return MacWord.isUnicast(MacWord.of(frames.getLong(batch.packetOffset(i))))
                && MacWord.isUnicast(LinkHeader.sourceMac(frames, batch, i))
                && !AddressKind.isMartianSource(batch.source0(i), batch.source1(i))
                && !selector.isVip(batch.source0(i), batch.source1(i));
    }

    /** Who says so: from the interface, else the VIP of the packet or of its connection. */
    private boolean setSource(final PacketBatch batch, final int i) {
        final int slot = batch.ingressSlot(i);
        if (FlowForwarder.isIpv4(batch, i)) {
            source0 = 0;
            source1 = AddressDescriptor.ipv4Word1(interfaces.ipv4(slot));
            if (interfaces.ipv4(slot) != 0) {
                return true;
            }
        } else {
            source0 = interfaces.ipv6Word0(slot);
            source1 = interfaces.ipv6Word1(slot);
            if ((source0 | source1) != 0) {
                return true;
            }
        }
        source0 = batch.destination0(i);
        source1 = batch.destination1(i);
        final long handle = batch.handle(i);
        if (!FlowHandle.isFlow(handle) || !FlowHandle.isReverse(handle)) {
            return true;
        }
        final int flow = FlowHandle.slotIndex(handle);
        source0 = flows.fields().vip0(flow);
        source1 = flows.fields().vip1(flow);
        return flows.stillValid(handle);
    }

    private static int headersLength(final boolean isIpv4) {
        return (isIpv4 ? Ipv4.HEADER_LENGTH : Ipv6.HEADER_LENGTH) + Icmp.HEADER_LENGTH;
    }

    private static boolean hasRoom(final PacketBatch batch, final int i) {
        return batch.packetOffset(i) - batch.frameOffset(i) >= headersLength(FlowForwarder.isIpv4(batch, i));
    }

    private static int tooBig(final boolean isIpv4) {
        return isIpv4 ? Icmp.UNREACHABLE << Byte.SIZE | Icmp.FRAGMENTATION_NEEDED : Icmp.TOO_BIG_V6 << Byte.SIZE;
    }

    private static int expired(final boolean isIpv4) {
        return (isIpv4 ? Icmp.TIME_EXCEEDED : Icmp.TIME_EXCEEDED_V6) << Byte.SIZE;
    }

    private void write(final PacketBatch batch, final int i, final int typeAndCode, final int word) {
        final boolean isIpv4 = FlowForwarder.isIpv4(batch, i);
        final int headersLength = headersLength(isIpv4);
        final int length = Math.min(batch.ipLength(i) + headersLength, isIpv4 ? LENGTH_V4 : LENGTH_V6);
        final long network = batch.networkOffset(i) - headersLength;
        final long start = batch.packetOffset(i) - headersLength;
        for (long from = MACS_LENGTH; from < network - start; from += Short.BYTES) {
            frames.putShort(start + from, frames.getShort(batch.packetOffset(i) + from));
        }
        LinkHeader.address(
                frames,
                start,
                MacWord.of(frames.getLong(batch.packetOffset(i) + Ethernet.SOURCE_OFFSET)),
                interfaces.macMemory(batch.ingressSlot(i)));
        if (isIpv4) {
            writeIpv4(network, length, batch.source1(i));
        } else {
            writeIpv6(network, length, batch.source0(i), batch.source1(i));
        }
        final long icmp = network + headersLength - Icmp.HEADER_LENGTH;
        frames.putInt(icmp, Integer.reverseBytes(typeAndCode << Short.SIZE));
        frames.putInt(icmp + Icmp.WORD_OFFSET, Integer.reverseBytes(word));
        frames.putShort(icmp + Icmp.CHECKSUM_OFFSET, (short) Checksum.finish(sum(batch, i, icmp, network + length)));
        batch.outgoing(i, start, network - start + length);
    }

    private void writeIpv4(final long network, final int length, final long destination1) {
        final int versionWord = Integer.reverseBytes(IPV4_FIRST | length);
        final int fragmentWord = Integer.reverseBytes(IPV4_DONT_FRAGMENT);
        final int protocolWord = TIME_TO_LIVE | IpProtocol.ICMP << Byte.SIZE;
        final int source = AddressDescriptor.ipv4Memory(source1);
        final int destination = AddressDescriptor.ipv4Memory(destination1);
        final int checksum = Checksum.finish(Checksum.ofInt(versionWord)
                + Checksum.ofInt(fragmentWord)
                + Checksum.ofInt(protocolWord)
                + Checksum.ofInt(source)
                + Checksum.ofInt(destination));
        frames.putInt(network, versionWord);
        frames.putInt(network + Integer.BYTES, fragmentWord);
        frames.putInt(network + Ipv4.TTL_OFFSET, protocolWord | checksum << Short.SIZE);
        frames.putInt(network + Ipv4.SOURCE_OFFSET, source);
        frames.putInt(network + Ipv4.DESTINATION_OFFSET, destination);
    }

    private void writeIpv6(final long network, final int length, final long destination0, final long destination1) {
        frames.putInt(network, Integer.reverseBytes(IPV6_FIRST));
        frames.putInt(
                network + Integer.BYTES,
                Integer.reverseBytes(
                        (length - Ipv6.HEADER_LENGTH) << Short.SIZE | IpProtocol.ICMPV6 << Byte.SIZE | TIME_TO_LIVE));
        frames.putLong(network + Ipv6.SOURCE_OFFSET, source0);
        frames.putLong(network + Ipv6.SOURCE_OFFSET + Long.BYTES, source1);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET, destination0);
        frames.putLong(network + Ipv6.DESTINATION_OFFSET + Long.BYTES, destination1);
    }

    private long sum(final PacketBatch batch, final int i, final long icmp, final long end) {
        final int length = (int) (end - icmp);
        final long sum = Checksum.sum(frames, icmp, length);
        return FlowForwarder.isIpv4(batch, i)
                ? sum
                : sum
                        + Checksum.ofLong(source0)
                        + Checksum.ofLong(source1)
                        + Checksum.ofLong(batch.source0(i))
                        + Checksum.ofLong(batch.source1(i))
                        + Checksum.ofPseudoHeader(IpProtocol.ICMPV6, length);
    }
}

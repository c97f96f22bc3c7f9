package io.fastpath.fastpath.replay;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FragmentTable;
import io.fastpath.fastpath.pipeline.KnownErrors;
import io.fastpath.fastpath.pipeline.RarePackets;
import io.fastpath.fastpath.wire.Arp;
import io.fastpath.fastpath.wire.Ethernet;
import io.fastpath.fastpath.wire.Icmp;
import io.fastpath.fastpath.wire.IpProtocol;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.selection.Selector;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Whose a frame is: the decision that the XDP program takes before any engine sees the frame, for replays without a
 * kernel. It reads no more of a frame than the program does. C twin: {@code fp_classify}, {@code fp_parse}. One thread.
 */
public final class Steering {
    private static final int NO_TYPE = -1;
    private static final int TAG_LIMIT = 2;
    private static final int TAG_LENGTH = 4;
    private static final int TYPE_8021Q_BE = 0x0081;
    private static final int TYPE_8021AD_BE = 0xa888;
    private static final int TCP_HEADER_LENGTH = 20;
    private static final int UDP_HEADER_LENGTH = 8;
    private static final int ICMP_HEADER_LENGTH = 8;
    private static final int IPV6_ADDRESS_LENGTH = 16;

    private final Selector selector;
    private final FlowTable flows;
    private final KnownErrors errors;
    private final RarePackets rare;
    private ByteBuffer frame;
    private int position;
    private long source0;
    private long source1;
    private long destination0;
    private long destination1;
    private int ports;
    private int protocol;
    private boolean asksNeighbor; // ARP or a solicitation: a prefix is nobody's link-layer address

    /**
     * A decision over an engine's tables.
     *
     * @param selector of services
     * @param flows of connections
     * @param fragments of datagrams
     * @param hash of the tables
     */
    public Steering(
            final Selector selector, final FlowTable flows, final FragmentTable fragments, final TupleHash hash) {
        this.selector = selector;
        this.flows = flows;
        this.errors = new KnownErrors(flows);
        this.rare = new RarePackets(flows, fragments, hash);
    }

    /**
     * Decides.
     *
     * @param bytes the frame, as it came in by an interface that is served
     * @param nowNs time
     * @return one of the reasons XDP_STEERED for a frame that an engine gets, one of XDP_PASS for the kernel's
     */
    public Counter classify(final byte[] bytes, final long nowNs) {
        final Counter reason = parse(bytes);
        if (isPass(reason) || isService()) {
            return reason;
        }
        if (protocol == 0 && reason != Counter.XDP_STEERED_SERVICE) {
            // an error may be about a connection, whomever it is for
            return reason == Counter.XDP_STEERED_ICMP && errors.contains(bytes) ? reason : Counter.XDP_PASS_NOT_OURS;
        }
        if (protocol == 0) {
            return rare.owner(bytes, nowNs);
        }
        final long handle = flow();
        if (!FlowHandle.isFlow(handle)) {
            return Counter.XDP_PASS_NOT_OURS;
        }
        return FlowHandle.isReverse(handle) ? Counter.XDP_STEERED_REPLY : Counter.XDP_STEERED_SERVICE;
    }

    /** The flow of the frame that was classified last, or no handle of one. */
    long flow() {
        return protocol == 0
                ? FlowHandle.NOT_FOUND
                : flows.find(source0, source1, destination0, destination1, ports, protocol);
    }

    /** Whether a reason leaves a frame to the kernel. */
    static boolean isPass(final Counter reason) {
        return reason.code() >= Counter.XDP_PASS_TRUNCATED.code()
                && reason.code() <= Counter.XDP_PASS_UNKNOWN_INTERFACE.code();
    }

    private boolean isService() {
        if (asksNeighbor) {
            return selector.isSingleVip(destination0, destination1);
        }
        return protocol == 0
                ? selector.isVip(destination0, destination1)
                : selector.serviceIndex(destination0, destination1, ports >>> Short.SIZE, protocol) != Selector.NONE;
    }

    private Counter parse(final byte[] bytes) {
        frame = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN); // as eBPF programs read on the machines served
        position = 0;
        protocol = 0;
        ports = 0;
        asksNeighbor = false;
        source(0, 0);
        destination(0, 0);
        return switch (etherType()) {
            case NO_TYPE -> Counter.XDP_PASS_TRUNCATED;
            case Ethernet.TYPE_IPV4_BE -> parseIpv4();
            case Ethernet.TYPE_IPV6_BE -> parseIpv6();
            case Ethernet.TYPE_ARP_BE -> parseArp();
            default -> Counter.XDP_PASS_NOT_IP;
        };
    }

    private int etherType() {
        final int ethernet = take(Ethernet.HEADER_LENGTH);
        if (ethernet < 0) {
            return NO_TYPE;
        }
        int type = u16(ethernet + Ethernet.TYPE_OFFSET);
        for (int i = 0; i < TAG_LIMIT && (type == TYPE_8021Q_BE || type == TYPE_8021AD_BE); i++) {
            final int tag = take(TAG_LENGTH);
            if (tag < 0) {
                return NO_TYPE;
            }
            type = u16(tag + Short.BYTES);
        }
        return type;
    }

    private Counter parseArp() {
        final int arp = take(Arp.LENGTH);
        if (arp < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        final long kind = frame.getLong(arp) & 0xffff_ffff_ffffL;
        if (kind != Arp.KIND_ETHERNET_IPV4 || u16(arp + Arp.OPERATION_OFFSET) != Arp.OPERATION_REQUEST_BE) {
            return Counter.XDP_PASS_NOT_OURS;
        }
        destination(0, AddressDescriptor.ipv4Word1(frame.getInt(arp + Arp.TARGET_ADDRESS_OFFSET)));
        asksNeighbor = true;
        return Counter.XDP_STEERED_ARP;
    }

    private Counter parseIpv4() {
        final int ip = take(Ipv4.HEADER_LENGTH);
        if (ip < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        final int first = frame.get(ip) & 0xff;
        if (first >>> 4 != Ipv4.VERSION) {
            return Counter.XDP_PASS_NOT_IP;
        }
        final int optionLength = (first & 0xf) * Integer.BYTES - Ipv4.HEADER_LENGTH;
        if (optionLength < 0 || take(optionLength) < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        source(0, AddressDescriptor.ipv4Word1(frame.getInt(ip + Ipv4.SOURCE_OFFSET)));
        destination(0, AddressDescriptor.ipv4Word1(frame.getInt(ip + Ipv4.DESTINATION_OFFSET)));
        if ((u16(ip + Ipv4.FRAGMENT_OFFSET) & Ipv4.FRAGMENT_MASK_BE) != 0) {
            return Counter.XDP_STEERED_SERVICE;
        }
        final int next = frame.get(ip + Ipv4.PROTOCOL_OFFSET) & 0xff;
        return next == IpProtocol.ICMP ? parseIcmp() : parsePorts(next);
    }

    private Counter parseIcmp() {
        final int icmp = take(ICMP_HEADER_LENGTH);
        if (icmp < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        final int type = frame.get(icmp) & 0xff;
        return type == Icmp.ECHO_REQUEST || Icmp.isError(type) ? Counter.XDP_STEERED_ICMP : Counter.XDP_PASS_NOT_OURS;
    }

    private Counter parseIpv6() {
        final int ip = take(Ipv6.HEADER_LENGTH);
        if (ip < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        if ((frame.get(ip) & 0xff) >>> 4 != Ipv6.VERSION) {
            return Counter.XDP_PASS_NOT_IP;
        }
        source(frame.getLong(ip + Ipv6.SOURCE_OFFSET), frame.getLong(ip + Ipv6.SOURCE_OFFSET + Long.BYTES));
        destination(
                frame.getLong(ip + Ipv6.DESTINATION_OFFSET), frame.getLong(ip + Ipv6.DESTINATION_OFFSET + Long.BYTES));
        final int next = frame.get(ip + Ipv6.NEXT_HEADER_OFFSET) & 0xff;
        if (IpProtocol.isExtension(next) || next == IpProtocol.FRAGMENT) {
            return Counter.XDP_STEERED_SERVICE;
        }
        return next == IpProtocol.ICMPV6 ? parseIcmpv6() : parsePorts(next);
    }

    private Counter parseIcmpv6() {
        final int icmp = take(ICMP_HEADER_LENGTH);
        if (icmp < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        final int type = frame.get(icmp) & 0xff;
        if (type == Icmp.ECHO_REQUEST_V6 || Icmp.isErrorV6(type)) {
            return Counter.XDP_STEERED_ICMP;
        }
        if (type != Icmp.NEIGHBOR_SOLICITATION) {
            return Counter.XDP_PASS_NOT_OURS;
        }
        final int target = take(IPV6_ADDRESS_LENGTH);
        if (target < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        asksNeighbor = true;
        destination(frame.getLong(target), frame.getLong(target + Long.BYTES));
        return AddressDescriptor.isIpv4(destination0, destination1)
                ? Counter.XDP_PASS_NOT_OURS
                : Counter.XDP_STEERED_ICMP;
    }

    private Counter parsePorts(final int next) {
        if (next != IpProtocol.TCP && next != IpProtocol.UDP) {
            return Counter.XDP_PASS_PROTOCOL;
        }
        final int transport = take(next == IpProtocol.TCP ? TCP_HEADER_LENGTH : UDP_HEADER_LENGTH);
        if (transport < 0) {
            return Counter.XDP_PASS_TRUNCATED;
        }
        ports = frame.getInt(transport);
        protocol = next;
        return Counter.XDP_STEERED_SERVICE;
    }

    /** Where the next bytes begin; negative where the frame ends before their end. */
    private int take(final int length) {
        final int start = position;
        if (length > frame.capacity() - start) {
            return -1;
        }
        position = start + length;
        return start;
    }

    private int u16(final int offset) {
        return frame.getShort(offset) & 0xffff;
    }

    private void source(final long word0, final long word1) {
        source0 = word0;
        source1 = word1;
    }

    private void destination(final long word0, final long word1) {
        destination0 = word0;
        destination1 = word1;
    }
}

package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.fastpath.wire.Checksum;
import io.fastpath.fastpath.wire.Ipv4;
import io.fastpath.fastpath.wire.Ipv6;
import io.fastpath.fastpath.wire.NetworkOrder;
import io.fastpath.fastpath.wire.Tcp;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Connections that a cookie opened ({@link SynGuard}). The client has its SYN+ACK already, and with it a sequence number
 * that its backend knows nothing of. So the balancer opens the connection to the backend by itself, with the client's own
 * sequence number, and translates the backend's ever after:
 *
 * <pre>
 *   client                       balancer                        backend
 *     | -- ACK, cookie ------------> |                              |
 *     |                              | -- SYN, the client's number -&gt;
 *     |                              | &lt;- SYN+ACK, its number ----- |     offset = cookie - its number
 *     | &lt;- ACK, one byte of before - |                              |
 *     | -- ACK or data ------------> | -- acknowledgment - offset -&gt;
 *     | &lt;- sequence + offset ------- | &lt;--------------------------- |
 * </pre>
 *
 * <p>A packet in makes one packet out, so the backend's SYN+ACK can't be answered and the client told at once. It becomes
 * what does both: a segment with the backend's window and a byte that the client has had, the SYN's place, which it must
 * answer (RFC 9293, 3.8.4 and 3.10.7.4). Its answer, data if it has some, completes the backend's handshake. C twin:
 * {@code fp_proxy.h}. One thread.
 */
final class HandshakeProxy {
    /** Bytes of a TCP header and one of data. */
    private static final int PROBE_LENGTH = Tcp.HEADER_LENGTH + 1;

    private static final int OPENING_FLAGS = TcpFlags.SYN | TcpFlags.ACK;
    private static final int RELEVANT_FLAGS = TcpFlags.FIN | TcpFlags.SYN | TcpFlags.RST | TcpFlags.ACK;

    private final SharedMemory frames;
    private final int frameLength;
    private final FlowTable flows;
    private final FlowFields fields;
    private final SharedMemory records;

    HandshakeProxy(final PipelineContext context) {
        frames = context.frames();
        frameLength = context.frameLength();
        flows = context.flowTable();
        fields = flows.fields();
        records = context.flowTcpMemory();
    }

    /** Begins the record of a connection that a cookie opened. Who sees the flow before sees no cookie of its. */
    void begin(final long handle, final int clientSequence, final int cookie) {
        final long record = record(handle);
        records.putInt(record + FlowTcpDescriptor.PROXY_SEQUENCE_OFFSET, clientSequence);
        records.putInt(record + FlowTcpDescriptor.PROXY_COOKIE_OFFSET, cookie);
        records.putInt(record + FlowTcpDescriptor.PROXY_OFFSET_OFFSET, 0);
        state(record, FlowTcpDescriptor.PROXY_WAITS);
    }

    /**
     * Tracks a packet of such a connection, in place of the flow table's, and renumbers it.
     *
     * @param isTracked whether the connection was opened by it
     * @return 0, a drop code, or as {@link FlowForwarder#code} says
     */
    int track(final PacketBatch batch, final int i, final long handle, final boolean isTracked, final long nowNs) {
        final long record = record(handle);
        return FlowHandle.isReverse(handle)
                ? reply(batch, i, handle, record, nowNs)
                : request(batch, i, handle, record, isTracked, nowNs);
    }

    /** What the client says: its acknowledgments are of the cookie's numbers. */
    private int request(
            final PacketBatch batch,
            final int i,
            final long handle,
            final long record,
            final boolean isTracked,
            final long nowNs) {
        final int flags = batch.tcpFlags(i);
        final long tcp = batch.transportOffset(i);
        final int state = records.getIntAcquire(record + FlowTcpDescriptor.PROXY_STATE_OFFSET);
        if (TcpFlags.opens(flags) && state != FlowTcpDescriptor.PROXY_NONE && isEmbryonic(handle)) {
            return Verdict.DROP_TCP_STATE; // it would offer the backend what the client was not offered
        }
        final int acknowledgment = TcpSegment.acknowledgment(frames, tcp);
        final boolean isOpening = state == FlowTcpDescriptor.PROXY_WAITS
                && TcpFlags.isPlainAck(flags)
                && !FragmentWord.isFragment(batch.fragment(i))
                && acknowledgment == cookie(record) + 1;
        final int verdict = isTracked
                ? TrackVerdict.ACCEPTED
                : flows.track(handle, isOpening ? TcpFlags.SYN : flags, FlowDescriptor.ticks(nowNs));
        if (verdict != TrackVerdict.ACCEPTED) {
            return FlowForwarder.code(verdict);
        }
        if (isOpening) {
            return makeSyn(batch, i, record);
        }
        if (TcpFlags.opens(flags) && isJustOpened(handle)) {
            state(
                    record,
                    FlowTcpDescriptor.PROXY_NONE); // a new connection on an ended one's tuples: its backend answers
        } else if (state == FlowTcpDescriptor.PROXY_TRANSLATES && (flags & TcpFlags.ACK) != 0) {
            TcpSegment.renumber(frames, tcp, Tcp.ACKNOWLEDGED_OFFSET, acknowledgment - added(record));
        }
        return 0;
    }

    /** What the backend says: all its numbers are its own. */
    private int reply(final PacketBatch batch, final int i, final long handle, final long record, final long nowNs) {
        final int flags = batch.tcpFlags(i);
        final long tcp = batch.transportOffset(i);
        final int state = records.getIntAcquire(record + FlowTcpDescriptor.PROXY_STATE_OFFSET);
        final boolean isAnswer = (flags & RELEVANT_FLAGS) == OPENING_FLAGS;
        if (isAnswer && FragmentWord.isFragment(batch.fragment(i))) {
            return Verdict.DROP_FRAGMENT;
        }
        final int sequence = TcpSegment.sequence(frames, tcp);
        final int offset = cookie(record) - sequence;
        if (state == FlowTcpDescriptor.PROXY_WAITS && !isAnswer && (flags & TcpFlags.RST) == 0) {
            return Verdict.DROP_TCP_STATE;
        }
        if (state == FlowTcpDescriptor.PROXY_TRANSLATES
                && isAnswer
                && offset != added(record)
                && !isEmbryonic(handle)) {
            return Verdict.DROP_TCP_STATE;
        }
        final int verdict = flows.track(handle, flags, FlowDescriptor.ticks(nowNs));
        if (verdict != TrackVerdict.ACCEPTED || state == FlowTcpDescriptor.PROXY_NONE) {
            return FlowForwarder.code(verdict);
        }
        if (isAnswer) {
            records.putInt(record + FlowTcpDescriptor.PROXY_OFFSET_OFFSET, offset);
            state(record, FlowTcpDescriptor.PROXY_TRANSLATES);
            return makeProbe(batch, i, record);
        }
        // a reset that refuses the connection comes before there is an offset: the client expects this number
        final int number = state == FlowTcpDescriptor.PROXY_WAITS ? cookie(record) + 1 : sequence + added(record);
        TcpSegment.renumber(frames, tcp, Tcp.SEQUENCE_OFFSET, number);
        return 0;
    }

    /** The client's ACK becomes the SYN that it stands for. */
    private int makeSyn(final PacketBatch batch, final int i, final long record) {
        if (!resize(batch, i, TcpSegment.SYN_LENGTH)) {
            return Verdict.DROP_MTU;
        }
        final long tcp = batch.transportOffset(i);
        final int sequence = records.getInt(record + FlowTcpDescriptor.PROXY_SEQUENCE_OFFSET);
        TcpSegment.write(frames, tcp, sequence, 0, TcpSegment.SYN_LENGTH, TcpFlags.SYN, SynCookies.mss(cookie(record)));
        TcpSegment.seal(frames, batch, i, tcp, TcpSegment.SYN_LENGTH);
        batch.tcpFlags(i, TcpFlags.SYN);
        return 0;
    }

    /** The backend's SYN+ACK becomes a byte that the client has had. */
    private int makeProbe(final PacketBatch batch, final int i, final long record) {
        if (!resize(batch, i, PROBE_LENGTH)) {
            return Verdict.DROP_MTU;
        }
        final long tcp = batch.transportOffset(i);
        final int acknowledgment = TcpSegment.acknowledgment(frames, tcp);
        TcpSegment.write(frames, tcp, cookie(record), acknowledgment, Tcp.HEADER_LENGTH, TcpFlags.ACK, 0);
        frames.putByte(tcp + Tcp.HEADER_LENGTH, (byte) 0);
        TcpSegment.seal(frames, batch, i, tcp, PROBE_LENGTH);
        batch.tcpFlags(i, TcpFlags.ACK);
        return 0;
    }

    /** Gives the IP packet another length, if the frame has room for it. */
    private boolean resize(final PacketBatch batch, final int i, final int transportLength) {
        final long network = batch.networkOffset(i);
        final long transport = batch.transportOffset(i);
        final int length = (int) (transport - network) + transportLength;
        if (transport + transportLength > batch.frameOffset(i) + frameLength) {
            return false;
        }
        batch.ipLength(i, length);
        if (FlowForwarder.isIpv4(batch, i)) {
            final int old = frames.getShort(network + Ipv4.TOTAL_LENGTH_OFFSET);
            final int update = NetworkOrder.swap16(length);
            final int checksum = frames.getShort(network + Ipv4.CHECKSUM_OFFSET);
            frames.putShort(network + Ipv4.TOTAL_LENGTH_OFFSET, (short) update);
            frames.putShort(network + Ipv4.CHECKSUM_OFFSET, (short)
                    Checksum.update(checksum, Checksum.replaceInt(old & 0xffff, update)));
        } else {
            frames.putShort(
                    network + Ipv6.PAYLOAD_LENGTH_OFFSET, (short) NetworkOrder.swap16(length - Ipv6.HEADER_LENGTH));
        }
        return true;
    }

    private long record(final long handle) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        return FlowTcpDescriptor.recordOffset(FlowHandle.isReverse(handle) ? fields.peerIndex(slotIndex) : slotIndex);
    }

    /** What is added to the numbers of a connection's backend; 0 as long as it isn't known. */
    int offset(final long handle) {
        final long record = record(handle);
        final int state = records.getIntAcquire(record + FlowTcpDescriptor.PROXY_STATE_OFFSET);
        return state == FlowTcpDescriptor.PROXY_TRANSLATES ? added(record) : 0;
    }

    private int cookie(final long record) {
        return records.getInt(record + FlowTcpDescriptor.PROXY_COOKIE_OFFSET);
    }

    private int added(final long record) {
        return records.getInt(record + FlowTcpDescriptor.PROXY_OFFSET_OFFSET);
    }

    private void state(final long record, final int state) {
        records.putIntRelease(record + FlowTcpDescriptor.PROXY_STATE_OFFSET, state);
    }

    private boolean isJustOpened(final long handle) {
        return (fields.control(FlowHandle.slotIndex(handle)) & FlowDescriptor.STATE_MASK) == FlowState.TCP_SYN_SENT;
    }

    private static boolean isEmbryonic(final long handle) {
        final int state = FlowHandle.state(handle);
        return state == FlowState.TCP_SYN_SENT || state == FlowState.TCP_SYN_RECV || state == FlowState.TCP_SYN_SENT2;
    }
}

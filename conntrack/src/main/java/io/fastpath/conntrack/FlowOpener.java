package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * Enters connections: forward slot claimed and filled, reverse slot entered (which claims the source port), forward
 * slot published last. Whatever fails on the way is taken back in reverse order. One thread.
 */
final class FlowOpener {
    private static final int IPPROTO_TCP = 6;

    private final SlotMemory slots;
    private final TupleRules rules;
    private final Neighbourhood neighbourhood;
    private final SlotClaimer claimer;
    private final FlowRemover remover;
    private final PortRecycler recycler;
    private final PortChoice portChoice;
    private final SharedMemory backends;
    private final FlowEvents events;
    private final PendingEntry forward = new PendingEntry();
    private final PendingEntry reverse = new PendingEntry();

    private int state;
    private int forwardingCode;
    private int kind;
    private int nowTicks;
    private long indices;

    FlowOpener(
            final SlotMemory slots,
            final TupleRules rules,
            final Neighbourhood neighbourhood,
            final SlotClaimer claimer,
            final FlowRemover remover,
            final PortRecycler recycler,
            final PortChoice portChoice,
            final SharedMemory backends,
            final FlowEvents events) {
        this.slots = slots;
        this.rules = rules;
        this.neighbourhood = neighbourhood;
        this.claimer = claimer;
        this.remover = remover;
        this.recycler = recycler;
        this.portChoice = portChoice;
        this.backends = backends;
        this.events = events;
    }

    /** Sets the forward tuple of the connection to open. */
    FlowOpener tuple(
            final long client0,
            final long client1,
            final long vip0,
            final long vip1,
            final int ports,
            final int protocol) {
        forward.tuple(client0, client1, vip0, vip1, ports, protocol);
        return this;
    }

    /**
     * Opens the connection whose tuple was set.
     *
     * @return a handle of its forward slot, or a failure
     */
    long open(
            final int serviceIndex,
            final int backendIndex,
            final int forwardingCode,
            final int options,
            final int nowTicks) {
        this.state = beginsIn(options);
        this.kind = FlowOptions.kind(options);
        this.forwardingCode = forwardingCode;
        this.nowTicks = nowTicks;
        this.indices = backendIndex
                | (long) serviceIndex << 32
                | (long) forward.protocol << 48
                | (long) FlowOptions.tracking(options) << 56;
        final int tupleHash = rules.home(forward);
        final long rival = neighbourhood.validate(forward);
        if (rival != FlowHandle.NOT_FOUND) {
            return lost(rival);
        }
        if (!claimer.claim(forward, Control.kind(false, forwardingCode) | kind, nowTicks)) {
            return FlowHandle.FULL;
        }
        fill(forward);
        final long failure = enterReverse(tupleHash, BackendDescriptor.recordOffset(backendIndex));
        if (failure != FlowHandle.NOT_FOUND) {
            remover.release(forward.slotIndex, forward.control);
            return failure;
        }
        return publishForward(serviceIndex, backendIndex);
    }

    private int beginsIn(final int options) {
        if (forward.protocol != IPPROTO_TCP) {
            return FlowState.UDP_SINGLE;
        }
        return FlowOptions.picksUp(options) ? FlowState.TCP_SYN_RECV : FlowState.TCP_SYN_SENT;
    }

    private long publishForward(final int serviceIndex, final int backendIndex) {
        final long rival = neighbourhood.publish(forward, state);
        if (rival == FlowHandle.NOT_FOUND) {
            opened(serviceIndex, backendIndex);
            return FlowHandle.of(forward.slotIndex, forward.control);
        }
        if (Control.isLive(forward.control) && !remover.withdraw(forward.slotIndex, forward.control, nowTicks)) {
            opened(serviceIndex, backendIndex); // its remover reported it closed
        }
        return lost(rival);
    }

    private void opened(final int serviceIndex, final int backendIndex) {
        events.opened(serviceIndex, backendIndex);
        if ((kind & FlowDescriptor.KIND_COUNTED) != 0) {
            events.counted(forward.source0, forward.source1, serviceIndex, 1);
        }
    }

    private long lost(final long rival) {
        if (!FlowHandle.isFlow(rival)) {
            return rival;
        }
        events.lostRace();
        return FlowHandle.existing(rival);
    }

    private long enterReverse(final int tupleHash, final long backendOffset) {
        if (Forwarding.isDirect(forwardingCode)) {
            final int ports = Integer.rotateLeft(forward.ports, Short.SIZE);
            return enterOnly(forward.destination0, forward.destination1, ports, FlowDescriptor.DIRECT);
        }
        final long backend0 = backends.getLong(backendOffset + BackendDescriptor.ADDRESS_OFFSET);
        final long backend1 =
                backends.getLong(backendOffset + BackendDescriptor.ADDRESS_OFFSET + AddressDescriptor.WORD1_OFFSET);
        final int ownPort = backends.getShort(backendOffset + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
        final int backendPort = ownPort == 0 ? forward.ports >>> Short.SIZE : ownPort;
        if (forwardingCode == Forwarding.NAT.code()) {
            final int ports = backendPort | forward.ports << Short.SIZE;
            return enterOnly(backend0, backend1, ports, FlowDescriptor.NO_SNAT);
        }
        long failure = FlowHandle.PORTS_EXHAUSTED;
        long ended = FlowHandle.NOT_FOUND;
        int endedSnatIndex = 0;
        int endedPortBe = 0;
        for (int tries = portChoice.begin(tupleHash, backend0, backend1); tries > 0; tries--) {
            final int snatIndex = portChoice.snatIndex();
            final int portBe = portChoice.portBe();
            reverse.tuple(
                    backend0,
                    backend1,
                    portChoice.address0(snatIndex),
                    portChoice.address1(snatIndex),
                    backendPort | portBe << Short.SIZE,
                    forward.protocol);
            final long rival = enterReverse(snatIndex, portBe);
            if (rival == FlowHandle.NOT_FOUND || rival == FlowHandle.BUSY) {
                return rival;
            }
            failure = rival == FlowHandle.FULL ? FlowHandle.FULL : failure;
            if (ended == FlowHandle.NOT_FOUND && FlowHandle.isFlow(rival) && recycler.isRecyclable(rival, nowTicks)) {
                ended = rival;
                endedSnatIndex = snatIndex;
                endedPortBe = portBe;
            }
            portChoice.advance();
        }
        if (ended == FlowHandle.NOT_FOUND || failure == FlowHandle.FULL) {
            return failure;
        }
        reverse.tuple(
                backend0,
                backend1,
                portChoice.address0(endedSnatIndex),
                portChoice.address1(endedSnatIndex),
                backendPort | endedPortBe << Short.SIZE,
                forward.protocol);
        recycler.recycle(ended, nowTicks);
        return orExhausted(enterReverse(endedSnatIndex, endedPortBe));
    }

    /** Without SNAT there is one reverse tuple, and somebody has it. */
    private long enterInsteadOf(final long rival, final int snatIndex) {
        final long conflict = explainConflict(rival);
        if (conflict != FlowHandle.PORTS_EXHAUSTED || !recycler.isRecyclable(rival, nowTicks)) {
            return conflict;
        }
        recycler.recycle(rival, nowTicks);
        return orExhausted(enterReverse(snatIndex, 0));
    }

    /** Somebody else was quicker to take what was given up. */
    private static long orExhausted(final long result) {
        return FlowHandle.isFlow(result) ? FlowHandle.PORTS_EXHAUSTED : result;
    }

    /** Enters the reverse slot by the one tuple that replies to the client's own address can have. */
    private long enterOnly(final long source0, final long source1, final int ports, final int snatIndex) {
        reverse.tuple(source0, source1, forward.source0, forward.source1, ports, forward.protocol);
        final long rival = enterReverse(snatIndex, 0);
        return FlowHandle.isFlow(rival) ? enterInsteadOf(rival, snatIndex) : rival;
    }

    /**
     * Enters the reverse slot whose tuple is set.
     *
     * @return {@link FlowHandle#NOT_FOUND} if done; FULL; BUSY; or the handle of the entry that has the tuple
     */
    private long enterReverse(final int snatIndex, final int snatPortBe) {
        rules.home(reverse);
        final long rival = neighbourhood.validate(reverse);
        if (rival != FlowHandle.NOT_FOUND) {
            return rival;
        }
        if (!claimer.claim(reverse, Control.kind(true, forwardingCode) | kind, nowTicks)) {
            return FlowHandle.FULL;
        }
        fill(reverse);
        link(forward, reverse, snatIndex, snatPortBe);
        link(reverse, forward, snatIndex, snatPortBe);
        final long laterRival = neighbourhood.publish(reverse, state);
        if (laterRival != FlowHandle.NOT_FOUND) {
            remover.release(reverse.slotIndex, reverse.control);
        }
        return laterRival;
    }

    /**
     * Without SNAT the reply tuple can't be chosen: another entry that has it belongs to the same connection, which
     * another writer is entering, or to one of the same client and backend over another VIP.
     */
    private long explainConflict(final long rival) {
        final long finished = neighbourhood.validate(forward);
        if (finished != FlowHandle.NOT_FOUND) {
            return lost(finished);
        }
        final int slotIndex = FlowHandle.slotIndex(rival);
        final boolean isSame = slots.getInt(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET) == forward.ports
                && slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET) == forward.destination0
                && slots.getLong(slotIndex, FlowDescriptor.VIP_OFFSET + AddressDescriptor.WORD1_OFFSET)
                        == forward.destination1;
        return isSame ? FlowHandle.BUSY : FlowHandle.PORTS_EXHAUSTED;
    }

    /** The endpoints, the same in both slots. */
    private void fill(final PendingEntry entry) {
        final int slotIndex = entry.slotIndex;
        slots.putLong(slotIndex, FlowDescriptor.CLIENT_OFFSET, forward.source0);
        slots.putLong(slotIndex, FlowDescriptor.CLIENT_OFFSET + AddressDescriptor.WORD1_OFFSET, forward.source1);
        slots.putLong(slotIndex, FlowDescriptor.VIP_OFFSET, forward.destination0);
        slots.putLong(slotIndex, FlowDescriptor.VIP_OFFSET + AddressDescriptor.WORD1_OFFSET, forward.destination1);
        slots.putInt(slotIndex, FlowDescriptor.CLIENT_PORT_BE_OFFSET, forward.ports);
        slots.putLong(slotIndex, FlowDescriptor.BACKEND_INDEX_OFFSET, indices); // next hop: 0
    }

    private void link(final PendingEntry entry, final PendingEntry peer, final int snatIndex, final int snatPortBe) {
        slots.putInt(entry.slotIndex, FlowDescriptor.PEER_INDEX_OFFSET, peer.slotIndex);
        slots.putInt(entry.slotIndex, FlowDescriptor.SNAT_PORT_BE_OFFSET, snatPortBe | snatIndex << Short.SIZE);
    }
}

package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The connections of an instance, in memory that both engines share. The protocol of that memory is drawn in the
 * package's description; this class is its door.
 *
 * <p>Thread rule: one object per worker, over the same memory. {@link #find}, the {@code hop} loads, {@link #fields} and
 * {@link #stillValid} may be called by any thread; {@link #open}, {@link #track}, {@link #remove} and what the sweep
 * does belong to the worker, because they report to its {@link FlowEvents}, and open has scratch. Nothing here
 * allocates, locks or reads a clock.
 *
 * <p>A tuple is source and destination of the packet at hand: two words per address as in {@link AddressDescriptor},
 * the two ports as one int as it stands at the head of the TCP or UDP header, the protocol number. The same
 * look-up serves both directions: requests find the forward slot, replies the reverse one.
 *
 * <p>Reading a found slot: load what is needed through {@link #fields}, then ask {@link #stillValid}; if it says no, the
 * connection ended meanwhile and what was read may be of two tenants.
 */
public final class FlowTable {
    /** Fewest slots: a neighbourhood must not meet itself. */
    public static final int SLOT_COUNT_MIN = 512;

    /** Most slots: 4 GiB. a capacity of 16 million connections needs 58 million. */
    public static final int SLOT_COUNT_MAX = 1 << 26;

    private final SlotMemory slots;
    private final FlowFields fields;
    private final TupleRules rules;
    private final Neighbourhood neighbourhood;
    private final FlowRemover remover;
    private final FlowExpiry expiry;
    private final FlowTracker tracker;
    private final FlowEvents events;
    private final FlowOpener opener;

    /**
     * A worker's view of a table, which may hold connections already.
     *
     * @param flows slots of {@link FlowDescriptor}; zeroed when new
     * @param config one record of {@link ConfigDescriptor}; hash key, SNAT addresses and ports are read now
     * @param backends records of {@link BackendDescriptor}, as many as open is given indices of
     * @param timeouts of each state
     * @param events hears what this object does
     * @throws IllegalArgumentException if the sizes or the SNAT settings are impossible
     */
    public FlowTable(
            final SharedMemory flows,
            final SharedMemory config,
            final SharedMemory backends,
            final FlowTimeouts timeouts,
            final FlowEvents events) {
        this(new SlotMemory(flows), config, backends, timeouts, events);
        if (flows.length() % FlowDescriptor.LENGTH != 0) {
            throw new IllegalArgumentException("flow table of " + flows.length() + " bytes: not a number of slots");
        }
    }

    FlowTable(
            final SlotMemory slots,
            final SharedMemory config,
            final SharedMemory backends,
            final FlowTimeouts timeouts,
            final FlowEvents events) {
        if (slots.slotCount() < SLOT_COUNT_MIN || slots.slotCount() > SLOT_COUNT_MAX) {
            throw new IllegalArgumentException("flow table of " + slots.slotCount() + " slots; allowed is "
                    + SLOT_COUNT_MIN + " to " + SLOT_COUNT_MAX);
        }
        this.slots = slots;
        this.fields = new FlowFields(slots);
        this.rules = new TupleRules(slots, config, backends);
        this.neighbourhood = new Neighbourhood(slots, rules);
        this.remover = new FlowRemover(slots, neighbourhood, events);
        this.tracker = new FlowTracker(slots, events);
        this.events = events;
        this.expiry = new FlowExpiry(slots, neighbourhood, remover, tracker, timeouts, events);
        final SlotClaimer claimer = new SlotClaimer(slots, neighbourhood, remover, expiry, events);
        this.opener = new FlowOpener(
                slots,
                rules,
                neighbourhood,
                claimer,
                remover,
                new PortRecycler(slots, remover, expiry, events),
                new PortChoice(config),
                backends,
                events);
    }

    /**
     * What the slots say.
     *
     * @return the getters
     */
    public FlowFields fields() {
        return fields;
    }

    /**
     * Size of the table.
     *
     * @return slots: two per connection, and room between
     */
    public int slotCount() {
        return slots.slotCount();
    }

    /**
     * Step one of a look-up: the keyed hash.
     *
     * @param source0 source address, word 0
     * @param source1 source address, word 1
     * @param destination0 destination address, word 0
     * @param destination1 destination address, word 1
     * @param ports source port in the low 16 bits, destination port above, both as they stand in memory
     * @param protocol IPPROTO_TCP or IPPROTO_UDP
     * @return 32 bits
     */
    public int hash(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        return rules.hash(source0, source1, destination0, destination1, ports, protocol);
    }

    /**
     * Step two: where the hash lives.
     *
     * @param tupleHash of {@link #hash}
     * @return the home's slot index
     */
    public int home(final int tupleHash) {
        return rules.home(tupleHash);
    }

    /**
     * Step three: loads the home's neighbourhood word. Done for a whole batch before step four, the cache misses
     * overlap.
     *
     * @param homeIndex of {@link #home}
     * @return the word; without bits in {@link FlowDescriptor#HOP_MASK} the tuple is unknown
     */
    public int hop(final int homeIndex) {
        return slots.hop(homeIndex);
    }

    /**
     * Step three and a half, for tables far larger than the cache: loads the control word of the first candidate,
     * so that its line is on the way.
     *
     * @param homeIndex of {@link #home}
     * @param hop of {@link #hop}
     * @return a control word, or 0 if there is no candidate; only its load matters
     */
    public int touchCandidate(final int homeIndex, final int hop) {
        final int bits = hop & FlowDescriptor.HOP_MASK;
        return bits == 0 ? 0 : slots.control(neighbourhood.position(homeIndex, Integer.numberOfTrailingZeros(bits)));
    }

    /**
     * Step four: the connection of a tuple.
     *
     * @param homeIndex of {@link #home}
     * @param hop of {@link #hop}; an entry made since then is missed, which {@link #open} notices
     * @param source0 source address, word 0
     * @param source1 source address, word 1
     * @param destination0 destination address, word 0
     * @param destination1 destination address, word 1
     * @param ports as for {@link #hash}
     * @param protocol as for {@link #hash}
     * @return a {@link FlowHandle}, or {@link FlowHandle#NOT_FOUND}
     */
    public long find(
            final int homeIndex,
            final int hop,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        return neighbourhood.find(homeIndex, hop, source0, source1, destination0, destination1, ports, protocol);
    }

    /**
     * All steps of a look-up at once.
     *
     * @param source0 source address, word 0
     * @param source1 source address, word 1
     * @param destination0 destination address, word 0
     * @param destination1 destination address, word 1
     * @param ports as for {@link #hash}
     * @param protocol as for {@link #hash}
     * @return a {@link FlowHandle}, or {@link FlowHandle#NOT_FOUND}
     */
    public long find(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        final int homeIndex = home(hash(source0, source1, destination0, destination1, ports, protocol));
        return find(homeIndex, hop(homeIndex), source0, source1, destination0, destination1, ports, protocol);
    }

    /**
     * Enters a connection for the client's first packet: TCP as SYN sent, UDP as seen from one side. The packet is
     * tracked by that, unless the handle says {@link FlowHandle#isExisting}: then it is somebody else's entry, and the
     * packet has still to be given to {@link #track}.
     *
     * @param client0 client address, word 0
     * @param client1 client address, word 1
     * @param vip0 VIP, word 0
     * @param vip1 VIP, word 1
     * @param ports client port in the low 16 bits, VIP port above, both as they stand in memory
     * @param protocol IPPROTO_TCP or IPPROTO_UDP
     * @param serviceIndex to remember
     * @param backendIndex of a record whose address and port stand
     * @param forwardingCode of {@code Forwarding}
     * @param options of {@link FlowOptions}
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return a {@link FlowHandle} of the forward slot, or FULL, PORTS_EXHAUSTED, BUSY
     */
    public long open(
            final long client0,
            final long client1,
            final long vip0,
            final long vip1,
            final int ports,
            final int protocol,
            final int serviceIndex,
            final int backendIndex,
            final int forwardingCode,
            final int options,
            final int nowTicks) {
        return opener.tuple(client0, client1, vip0, vip1, ports, protocol)
                .open(serviceIndex, backendIndex, forwardingCode, options, nowTicks);
    }

    /**
     * Enters a connection by a SYN or a datagram.
     *
     * @param client0 client address, word 0
     * @param client1 client address, word 1
     * @param vip0 VIP, word 0
     * @param vip1 VIP, word 1
     * @param ports client port in the low 16 bits, VIP port above, both as they stand in memory
     * @param protocol IPPROTO_TCP or IPPROTO_UDP
     * @param serviceIndex to remember
     * @param backendIndex of a record whose address and port stand
     * @param forwardingCode of {@code Forwarding}
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return a {@link FlowHandle} of the forward slot, or FULL, PORTS_EXHAUSTED, BUSY
     */
    public long open(
            final long client0,
            final long client1,
            final long vip0,
            final long vip1,
            final int ports,
            final int protocol,
            final int serviceIndex,
            final int backendIndex,
            final int forwardingCode,
            final int nowTicks) {
        return open(
                client0,
                client1,
                vip0,
                vip1,
                ports,
                protocol,
                serviceIndex,
                backendIndex,
                forwardingCode,
                FlowOptions.NONE,
                nowTicks);
    }

    /**
     * Counts a SYN that came again for a connection that is not answered yet.
     *
     * @param forward a handle of the forward slot
     * @return how many came again, this one included, up to 15; 0 if the connection is gone
     */
    public int countSyn(final long forward) {
        return tracker.countSyn(forward);
    }

    /**
     * Removes a connection, to enter it anew for another backend.
     *
     * @param forward a handle of the forward slot
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return false if it has changed since it was found, as by an answer: then it stays
     */
    public boolean leave(final long forward, final int nowTicks) {
        final boolean isRemoved =
                remover.removePair(FlowHandle.slotIndex(forward), FlowHandle.control(forward), nowTicks);
        if (isRemoved) {
            events.moved();
        }
        return isRemoved;
    }

    /**
     * The forward slot of a connection, where what is known of its sequence numbers is found by.
     *
     * @param handle of either direction
     * @return its index
     */
    public int forwardIndex(final long handle) {
        return slots.forwardIndex(handle);
    }

    /**
     * Tells a connection of one of its packets: its time, and its state if the packet changes it. In the middle of a
     * connection (TCP established and a plain ACK, UDP of both sides) this touches the handle's own slot only, stores
     * only when the tick is a new one, and leaves it to {@link #stillValid} to notice a removal.
     *
     * @param handle as just found
     * @param tcpFlags the flags byte of the TCP header; any number for UDP
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return a code of {@link TrackVerdict}
     */
    public int track(final long handle, final int tcpFlags, final int nowTicks) {
        return tracker.track(handle, tcpFlags, nowTicks);
    }

    /**
     * Makes a TCP connection that was just entered established, though its handshake was another's: it goes on with another
     * backend.
     *
     * @param handle of the forward slot, as {@link #open} gave
     * @param nextHopIndex where its replies go; 0 to be resolved
     * @return whether it was there still
     */
    public boolean resume(final long handle, final int nextHopIndex) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        final int reverseIndex = slots.getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET);
        final int reverse = slots.control(reverseIndex);
        if (!tracker.establish(handle)) {
            return false;
        }
        nextHopIndex(FlowHandle.of(reverseIndex, reverse), nextHopIndex);
        return true;
    }

    /**
     * Removes a connection, both directions.
     *
     * @param handle of either direction
     * @param nowTicks of {@link FlowDescriptor#ticks}
     * @return whether this call did it: false if it was gone, or somebody else won
     */
    public boolean remove(final long handle, final int nowTicks) {
        final int forwardIndex = slots.forwardIndex(handle);
        for (int i = 0; i < Neighbourhood.RETRY_LIMIT; i++) {
            final int forward = slots.control(forwardIndex);
            if (!slots.isForwardOf(forwardIndex, forward, handle)) {
                return false;
            }
            if (remover.removePair(forwardIndex, forward, nowTicks)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether the slot of a handle is still the same connection's.
     *
     * @param handle as found
     * @return true if so, and then all fields read since the look-up are its own
     */
    public boolean stillValid(final long handle) {
        return slots.stillValid(FlowHandle.slotIndex(handle), FlowHandle.control(handle));
    }

    /**
     * Remembers where a direction's packets go. Safe against a slot that was given to another meanwhile: the other
     * then has to resolve its next hop again.
     *
     * @param handle as found
     * @param nextHopIndex 0 to forget
     */
    public void nextHopIndex(final long handle, final int nextHopIndex) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        slots.putShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET, nextHopIndex);
        if (!slots.stillValidAfterStore(slotIndex, FlowHandle.control(handle))) {
            slots.putShort(slotIndex, FlowDescriptor.NEXT_HOP_INDEX_OFFSET, 0);
        }
    }

    SlotMemory slots() {
        return slots;
    }

    Neighbourhood neighbourhood() {
        return neighbourhood;
    }

    FlowExpiry expiry() {
        return expiry;
    }
}

package io.fastpath.fastpath.nexthop;

import static io.fastpath.kernelbpf.layout.NextHopDescriptor.DESTINATION_MAC_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.GATEWAY_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.IFINDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.INNER_TAG_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.LENGTH;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.MTU_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.OUTER_TAG_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.PROVED_NS_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.SOURCE_MAC_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_CLAIMED;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_PROVISIONAL;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.TAG_COUNT_OFFSET;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The shared next-hop table, as workers use it: find or claim an index, read a record, learn a MAC from a frame. Any
 * thread; nothing allocates or blocks. The control thread's side is {@link NextHopMaintenance}.
 *
 * <p>Ordering: a claimant wins {@code state} from FREE to CLAIMED by compare-and-swap, writes the record with {@code
 * ifindex} last (release), and leaves CLAIMED by a release store. Who reads {@code state} or {@code ifindex} with acquire
 * sees a whole record. Two claimants of one key may take two indices: benign, both are good and both are kept current.
 *
 * <p>The last quarter of the records is the clients' own: a client's address is chosen by whoever sends the packet, so
 * hops of clients on the link, and hops with tags from a frame, are claimed there and nowhere else. However many addresses
 * are made up, the way to backends and gateways has its records.
 *
 * <p>The destination MAC and the first two bytes of the source MAC share one aligned word, and the source MAC of a record
 * never changes, so a changed destination MAC is one store and no reader can see half of it.
 */
public final class NextHopTable {
    /** The index that means "not resolved". */
    public static final int NOT_RESOLVED = 0;

    /** Records that a look-up probes at most; beyond that the table counts as full. */
    public static final int PROBE_LIMIT = 32;

    /** One record of so many is for clients: 1,024 of the smallest table, as many neighbours as a kernel keeps. */
    static final int CLIENT_SHARE = 4;

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final SharedMemory memory;
    private final int capacity;
    private final int clientFirst;

    /**
     * Views the table.
     *
     * @param memory its region
     * @param capacity records, index 0 included
     */
    public NextHopTable(final SharedMemory memory, final int capacity) {
        if (capacity < 2 || memory.length() < (long) capacity * LENGTH) {
            throw new IllegalArgumentException("a next-hop table of " + capacity
                    + " records (2 at least, index 0 is not used) needs " + (long) capacity * LENGTH + " bytes, not "
                    + memory.length());
        }
        this.memory = memory;
        this.capacity = capacity;
        this.clientFirst = capacity - capacity / CLIENT_SHARE;
    }

    /**
     * How many records, index 0 included.
     *
     * @return one more than the highest index
     */
    public int capacity() {
        return capacity;
    }

    /**
     * State of a record, with acquire.
     *
     * @param index from anywhere: one that is out of range is FREE
     * @return a STATE constant of {@link NextHopDescriptor}
     */
    public int state(final int index) {
        if (index <= NOT_RESOLVED || index >= capacity) {
            return STATE_FREE;
        }
        return memory.getIntAcquire(offset(index) + STATE_OFFSET);
    }

    /**
     * Whether packets may be sent to a hop in this state.
     *
     * @param state as {@link #state} answered
     * @return true if it has a MAC
     */
    public static boolean isUsable(final int state) {
        return state == STATE_VALID || state == STATE_PROVISIONAL;
    }

    /**
     * Whether an index in this state is worth keeping: false means to resolve again.
     *
     * @param state as {@link #state} answered
     * @return false for FREE and STALE
     */
    public static boolean isCurrent(final int state) {
        return state != STATE_FREE && state != STATE_STALE;
    }

    /**
     * Whether a flow may forget an index: the hop is out of use, and what its packets need can be found out again. Tags that
     * were learned from a client's frame can't, so a hop with tags is remembered until a packet has resolved anew.
     *
     * @param index of any record
     * @return true if 0 is as good
     */
    public boolean isForgettable(final int index) {
        final int state = state(index);
        return state == STATE_FREE || state == STATE_STALE && tagCount(index) == 0;
    }

    /**
     * Egress interface.
     *
     * @param index of a current record
     * @return its index
     */
    public int ifindex(final int index) {
        return memory.getInt(offset(index) + IFINDEX_OFFSET);
    }

    /**
     * Largest IP packet.
     *
     * @param index of a current record
     * @return bytes
     */
    public int mtu(final int index) {
        return memory.getShort(offset(index) + MTU_OFFSET) & 0xffff;
    }

    /**
     * VLAN tags that a packet gets.
     *
     * @param index of a current record
     * @return from 0 to 2
     */
    public int tagCount(final int index) {
        return memory.getShort(offset(index) + TAG_COUNT_OFFSET) & 0xffff;
    }

    /**
     * Outer tag.
     *
     * @param index of a current record
     * @return TPID and TCI as they stand in memory
     */
    public int outerTag(final int index) {
        return memory.getInt(offset(index) + OUTER_TAG_OFFSET);
    }

    /**
     * Inner tag.
     *
     * @param index of a current record
     * @return TPID and TCI as they stand in memory
     */
    public int innerTag(final int index) {
        return memory.getInt(offset(index) + INNER_TAG_OFFSET);
    }

    /**
     * First eight bytes of the Ethernet header: destination MAC, first two bytes of the source MAC.
     *
     * @param index of a usable record
     * @return as they stand in memory
     */
    public long macWord(final int index) {
        return memory.getLong(offset(index) + DESTINATION_MAC_OFFSET);
    }

    /**
     * Last four bytes of the source MAC.
     *
     * @param index of a usable record
     * @return as they stand in memory
     */
    public int sourceMacTail(final int index) {
        return memory.getInt(offset(index) + SOURCE_MAC_OFFSET + Short.BYTES);
    }

    /**
     * The neighbour's address.
     *
     * @param index of a current record
     * @return word 0
     */
    public long gateway0(final int index) {
        return memory.getLong(offset(index) + GATEWAY_OFFSET);
    }

    /**
     * The neighbour's address.
     *
     * @param index of a current record
     * @return word 1
     */
    public long gateway1(final int index) {
        return memory.getLong(offset(index) + GATEWAY_OFFSET + AddressDescriptor.WORD1_OFFSET);
    }

    /**
     * When the kernel's neighbour entry was last seen valid.
     *
     * @param index of a current record
     * @return CLOCK_MONOTONIC in ns, 0 for never
     */
    public long provedNs(final int index) {
        return memory.getLong(offset(index) + PROVED_NS_OFFSET);
    }

    /**
     * Whether a record is one of those that clients may use up.
     *
     * @param index of any record
     * @return false for the records of backends and gateways
     */
    public boolean isOfClients(final int index) {
        return index >= clientFirst;
    }

    /**
     * How many records clients may use up.
     *
     * @return a quarter of the capacity
     */
    public int clientCapacity() {
        return capacity - clientFirst;
    }

    /**
     * Finds a current record of a backend or gateway.
     *
     * @param key what it must have
     * @return its index, or {@link #NOT_RESOLVED}
     */
    public int find(final NextHopKey key) {
        return find(key, 1, clientFirst - 1);
    }

    /**
     * Finds a current record of a client.
     *
     * @param key what it must have
     * @return its index, or {@link #NOT_RESOLVED}
     */
    public int findOfClient(final NextHopKey key) {
        return find(key, clientFirst, capacity - clientFirst);
    }

    /**
     * Finds a current record of a backend or gateway, or makes one that is INCOMPLETE.
     *
     * @param key what it must have
     * @param sourceMacMemory MAC of the egress interface, as {@code InterfaceTable.macMemory} gives
     * @param mtu of the egress interface
     * @return its index, or {@link #NOT_RESOLVED} if no record is free within {@link #PROBE_LIMIT}
     */
    public int findOrClaim(final NextHopKey key, final long sourceMacMemory, final int mtu) {
        final int found = find(key);
        return found == NOT_RESOLVED ? claim(key, sourceMacMemory, mtu, 1, clientFirst - 1) : found;
    }

    /**
     * Finds a current record of a client, or makes one that is INCOMPLETE: for what a packet's sender chose, its address
     * on the link or its tags.
     *
     * @param key what it must have
     * @param sourceMacMemory as for {@link #findOrClaim}
     * @param mtu of the egress interface
     * @return its index, or {@link #NOT_RESOLVED} if no record of clients is free within {@link #PROBE_LIMIT}
     */
    public int findOrClaimOfClient(final NextHopKey key, final long sourceMacMemory, final int mtu) {
        final int found = findOfClient(key);
        return found == NOT_RESOLVED ? claim(key, sourceMacMemory, mtu, clientFirst, capacity - clientFirst) : found;
    }

    /**
     * Takes the MAC of a frame that came from a hop whose MAC the kernel has not told: an INCOMPLETE hop becomes
     * PROVISIONAL, a PROVISIONAL one follows the last frame. A VALID one is left alone.
     *
     * @param index of a record
     * @param macMemory the frame's source, six bytes as they stand in memory; a group address is ignored
     * @return whether the record changed
     */
    public boolean learn(final int index, final long macMemory) {
        final int state = state(index);
        if (state != STATE_INCOMPLETE && state != STATE_PROVISIONAL || !MacWord.isUnicast(macMemory)) {
            return false;
        }
        if (state == STATE_PROVISIONAL && MacWord.of(macWord(index)) == macMemory) {
            return false;
        }
        return replaceMac(index, state, macMemory, STATE_PROVISIONAL);
    }

    SharedMemory memory() {
        return memory;
    }

    /**
     * Writes a MAC with CLAIMED around it.
     *
     * @return false if the state was no longer the expected one
     */
    boolean replaceMac(final int index, final int expectedState, final long macMemory, final int newState) {
        final long offset = offset(index);
        if (!memory.compareAndSetInt(offset + STATE_OFFSET, expectedState, STATE_CLAIMED)) {
            return false;
        }
        final long word = offset + DESTINATION_MAC_OFFSET;
        memory.putLong(word, memory.getLong(word) & ~MacWord.MASK | macMemory & MacWord.MASK);
        memory.putIntRelease(offset + STATE_OFFSET, newState);
        return true;
    }

    static long offset(final int index) {
        return NextHopDescriptor.recordOffset(index);
    }

    private int find(final NextHopKey key, final int first, final int count) {
        final int home = home(key, count);
        final int limit = Math.min(count, PROBE_LIMIT);
        for (int i = 0; i < limit; i++) {
            final int index = first + (home + i) % count;
            if (isCurrent(state(index)) && hasKey(index, key)) {
                return index;
            }
        }
        return NOT_RESOLVED;
    }

    private int claim(
            final NextHopKey key, final long sourceMacMemory, final int mtu, final int first, final int count) {
        final int home = home(key, count);
        final int limit = Math.min(count, PROBE_LIMIT);
        for (int i = 0; i < limit; i++) {
            final int index = first + (home + i) % count;
            if (memory.compareAndSetInt(offset(index) + STATE_OFFSET, STATE_FREE, STATE_CLAIMED)) {
                fill(offset(index), key, sourceMacMemory, mtu);
                return index;
            }
        }
        return NOT_RESOLVED;
    }

    private void fill(final long offset, final NextHopKey key, final long sourceMacMemory, final int mtu) {
        memory.putLong(offset + DESTINATION_MAC_OFFSET, sourceMacMemory << MacWord.BITS);
        memory.putInt(offset + SOURCE_MAC_OFFSET + Short.BYTES, (int) (sourceMacMemory >>> Short.SIZE));
        memory.putShort(offset + MTU_OFFSET, (short) mtu);
        memory.putShort(offset + TAG_COUNT_OFFSET, (short) key.tagCount());
        memory.putInt(offset + OUTER_TAG_OFFSET, key.outerTag());
        memory.putInt(offset + INNER_TAG_OFFSET, key.innerTag());
        memory.putLong(offset + GATEWAY_OFFSET, key.gateway0());
        memory.putLong(offset + GATEWAY_OFFSET + AddressDescriptor.WORD1_OFFSET, key.gateway1());
        memory.putLong(offset + PROVED_NS_OFFSET, 0);
        memory.putIntRelease(offset + IFINDEX_OFFSET, key.ifindex());
        memory.putIntRelease(offset + STATE_OFFSET, STATE_INCOMPLETE);
    }

    /** Whether a record leads where a route says: tags that a route does not tell were learned from a frame, and stay. */
    boolean isOnRoute(final int index, final NextHopKey routed) {
        return ifindex(index) == routed.ifindex()
                && gateway1(index) == routed.gateway1()
                && gateway0(index) == routed.gateway0()
                && (routed.tagCount() == 0
                        || tagCount(index) == routed.tagCount()
                                && outerTag(index) == routed.outerTag()
                                && innerTag(index) == routed.innerTag());
    }

    /** Compares with a record in any state: one that is being claimed anew has ifindex 0 until its key is whole. */
    boolean hasKey(final int index, final NextHopKey key) {
        return memory.getIntAcquire(offset(index) + IFINDEX_OFFSET) == key.ifindex()
                && gateway1(index) == key.gateway1()
                && gateway0(index) == key.gateway0()
                && tagCount(index) == key.tagCount()
                && outerTag(index) == key.outerTag()
                && innerTag(index) == key.innerTag();
    }

    /** Where among the records of its kind the search begins. */
    private static int home(final NextHopKey key, final int count) {
        long hash = key.ifindex() * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.gateway0()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.gateway1()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.outerTag()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.innerTag()) * SPREAD;
        return (int) ((hash >>> 32) * count >>> 32);
    }
}

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
 * <p>The destination MAC and the first two bytes of the source MAC share one aligned word, and the source MAC of a record
 * never changes, so a changed destination MAC is one store and no reader can see half of it.
 */
public final class NextHopTable {
    /** The index that means "not resolved". */
    public static final int NOT_RESOLVED = 0;

    /** Records that a look-up probes at most; beyond that the table counts as full. */
    public static final int PROBE_LIMIT = 32;

    private static final long SPREAD = 0x9e37_79b9_7f4a_7c15L;

    private final SharedMemory memory;
    private final int capacity;

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
     * Whether a flow may forget an index: the routes changed, and what its packets need can be found out again. Tags that
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
     * Finds a current record.
     *
     * @param key what it must have
     * @return its index, or {@link #NOT_RESOLVED}
     */
    public int find(final NextHopKey key) {
        final int home = home(key);
        for (int i = 0; i < PROBE_LIMIT; i++) {
            final int index = probe(home, i);
            if (isCurrent(state(index)) && hasKey(index, key)) {
                return index;
            }
        }
        return NOT_RESOLVED;
    }

    /**
     * Finds a current record, or makes one that is INCOMPLETE.
     *
     * @param key what it must have
     * @param sourceMacMemory MAC of the egress interface, as {@code InterfaceTable.macMemory} gives
     * @param mtu of the egress interface
     * @return its index, or {@link #NOT_RESOLVED} if no record is free within {@link #PROBE_LIMIT}
     */
    public int findOrClaim(final NextHopKey key, final long sourceMacMemory, final int mtu) {
        final int found = find(key);
        if (found != NOT_RESOLVED) {
            return found;
        }
        final int home = home(key);
        for (int i = 0; i < PROBE_LIMIT; i++) {
            final int index = probe(home, i);
            if (memory.compareAndSetInt(offset(index) + STATE_OFFSET, STATE_FREE, STATE_CLAIMED)) {
                fill(offset(index), key, sourceMacMemory, mtu);
                return index;
            }
        }
        return NOT_RESOLVED;
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

    /** Compares with a record in any state: one that is being claimed anew has ifindex 0 until its key is whole. */
    boolean hasKey(final int index, final NextHopKey key) {
        return memory.getIntAcquire(offset(index) + IFINDEX_OFFSET) == key.ifindex()
                && gateway1(index) == key.gateway1()
                && gateway0(index) == key.gateway0()
                && tagCount(index) == key.tagCount()
                && outerTag(index) == key.outerTag()
                && innerTag(index) == key.innerTag();
    }

    private int home(final NextHopKey key) {
        long hash = key.ifindex() * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.gateway0()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.gateway1()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.outerTag()) * SPREAD;
        hash = (hash ^ hash >>> 32 ^ key.innerTag()) * SPREAD;
        return (int) ((hash >>> 32) * (capacity - 1) >>> 32);
    }

    /** Index 0 is left out. In a table smaller than the probe limit records are met more than once. */
    private int probe(final int home, final int step) {
        return (home + step) % (capacity - 1) + 1;
    }
}

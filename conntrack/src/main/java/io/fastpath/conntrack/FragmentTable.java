package io.fastpath.conntrack;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FragmentDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The datagrams that are coming in fragments, in shared memory: find one, enter one with its first fragment, accept a
 * fragment of it. Several tables may work on one memory, each with a thread of its own, and the kernel engine too; the
 * words' ordering is told in {@code fp_fragment.h}. Nothing is allocated.
 *
 * <p>A datagram that was found is a {@link FlowHandle}: slot and control word.
 */
public final class FragmentTable {
    /** Answer of {@link #find}: no such datagram. */
    public static final long NOT_FOUND = -1;

    private static final int DROP_OVERLAP = Counter.DROP_FRAGMENT_OVERLAP.code();
    private static final int DROP_LIMIT = Counter.DROP_FRAGMENT_LIMIT.code();
    private static final int DROP_FULL = Counter.DROP_FRAGMENT_FULL.code();
    private static final int RETRIES = 8;
    private static final int NO_SLOT = -1;
    private static final int U16_MASK = 0xffff;
    private static final int SEEN_NONE = 1;
    private static final int SEEN_SOME = 2;

    private final SharedMemory slots;
    private final TupleHash hash;
    private final FragmentEvents events;
    private boolean isEvicted;
    private int chosenControl;

    /**
     * A table.
     *
     * @param slots the fragment map
     * @param config the configuration record, written
     * @param events who is told
     */
    public FragmentTable(final SharedMemory slots, final SharedMemory config, final FragmentEvents events) {
        this.slots = slots;
        this.hash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
        this.events = events;
    }

    /**
     * Finds a datagram.
     *
     * @param source0 first word of its source
     * @param source1 second word
     * @param destination0 first word of its destination
     * @param destination1 second word
     * @param identification as it stands in memory
     * @param protocol of the key
     * @param nowTicks time
     * @return slot and control, or {@link #NOT_FOUND}
     */
    public long find(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int identification,
            final int protocol,
            final int nowTicks) {
        final int home = home(source0, source1, destination0, destination1, identification, protocol);
        return find(home, NO_SLOT, source0, source1, destination0, destination1, identification, protocol, nowTicks);
    }

    /**
     * The flow of a datagram that was found.
     *
     * @param found as {@link #find} answered
     * @return its handle, of the direction that the datagram goes; or {@link FlowHandle#NOT_FOUND} if the slot changed
     *     hands meanwhile
     */
    public long flow(final long found) {
        final long slot = offset(FlowHandle.slotIndex(found));
        final long handle = FlowHandle.of(
                slots.getIntAcquire(slot + FragmentDescriptor.FLOW_INDEX_OFFSET),
                slots.getIntAcquire(slot + FragmentDescriptor.FLOW_CONTROL_OFFSET));
        final int changed = control(slot) ^ FlowHandle.control(found);
        return (changed & ~FragmentDescriptor.STATE_MASK) == 0 ? handle : FlowHandle.NOT_FOUND;
    }

    /**
     * Enters a datagram with its first fragment. One that is known already has this fragment too.
     *
     * @param source0 first word of its source
     * @param source1 second word
     * @param destination0 first word of its destination
     * @param destination1 second word
     * @param identification as it stands in memory
     * @param protocol of the key
     * @param end of the fragment, in units of 8 bytes
     * @param flow handle of the flow that it belongs to
     * @param nowTicks time
     * @return 0, or the code of a drop
     */
    public int enter(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int identification,
            final int protocol,
            final int end,
            final long flow,
            final int nowTicks) {
        final int home = home(source0, source1, destination0, destination1, identification, protocol);
        final long found =
                find(home, NO_SLOT, source0, source1, destination0, destination1, identification, protocol, nowTicks);
        if (found != NOT_FOUND) {
            return accept(found, 0, end, false);
        }
        final int slotIndex = choose(home, nowTicks);
        final boolean evicts = isEvicted;
        final int claimed = slotIndex == NO_SLOT ? 0 : claim(slotIndex, nowTicks);
        if (claimed == 0) {
            return DROP_FULL;
        }
        final long slot = offset(slotIndex);
        slots.putLong(slot + FragmentDescriptor.SOURCE_OFFSET, source0);
        slots.putLong(slot + FragmentDescriptor.SOURCE_OFFSET + Long.BYTES, source1);
        slots.putLong(slot + FragmentDescriptor.DESTINATION_OFFSET, destination0);
        slots.putLong(slot + FragmentDescriptor.DESTINATION_OFFSET + Long.BYTES, destination1);
        slots.putInt(slot + FragmentDescriptor.IDENTIFICATION_OFFSET, identification);
        slots.putInt(slot + FragmentDescriptor.PROTOCOL_OFFSET, protocol);
        final int control = publish(slotIndex, claimed, end, flow);
        if (control == 0) {
            return DROP_FULL;
        }
        if (evicts) {
            events.datagramEvicted();
        }
        // Two may enter one datagram at once; whoever sees the other's takes its own back, so that two never stay.
        if (find(home, slotIndex, source0, source1, destination0, destination1, identification, protocol, nowTicks)
                != NOT_FOUND) {
            swap(slot, control, control & ~FragmentDescriptor.STATE_MASK);
            return DROP_OVERLAP;
        }
        events.datagramTracked();
        return 0;
    }

    /**
     * Accepts a fragment of a datagram that was found. What has come before is dropped; what overlaps in part, or
     * contradicts the datagram's end, ends the datagram (RFC 5722; RFC 1858, 3). When all has come, the slot is free.
     *
     * @param found as {@link #find} answered
     * @param start of the fragment, in units of 8 bytes
     * @param end of the fragment, in units of 8 bytes
     * @param isLast whether the datagram ends with it
     * @return 0, or the code of a drop
     */
    public int accept(final long found, final int start, final int end, final boolean isLast) {
        final long slot = offset(FlowHandle.slotIndex(found));
        final int control = FlowHandle.control(found);
        if ((control & FragmentDescriptor.STATE_MASK) == FragmentDescriptor.STATE_POISONED) {
            return DROP_OVERLAP;
        }
        if (slots.getIntAcquire(slot + FragmentDescriptor.TALLY_OFFSET) >>> Short.SIZE
                >= FragmentDescriptor.COUNT_LIMIT) {
            return DROP_LIMIT;
        }
        final int refusal = extend(slot, end, isLast);
        if (refusal != 0) {
            return refusal == DROP_OVERLAP ? poison(slot, control) : refusal;
        }
        final int seen = mark(slot, start, end);
        if (seen != SEEN_NONE) {
            return seen == SEEN_SOME ? DROP_OVERLAP : poison(slot, control);
        }
        final int units = end - start;
        final int tally =
                slots.getAndAddInt(slot + FragmentDescriptor.TALLY_OFFSET, FragmentDescriptor.COUNT_ONE + units)
                        + units;
        if (slots.getIntAcquire(slot + FragmentDescriptor.EXTENT_OFFSET) >>> Short.SIZE == (tally & U16_MASK)) {
            swap(slot, control, control & ~FragmentDescriptor.STATE_MASK);
        }
        return 0;
    }

    private long find(
            final int home,
            final int exceptIndex,
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int identification,
            final int protocol,
            final int nowTicks) {
        for (int i = 0; i < FragmentDescriptor.PROBE_LIMIT; i++) {
            final int slotIndex = position(home, i);
            final long slot = offset(slotIndex);
            final int control = control(slot);
            if ((control & FragmentDescriptor.STATE_MASK) >= FragmentDescriptor.STATE_LIVE
                    && slotIndex != exceptIndex
                    && slots.getInt(slot + FragmentDescriptor.IDENTIFICATION_OFFSET) == identification
                    && slots.getInt(slot + FragmentDescriptor.PROTOCOL_OFFSET) == protocol
                    && slots.getLong(slot + FragmentDescriptor.SOURCE_OFFSET) == source0
                    && slots.getLong(slot + FragmentDescriptor.SOURCE_OFFSET + Long.BYTES) == source1
                    && slots.getLong(slot + FragmentDescriptor.DESTINATION_OFFSET) == destination0
                    && slots.getLong(slot + FragmentDescriptor.DESTINATION_OFFSET + Long.BYTES) == destination1
                    && !isClaimable(slot, control, nowTicks)) {
                return FlowHandle.of(slotIndex, control);
            }
        }
        return NOT_FOUND;
    }

    private int home(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int identification,
            final int protocol) {
        return TupleHash.slot(
                hash.hash(source0, source1, destination0, destination1, identification, protocol),
                FragmentDescriptor.SLOTS);
    }

    /**
     * The first slot that is claimable, else the oldest datagram's, else {@link #NO_SLOT}. Sets {@link #isEvicted}, and
     * {@link #chosenControl} to the word by which it was chosen: who finds another has lost the slot to somebody.
     */
    private int choose(final int home, final int nowTicks) {
        int oldestIndex = NO_SLOT;
        int oldestAge = 0;
        isEvicted = false;
        for (int i = 0; i < FragmentDescriptor.PROBE_LIMIT; i++) {
            final int slotIndex = position(home, i);
            final long slot = offset(slotIndex);
            final int control = control(slot);
            if (isClaimable(slot, control, nowTicks)) {
                chosenControl = control;
                return slotIndex;
            }
            final int age = age(slot, nowTicks);
            if ((control & FragmentDescriptor.STATE_MASK) != FragmentDescriptor.STATE_CLAIMED
                    && (oldestIndex == NO_SLOT || age > oldestAge)) {
                oldestIndex = slotIndex;
                chosenControl = control;
                oldestAge = age;
            }
        }
        isEvicted = true;
        return oldestIndex;
    }

    private int claim(final int slotIndex, final int nowTicks) {
        final long slot = offset(slotIndex);
        final int control = chosenControl;
        final int claimed = (control & ~FragmentDescriptor.STATE_MASK) + FragmentDescriptor.VERSION_ONE
                | FragmentDescriptor.STATE_CLAIMED;
        slots.putInt(slot + FragmentDescriptor.BORN_TICKS_OFFSET, nowTicks);
        return swap(slot, control, claimed) ? claimed : 0;
    }

    private int publish(final int slotIndex, final int claimed, final int end, final long flow) {
        final long slot = offset(slotIndex);
        slots.putInt(slot + FragmentDescriptor.FLOW_INDEX_OFFSET, FlowHandle.slotIndex(flow));
        slots.putInt(slot + FragmentDescriptor.FLOW_CONTROL_OFFSET, FlowHandle.control(flow));
        slots.putInt(slot + FragmentDescriptor.EXTENT_OFFSET, end);
        slots.putInt(slot + FragmentDescriptor.TALLY_OFFSET, FragmentDescriptor.COUNT_ONE + end);
        slots.clear(slot + FragmentDescriptor.RECEIVED_OFFSET, (long) FragmentDescriptor.MAP_WORDS * Long.BYTES);
        mark(slot, 0, end);
        final int control = claimed & ~FragmentDescriptor.STATE_MASK | FragmentDescriptor.STATE_LIVE;
        return swap(slot, claimed, control) ? control : 0;
    }

    private int extend(final long slot, final int end, final boolean isLast) {
        for (int i = 0; i < RETRIES; i++) {
            final int extent = slots.getIntAcquire(slot + FragmentDescriptor.EXTENT_OFFSET);
            final int update = extended(extent, end, isLast);
            if (update == 0) {
                return DROP_OVERLAP;
            }
            if (update == extent || slots.compareAndSetInt(slot + FragmentDescriptor.EXTENT_OFFSET, extent, update)) {
                return 0;
            }
        }
        return DROP_FULL;
    }

    /** The extent with a fragment that ends there, or 0 if that contradicts what others said. */
    private static int extended(final int extent, final int end, final boolean isLast) {
        final int highest = extent & U16_MASK;
        final int last = extent >>> Short.SIZE;
        if (last != 0 && (end > last || isLast && end != last) || isLast && highest > end) {
            return 0;
        }
        return Math.max(end, highest) | (isLast ? end : last) << Short.SIZE;
    }

    private int mark(final long slot, final int start, final int end) {
        int seen = 0;
        for (int word = start / Long.SIZE; word <= (end - 1) / Long.SIZE; word++) {
            final long bits = bits(word, start, end);
            final long received = slot + FragmentDescriptor.RECEIVED_OFFSET + (long) word * Long.BYTES;
            final long known = slots.getAndBitwiseOrLong(received, bits) & bits;
            seen |= (known == bits ? 0 : SEEN_NONE) | (known == 0 ? 0 : SEEN_SOME);
        }
        return seen;
    }

    /** The bits of a word that a range of units has in it, one at least. */
    private static long bits(final int word, final int start, final int end) {
        final int from = Math.max(start, word * Long.SIZE);
        final int to = Math.min(end, (word + 1) * Long.SIZE);
        return -1L >>> Long.SIZE - (to - from) << from;
    }

    private int poison(final long slot, final int control) {
        swap(slot, control, control & ~FragmentDescriptor.STATE_MASK | FragmentDescriptor.STATE_POISONED);
        return DROP_OVERLAP;
    }

    private boolean isClaimable(final long slot, final int control, final int nowTicks) {
        final int age = age(slot, nowTicks);
        return switch (control & FragmentDescriptor.STATE_MASK) {
            case FragmentDescriptor.STATE_FREE -> true;
            case FragmentDescriptor.STATE_CLAIMED -> age >= FragmentDescriptor.ABANDONED_TICKS;
            default -> age >= lifetimeTicks(slot);
        };
    }

    private int lifetimeTicks(final long slot) {
        final long source = slot + FragmentDescriptor.SOURCE_OFFSET;
        return AddressDescriptor.isIpv4(slots.getLong(source), slots.getLong(source + Long.BYTES))
                ? FragmentDescriptor.LIFETIME_IPV4_TICKS
                : FragmentDescriptor.LIFETIME_IPV6_TICKS;
    }

    private int age(final long slot, final int nowTicks) {
        return Math.max(0, nowTicks - slots.getInt(slot + FragmentDescriptor.BORN_TICKS_OFFSET));
    }

    private int control(final long slot) {
        return slots.getIntAcquire(slot + FragmentDescriptor.CONTROL_OFFSET);
    }

    private boolean swap(final long slot, final int expected, final int update) {
        return slots.compareAndSetInt(slot + FragmentDescriptor.CONTROL_OFFSET, expected, update);
    }

    private static int position(final int home, final int i) {
        return (home + i) % FragmentDescriptor.SLOTS;
    }

    private static long offset(final int slotIndex) {
        return (long) slotIndex * FragmentDescriptor.LENGTH;
    }
}

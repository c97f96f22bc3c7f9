package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FragmentTable;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Fragments that came before the first one of their datagram, copied out of their frames and kept for a moment. A ring: who
 * has waited too long goes, who comes when it is full takes the place of who has waited longest. Whether a first fragment has come is
 * asked of the fragment table, since another worker or the kernel engine may have let it through; a bounded part of the
 * ring each time. One thread; allocates nothing once it is made.
 */
final class FragmentHold {
    /** Answer of {@link #next}. */
    static final int NONE = -1;

    /**
     * Longer than paths reorder what is sent together, and less than TCP_RTO_MIN of Linux, 200 ms, after which a sender has
     * sent again.
     */
    static final long LIMIT_NS = 100_000_000L;

    private static final int LOOK_UPS = 32; // a few microseconds
    private static final int DROP_ORPHAN = Counter.DROP_FRAGMENT_ORPHAN.code();
    private static final int DROP_CROWDED = Counter.DROP_FRAGMENT_CROWDED.code();
    private static final int KEY_WORDS = 4;

    private final SharedMemory frames;
    private final FragmentTable table;
    private final CounterRow counters;
    private final int capacity;
    private final int slotLength;
    private final UnsafeBuffer buffer; // keeps the memory
    private final SharedMemory held;

    private final boolean[] isHeld;
    private final long[] keys; // source and destination
    private final long[] numbers; // identification in the low half, protocol of the key above
    private final int[] lengths;
    private final int[] placesInFrame;
    private final int[] ingressSlots;
    private final long[] sinceNs;

    private int first; // the one that has waited longest
    private int count; // slots from the first one on, those included that were emptied between
    private int heldCount;
    private int asked; // how far from the first one the last look went
    private int readyIndex = NONE; // one whose datagram is known
    private int readyFrom; // how far from the first one its datagram was gone through

    /**
     * An empty one.
     *
     * @param frames the worker's UMEM
     * @param table of datagrams
     * @param counters where those are counted that go
     * @param capacity fragments, 0 for none
     * @param frameLength of the UMEM: no packet is longer
     */
    FragmentHold(
            final SharedMemory frames,
            final FragmentTable table,
            final CounterRow counters,
            final int capacity,
            final int frameLength) {
        this.frames = frames;
        this.table = table;
        this.counters = counters;
        this.capacity = capacity;
        this.slotLength = frameLength;
        buffer = new UnsafeBuffer(
                BufferUtil.allocateDirectAligned(Math.max(1, capacity * frameLength), BitUtil.CACHE_LINE_LENGTH));
        held = new SharedMemory(buffer.addressOffset(), buffer.capacity());
        isHeld = new boolean[capacity];
        keys = new long[KEY_WORDS * capacity];
        numbers = new long[capacity];
        lengths = new int[capacity];
        placesInFrame = new int[capacity];
        ingressSlots = new int[capacity];
        sinceNs = new long[capacity];
    }

    boolean isEmpty() {
        return heldCount == 0;
    }

    /** Takes a fragment in; false if nothing is held here. */
    boolean take(final PacketBatch batch, final int i, final long nowNs) {
        if (capacity == 0) {
            return false;
        }
        if (count == capacity) {
            dropFirst(DROP_CROWDED);
        }
        final int index = index(count++);
        heldCount++;
        if (index == readyIndex) {
            readyIndex = NONE; // its key is gone
        }
        isHeld[index] = true;
        keys[KEY_WORDS * index] = batch.source0(i);
        keys[KEY_WORDS * index + 1] = batch.source1(i);
        keys[KEY_WORDS * index + 2] = batch.destination0(i);
        keys[KEY_WORDS * index + 3] = batch.destination1(i);
        numbers[index] = (long) batch.identifiedProtocol(i) << Integer.SIZE | batch.identification(i) & 0xffff_ffffL;
        lengths[index] = batch.length(i);
        placesInFrame[index] = batch.packetOffset(i) - batch.frameOffset(i);
        ingressSlots[index] = batch.ingressSlot(i);
        sinceNs[index] = nowNs;
        held.copyFrom(offset(index), frames, batch.packetOffset(i), batch.length(i));
        return true;
    }

    /**
     * The next fragment that can go on; of one datagram, the one that came first. Drops what has waited too long.
     *
     * @return where it is, for {@link #move}; or {@link #NONE}, and then there may be one at the next call
     */
    int next(final long nowNs) {
        while (count > 0 && (!isHeld[first] || nowNs - sinceNs[first] >= LIMIT_NS)) {
            dropFirst(DROP_ORPHAN);
        }
        if (readyIndex != NONE) {
            final int index = nextOfReady();
            if (index != NONE) {
                return index;
            }
        }
        final int nowTicks = FlowDescriptor.ticks(nowNs);
        for (int i = Math.min(LOOK_UPS, count); i > 0; i--) {
            asked = asked + 1 < count ? asked + 1 : 0;
            final int index = index(asked);
            if (isHeld[index] && isKnown(index, nowTicks)) {
                readyIndex = index;
                readyFrom = 0;
                return nextOfReady();
            }
        }
        return NONE;
    }

    /** Puts a fragment that {@link #next} told into a free frame of the UMEM, and that into a batch. */
    void move(final int index, final PacketBatch batch, final int frameOffset) {
        final int packetOffset = frameOffset + placesInFrame[index];
        frames.copyFrom(packetOffset, held, offset(index), lengths[index]);
        batch.add(frameOffset, packetOffset, lengths[index], ingressSlots[index]);
        isHeld[index] = false;
        heldCount--;
    }

    /** Drops all: the worker ends. */
    void clear() {
        while (count > 0) {
            dropFirst(DROP_ORPHAN);
        }
    }

    private int nextOfReady() {
        for (; readyFrom < count; readyFrom++) {
            final int index = index(readyFrom);
            if (isHeld[index] && isSame(index, readyIndex)) {
                return index;
            }
        }
        readyIndex = NONE;
        return NONE;
    }

    private boolean isKnown(final int index, final int nowTicks) {
        final int key = KEY_WORDS * index;
        return table.find(
                        keys[key],
                        keys[key + 1],
                        keys[key + 2],
                        keys[key + 3],
                        (int) numbers[index],
                        (int) (numbers[index] >>> Integer.SIZE),
                        nowTicks)
                != FragmentTable.NOT_FOUND;
    }

    private boolean isSame(final int one, final int other) {
        return numbers[one] == numbers[other]
                && keys[KEY_WORDS * one] == keys[KEY_WORDS * other]
                && keys[KEY_WORDS * one + 1] == keys[KEY_WORDS * other + 1]
                && keys[KEY_WORDS * one + 2] == keys[KEY_WORDS * other + 2]
                && keys[KEY_WORDS * one + 3] == keys[KEY_WORDS * other + 3];
    }

    private void dropFirst(final int reason) {
        if (isHeld[first]) {
            isHeld[first] = false;
            heldCount--;
            counters.increment(reason);
        }
        first = first + 1 < capacity ? first + 1 : 0;
        count--;
        readyFrom = Math.max(0, readyFrom - 1);
        asked = Math.max(0, asked - 1);
    }

    private int index(final int fromFirst) {
        final int index = first + fromFirst;
        return index < capacity ? index : index - capacity;
    }

    private long offset(final int index) {
        return (long) index * slotLength;
    }
}

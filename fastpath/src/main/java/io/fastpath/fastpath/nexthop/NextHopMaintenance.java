package io.fastpath.fastpath.nexthop;

import static io.fastpath.kernelbpf.layout.NextHopDescriptor.IFINDEX_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.MTU_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.PROVED_NS_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_CLAIMED;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_FREE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_OFFSET;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_STALE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_VALID;

import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.function.IntConsumer;

/**
 * The control thread's side of the next-hop table: what neighbours and routes do to it. One thread at a time; workers go
 * on meanwhile.
 *
 * <p>A change waits for a worker that is filling the same record, which takes nanoseconds unless the worker is off its
 * CPU; then the call answers false, and the caller repeats it at its next turn.
 */
public final class NextHopMaintenance {
    /** Turns of waiting for a worker that is filling a record: some 10 microseconds. */
    private static final int SPIN_LIMIT = 1_000;

    private final NextHopTable table;
    private final SharedMemory memory;

    /**
     * The control side of a table.
     *
     * @param table the workers' side
     */
    public NextHopMaintenance(final NextHopTable table) {
        this.table = table;
        this.memory = table.memory();
    }

    /**
     * The kernel knows a neighbour's MAC: every hop over it becomes VALID.
     *
     * @param neighbour where it is: interface, address, and the tags of its VLAN if the kernel has a device for that
     * @param mac as a number, the first byte on the wire uppermost
     * @param nowNs CLOCK_MONOTONIC
     * @return false if a worker was in the way: repeat
     */
    public boolean neighbourFound(final NextHopKey neighbour, final long mac, final long nowNs) {
        final long macMemory = MacWord.ofNumber(mac);
        boolean done = true;
        for (int index = 1; index < table.capacity(); index++) {
            if (leadsTo(index, neighbour)) {
                memory.putLong(NextHopTable.offset(index) + PROVED_NS_OFFSET, nowNs);
                done &= validate(index, macMemory);
            }
        }
        return done;
    }

    /**
     * The kernel lost a neighbour or could not find it: usable hops over it become INCOMPLETE.
     *
     * @param neighbour as for {@link #neighbourFound}
     * @return false if a worker was in the way: repeat
     */
    public boolean neighbourLost(final NextHopKey neighbour) {
        boolean done = true;
        for (int index = 1; index < table.capacity(); index++) {
            if (leadsTo(index, neighbour) && NextHopTable.isUsable(table.state(index))) {
                done &= change(index, STATE_INCOMPLETE);
            }
        }
        return done;
    }

    /**
     * An interface is gone: its hops become STALE.
     *
     * @param ifindex of the interface
     * @return false if a worker was in the way: repeat
     */
    public boolean interfaceGone(final int ifindex) {
        boolean done = true;
        for (int index = 1; index < table.capacity(); index++) {
            if (NextHopTable.isCurrent(table.state(index)) && table.ifindex(index) == ifindex) {
                done &= change(index, STATE_STALE);
            }
        }
        return done;
    }

    /**
     * Interfaces may have changed their MAC or MTU: a hop with another source MAC than its interface becomes STALE, another
     * MTU is taken over in place, where a reader sees the old one or the new one. A record that a worker is filling is
     * left out; call again a while after a change.
     *
     * @param interfaces as they are now
     */
    public void interfacesChanged(final InterfaceTable interfaces) {
        for (int index = 1; index < table.capacity(); index++) {
            final int state = table.state(index);
            if (NextHopTable.isCurrent(state) && state != STATE_CLAIMED) {
                final int slot = interfaces.find(table.ifindex(index));
                if (slot == InterfaceTable.NOT_FOUND || !hasSource(index, interfaces.macMemory(slot))) {
                    change(index, STATE_STALE);
                } else if (table.mtu(index) != interfaces.mtu(slot)) {
                    memory.putShort(NextHopTable.offset(index) + MTU_OFFSET, (short) interfaces.mtu(slot));
                }
            }
        }
    }

    /**
     * Calls back for every hop that packets may be sent to or that waits for its MAC.
     *
     * @param consumer receives indices
     */
    public void forEachCurrent(final IntConsumer consumer) {
        for (int index = 1; index < table.capacity(); index++) {
            if (NextHopTable.isCurrent(table.state(index))) {
                consumer.accept(index);
            }
        }
    }

    /**
     * Ends what writers of a dead process left half done. Call before workers start.
     *
     * @return records taken back
     */
    public int recover() {
        int count = 0;
        for (int index = 1; index < table.capacity(); index++) {
            if (table.state(index) == STATE_CLAIMED) {
                final boolean hasKey = table.ifindex(index) != 0;
                memory.putIntRelease(NextHopTable.offset(index) + STATE_OFFSET, hasKey ? STATE_INCOMPLETE : STATE_FREE);
                count++;
            }
        }
        return count;
    }

    /** Takes a record out of use: it becomes STALE, unless a worker is writing it just now. */
    void retire(final int index) {
        final int state = table.state(index);
        if (NextHopTable.isCurrent(state) && state != STATE_CLAIMED) {
            memory.compareAndSetInt(NextHopTable.offset(index) + STATE_OFFSET, state, STATE_STALE);
        }
    }

    /** Frees a STALE record. */
    void free(final int index) {
        final long offset = NextHopTable.offset(index);
        if (memory.compareAndSetInt(offset + STATE_OFFSET, STATE_STALE, STATE_CLAIMED)) {
            memory.putIntRelease(offset + IFINDEX_OFFSET, 0);
            memory.putIntRelease(offset + STATE_OFFSET, STATE_FREE);
        }
    }

    private boolean hasSource(final int index, final long macMemory) {
        return table.macWord(index) >>> MacWord.BITS == (macMemory & 0xffff)
                && table.sourceMacTail(index) == (int) (macMemory >>> Short.SIZE);
    }

    private boolean leadsTo(final int index, final NextHopKey neighbour) {
        return NextHopTable.isCurrent(table.state(index)) && table.hasKey(index, neighbour);
    }

    private boolean validate(final int index, final long macMemory) {
        for (int i = 0; i < SPIN_LIMIT; i++) {
            final int state = table.state(index);
            final boolean same = NextHopTable.isUsable(state) && MacWord.of(table.macWord(index)) == macMemory;
            if (!NextHopTable.isCurrent(state) || same && state == STATE_VALID) {
                return true;
            }
            if (state != STATE_CLAIMED && replace(index, state, macMemory, same)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }

    /** A MAC that stays is not written, so that no packet finds the record closed. */
    private boolean replace(final int index, final int state, final long macMemory, final boolean same) {
        return same
                ? memory.compareAndSetInt(NextHopTable.offset(index) + STATE_OFFSET, state, STATE_VALID)
                : table.replaceMac(index, state, macMemory, STATE_VALID);
    }

    private boolean change(final int index, final int newState) {
        for (int i = 0; i < SPIN_LIMIT; i++) {
            final int state = table.state(index);
            if (!NextHopTable.isCurrent(state)) {
                return true;
            }
            if (state != STATE_CLAIMED
                    && memory.compareAndSetInt(NextHopTable.offset(index) + STATE_OFFSET, state, newState)) {
                return true;
            }
            Thread.onSpinWait();
        }
        return false;
    }
}

package io.fastpath.fastpath.tables;

import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Prefix4Descriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/**
 * The control record ({@link ControlDescriptor}): placement, limits and timeouts, as the XDP program reads them for each
 * packet. Written by the control thread while packets flow; readable by any thread.
 */
public final class ControlRecord {
    /** Linux sends a SYN again after 1, 3 and 7 seconds: with the third a backend has had the time that a reboot of a service takes. */
    public static final int SYN_TRIES_DEFAULT = 3;

    private final SharedMemory memory;

    /**
     * Views a record.
     *
     * @param memory the record's region
     */
    public ControlRecord(final SharedMemory memory) {
        if (memory.length() < ControlDescriptor.LENGTH) {
            throw new IllegalArgumentException(
                    "a control record has " + ControlDescriptor.LENGTH + " bytes, not " + memory.length());
        }
        this.memory = memory;
    }

    /**
     * Places the work.
     *
     * @param engine one of {@link ControlDescriptor}'s
     */
    public void engine(final int engine) {
        memory.putIntRelease(ControlDescriptor.ENGINE_OFFSET, engine);
    }

    /**
     * Who does the work.
     *
     * @return one of {@link ControlDescriptor}'s
     */
    public int engine() {
        return memory.getIntAcquire(ControlDescriptor.ENGINE_OFFSET);
    }

    /**
     * Says when the kernel engine steps in for a worker.
     *
     * @param stallLimitNs age of a heartbeat, above 0
     * @param spillLimit frames in flight, above 0
     */
    public void limits(final long stallLimitNs, final int spillLimit) {
        if (stallLimitNs <= 0 || spillLimit <= 0) {
            throw new IllegalArgumentException(
                    "stall limit " + stallLimitNs + " ns, spill limit " + spillLimit + ": both must be above 0");
        }
        memory.putLongRelease(ControlDescriptor.STALL_LIMIT_NS_OFFSET, stallLimitNs);
        memory.putIntRelease(ControlDescriptor.SPILL_LIMIT_OFFSET, spillLimit);
    }

    /**
     * When the kernel engine steps in for a worker that stands still.
     *
     * @return age of a heartbeat in nanoseconds
     */
    public long stallLimitNs() {
        return memory.getLongAcquire(ControlDescriptor.STALL_LIMIT_NS_OFFSET);
    }

    /**
     * When the kernel engine steps in for a worker that has too much.
     *
     * @return frames in flight
     */
    public int spillLimit() {
        return memory.getIntAcquire(ControlDescriptor.SPILL_LIMIT_OFFSET);
    }

    /**
     * Sets how many ICMP errors the engines send of their own; the control thread. The bucket is full then.
     *
     * @param perSecond in all; 0 for none
     * @throws IllegalArgumentException if it is below 0
     */
    public void errorRate(final int perSecond) {
        if (perSecond < 0) {
            throw new IllegalArgumentException("errors per second: " + perSecond + " is below 0");
        }
        memory.putLongRelease(ControlDescriptor.ERROR_FULL_NS_OFFSET, 0);
        memory.putIntRelease(ControlDescriptor.ERROR_RATE_OFFSET, perSecond);
    }

    /** Counts a process that goes on with the tables of an earlier one; the control thread of the new one. */
    public void countTakeover() {
        memory.putIntRelease(ControlDescriptor.TAKEOVER_COUNT_OFFSET, takeoverCount() + 1);
    }

    /**
     * How often a process went on with these tables since they were made.
     *
     * @return count
     */
    public int takeoverCount() {
        return memory.getIntAcquire(ControlDescriptor.TAKEOVER_COUNT_OFFSET);
    }

    /**
     * Has the XDP program ask the prefilter's tries.
     *
     * @param flags of {@link Prefix4Descriptor}
     */
    public void prefilterFlags(final int flags) {
        memory.putIntRelease(ControlDescriptor.PREFILTER_FLAGS_OFFSET, flags);
    }

    /**
     * Which tries of the prefilter have entries.
     *
     * @return flags of {@link Prefix4Descriptor}
     */
    public int prefilterFlags() {
        return memory.getIntAcquire(ControlDescriptor.PREFILTER_FLAGS_OFFSET);
    }

    /**
     * Says which of the prefilter's entries are of the list in force.
     *
     * @param generation 16 bits
     */
    public void prefilterGeneration(final int generation) {
        memory.putIntRelease(ControlDescriptor.PREFILTER_GENERATION_OFFSET, generation);
    }

    /**
     * Which of the prefilter's entries are of the list in force.
     *
     * @return generation, 16 bits
     */
    public int prefilterGeneration() {
        return memory.getIntAcquire(ControlDescriptor.PREFILTER_GENERATION_OFFSET);
    }

    /**
     * Says when a SYN leaves a backend that does not answer.
     *
     * @param tries how often it must have come again; 0 for never for that
     */
    public void synTries(final int tries) {
        memory.putByte(ControlDescriptor.SYN_TRIES_OFFSET, (byte) tries);
    }

    /**
     * Tells the kernel engine how long flows may be idle.
     *
     * @param timeouts of the flow table
     */
    public void timeouts(final FlowTimeouts timeouts) {
        for (int state = 0; state < FlowState.COUNT; state++) {
            memory.putIntRelease(
                    ControlDescriptor.TIMEOUT_TICKS_OFFSET + (long) state * Integer.BYTES,
                    timeouts.timeoutTicks(state));
        }
    }
}

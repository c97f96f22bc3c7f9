package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;

/**
 * How many slots a number of connections needs. Pure functions; any thread.
 *
 * <p>A connection takes two slots, and finds none if all 24 positions of a home are taken. How often that is so for
 * one slot, measured with 4,194,304 slots: while the table is filled, and after each connection was replaced eight
 * times over, which crowds the homes' near positions:
 *
 * <pre>
 *   load factor   filling     steady state
 *   0.50          &lt; 5e-7      4e-7
 *   0.55          &lt; 5e-7      3e-6     the default: 6e-6 per connection, 233 bytes each
 *   0.60          8e-7        2e-5
 *   0.66          7e-6        1e-4
 *   0.75          1e-4        2e-3
 * </pre>
 *
 * <p>Under full NAT the reverse slot's share is smaller still, because the next port has another home.
 */
public final class FlowTableSizing {
    /** Slots in use over slots, at the configured capacity. */
    public static final double LOAD_FACTOR = 0.55;

    /** Most connections that a table can be made for. */
    public static final int CAPACITY_MAX = (int) (FlowTable.SLOT_COUNT_MAX * LOAD_FACTOR / 2);

    private FlowTableSizing() {}

    /**
     * Slots for a capacity.
     *
     * @param connectionCapacity from 1 to {@link #CAPACITY_MAX}
     * @return slot count, from {@link FlowTable#SLOT_COUNT_MIN} to {@link FlowTable#SLOT_COUNT_MAX}
     * @throws IllegalArgumentException naming what is allowed
     */
    public static int slotCount(final long connectionCapacity) {
        if (connectionCapacity < 1 || connectionCapacity > CAPACITY_MAX) {
            throw new IllegalArgumentException(
                    "flow capacity " + connectionCapacity + "; allowed is 1 to " + CAPACITY_MAX);
        }
        return Math.max(FlowTable.SLOT_COUNT_MIN, (int) Math.ceil(2 * connectionCapacity / LOAD_FACTOR));
    }

    /**
     * Memory for a capacity.
     *
     * @param connectionCapacity as for {@link #slotCount}
     * @return bytes
     */
    public static long lengthBytes(final long connectionCapacity) {
        return (long) slotCount(connectionCapacity) * FlowDescriptor.LENGTH;
    }
}

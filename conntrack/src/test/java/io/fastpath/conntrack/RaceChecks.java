package io.fastpath.conntrack;

/** What the race tests, which stand in a package of their own, need of this one. */
public final class RaceChecks {
    private RaceChecks() {}

    /** Empties a table that nobody uses. */
    public static void clear(final TestWorld world) {
        world.flows.clear(0, world.flows.length());
    }

    /** Live connections of a table that nobody uses; -1 if it is not consistent. */
    public static int connections(final TestWorld world) {
        try {
            return new TableChecker(world).check("race");
        } catch (final AssertionError inconsistent) {
            return -1;
        }
    }

    /** The handle of the reply direction of a found connection. */
    public static long findReply(final TestWorld world, final FlowTable table, final long forward) {
        final int reverseSlot = table.fields().peerIndex(FlowHandle.slotIndex(forward));
        return Stage.find(table, new TableChecker(world).tuple(reverseSlot));
    }

    /** The states of both slots of a found connection, as one number: forward times 100 plus reverse. */
    public static int states(final FlowTable table, final long forward) {
        final int slot = FlowHandle.slotIndex(forward);
        final int peer = table.fields().peerIndex(slot);
        return Control.state(table.fields().control(slot)) * 100
                + Control.state(table.fields().control(peer));
    }
}

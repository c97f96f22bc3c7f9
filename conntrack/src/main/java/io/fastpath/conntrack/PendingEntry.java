package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;

/** One direction on its way into the table: its tuple, its home, and the slot claimed for it. Scratch of one thread. */
final class PendingEntry {
    long source0;
    long source1;
    long destination0;
    long destination1;
    int ports;
    int protocol;

    /** Where the tuple's neighbourhood begins. */
    int homeIndex;

    /** Neighbourhood word under which no entry had this tuple: what publication compares with. */
    int validatedHop;

    /** Which of the neighbourhood's positions was claimed. */
    int bit;

    /** The claimed slot. */
    int slotIndex;

    /** Its control word as this writer left it. */
    int control;

    /** Sets the tuple, in the order of {@code FlowTable.find}. */
    void tuple(
            final long source0,
            final long source1,
            final long destination0,
            final long destination1,
            final int ports,
            final int protocol) {
        this.source0 = source0;
        this.source1 = source1;
        this.destination0 = destination0;
        this.destination1 = destination1;
        this.ports = ports;
        this.protocol = protocol;
    }

    /** The claimed position's bit in the home's neighbourhood word. */
    int hopBit() {
        return 1 << bit;
    }

    /** The neighbourhood word with this entry in it, and one insert more. */
    static int withInsert(final int hop, final int hopBit) {
        return (hop | hopBit) + (1 << FlowDescriptor.HOP_COUNT_SHIFT);
    }
}

package io.fastpath.fastpath.pipeline;

import io.fastpath.conntrack.FragmentTable;
import io.fastpath.kernelbpf.layout.FlowDescriptor;

/** The fragment table, asked about packets of a batch. One thread. */
final class Datagrams {
    private final FragmentTable table;

    Datagrams(final FragmentTable table) {
        this.table = table;
    }

    /** The datagram of a fragment, or {@link FragmentTable#NOT_FOUND}. */
    long find(final PacketBatch batch, final int i, final long nowNs) {
        return table.find(
                batch.source0(i),
                batch.source1(i),
                batch.destination0(i),
                batch.destination1(i),
                batch.identification(i),
                batch.identifiedProtocol(i),
                FlowDescriptor.ticks(nowNs));
    }

    /** The flow of a datagram that was found; as {@link FragmentTable#flow}. */
    long flow(final long found) {
        return table.flow(found);
    }

    /** Enters a first fragment's datagram, which goes by a flow: 0, or a drop code. */
    int enter(final PacketBatch batch, final int i, final long handle, final long nowNs) {
        return table.enter(
                batch.source0(i),
                batch.source1(i),
                batch.destination0(i),
                batch.destination1(i),
                batch.identification(i),
                batch.identifiedProtocol(i),
                FragmentWord.end(batch.fragment(i)),
                handle,
                FlowDescriptor.ticks(nowNs));
    }

    /** Accepts a later fragment of a datagram that was found: 0, or a drop code. */
    int accept(final PacketBatch batch, final int i, final long found) {
        final int word = batch.fragment(i);
        return table.accept(found, FragmentWord.start(word), FragmentWord.end(word), FragmentWord.isLast(word));
    }
}

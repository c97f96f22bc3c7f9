package io.fastpath.bench.rival;

import io.fastpath.bench.stage.FlowSet;
import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.kernelbpf.layout.Forwarding;

/** The flow table: off-heap, IPv4 and IPv6, safe for several writers. */
final class FlowTableMap implements ConnectionMap {
    private final FlowSet flows;
    private final FlowFields fields;

    FlowTableMap(final int connectionCapacity) {
        flows = new FlowSet(0, connectionCapacity, Forwarding.NAT);
        fields = flows.table().fields();
    }

    @Override
    public void open(final int number) {
        flows.open(number);
    }

    @Override
    public int backend(final int number) {
        final long handle = flows.find(number);
        return FlowHandle.isFlow(handle) ? fields.backendIndex(FlowHandle.slotIndex(handle)) : -1;
    }

    @Override
    public void close(final int number) {
        flows.remove(number);
    }

    @Override
    public long offHeapLength() {
        return flows.length();
    }
}

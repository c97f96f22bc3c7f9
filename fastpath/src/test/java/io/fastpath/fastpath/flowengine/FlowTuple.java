package io.fastpath.fastpath.flowengine;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;

/** A tuple as a packet has it; {@code ports} as the flow table takes them. */
record FlowTuple(Address source, Address destination, int ports, int protocol) {
    static final int TCP = 6;
    static final int UDP = 17;

    static FlowTuple of(
            final String source,
            final int sourcePort,
            final String destination,
            final int destinationPort,
            final int protocol) {
        return new FlowTuple(
                Address.parse(source),
                Address.parse(destination),
                Endpoint.portBe(sourcePort) & 0xffff | Endpoint.portBe(destinationPort) << Short.SIZE,
                protocol);
    }

    long find(final FlowTable flows) {
        return flows.find(source.word0(), source.word1(), destination.word0(), destination.word1(), ports, protocol);
    }

    int home(final FlowTable flows) {
        return flows.home(
                flows.hash(source.word0(), source.word1(), destination.word0(), destination.word1(), ports, protocol));
    }

    long open(final FlowTable flows, final int backendIndex, final int forwardingCode, final int nowTicks) {
        return flows.open(
                source.word0(),
                source.word1(),
                destination.word0(),
                destination.word1(),
                ports,
                protocol,
                backendIndex / 2,
                backendIndex,
                forwardingCode,
                nowTicks);
    }
}

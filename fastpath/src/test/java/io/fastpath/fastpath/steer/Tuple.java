package io.fastpath.fastpath.steer;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;

/** Source and destination of a packet, as both engines ask for it. */
record Tuple(Address source, int sourcePort, Address destination, int destinationPort, int protocol) {
    int ports() {
        return Endpoint.portBe(sourcePort) | Endpoint.portBe(destinationPort) << Short.SIZE;
    }

    /** The packet of this tuple. */
    byte[] frame() {
        return Frames.frame(Frames.ip(source, destination, transport()));
    }

    /** What the packet of this tuple has behind its IP header. */
    Frames.Layer transport() {
        return protocol == Frames.TCP
                ? Frames.tcp(sourcePort, destinationPort)
                : Frames.udp(sourcePort, destinationPort);
    }

    /** Where Java begins to look. */
    int home(final FlowTable flows) {
        return flows.home(flows.hash(
                source.word0(), source.word1(), destination.word0(), destination.word1(), ports(), protocol));
    }

    /** Java's answer. */
    long find(final FlowTable flows) {
        return flows.find(source.word0(), source.word1(), destination.word0(), destination.word1(), ports(), protocol);
    }

    /** What the program has to count, going by Java's answer. */
    Counter reason(final FlowTable flows) {
        final long handle = find(flows);
        if (!FlowHandle.isFlow(handle)) {
            return Counter.XDP_PASS_NOT_OURS;
        }
        return FlowHandle.isReverse(handle) ? Counter.XDP_STEERED_REPLY : Counter.XDP_STEERED_SERVICE;
    }
}

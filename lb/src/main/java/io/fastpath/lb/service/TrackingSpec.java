package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ServiceDescriptor;

/**
 * How a service's connections are tracked. Immutable; any thread.
 *
 * @param picksUp whether a TCP segment of no known connection enters one
 * @param tcpCheck how TCP segments are judged by their sequence numbers
 */
public record TrackingSpec(boolean picksUp, TcpCheckLevel tcpCheck) {
    /** Connections begin with their SYN, and sequence numbers are not looked at. */
    public static final TrackingSpec DEFAULT = new TrackingSpec(false, TcpCheckLevel.OFF);

    /** The bits of a service's flags that this is about. */
    static final int MASK = ServiceDescriptor.PICKUP | ServiceDescriptor.CHECK_MASK << ServiceDescriptor.CHECK_SHIFT;

    static TrackingSpec ofFlags(final int flags) {
        return new TrackingSpec(
                (flags & ServiceDescriptor.PICKUP) != 0,
                TcpCheckLevel.ofCode(flags >>> ServiceDescriptor.CHECK_SHIFT & ServiceDescriptor.CHECK_MASK));
    }

    int flags() {
        return (picksUp ? ServiceDescriptor.PICKUP : 0) | tcpCheck.code() << ServiceDescriptor.CHECK_SHIFT;
    }

    /**
     * Whether sequence numbers are noted beside the flow table.
     *
     * @return true if it needs a record for each slot
     */
    public boolean isChecked() {
        return tcpCheck != TcpCheckLevel.OFF;
    }
}

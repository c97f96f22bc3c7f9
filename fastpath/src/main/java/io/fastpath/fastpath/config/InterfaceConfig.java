package io.fastpath.fastpath.config;

import io.fastpath.kernelbpf.layout.InterfaceDescriptor;

/**
 * An interface that the instance serves. Immutable.
 *
 * @param name of the network interface.
 * @param queues which of its receive queues.
 * @param mode how its sockets shall be bound.
 * @param checksum what is done with L4 checksums of packets that arrive here.
 * @param vlan what becomes of the tags of packets that arrive here.
 */
public record InterfaceConfig(
        String name, QueueSelection queues, InterfaceMode mode, ChecksumMode checksum, VlanConfig vlan) {
    /** {@return what stands in the interface table: FLAG bits of {@link InterfaceDescriptor}} */
    public int flags() {
        return (checksum == ChecksumMode.RECOMPUTE ? InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM : 0)
                | (vlan.isKept() ? InterfaceDescriptor.FLAG_KEEP_VLANS : 0);
    }
}

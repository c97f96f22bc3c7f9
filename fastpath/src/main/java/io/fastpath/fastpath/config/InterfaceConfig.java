package io.fastpath.fastpath.config;

/**
 * An interface that the instance serves. Immutable.
 *
 * @param name of the network interface.
 * @param queues which of its receive queues.
 * @param mode how its sockets shall be bound.
 * @param checksum what is done with L4 checksums of packets that arrive here.
 */
public record InterfaceConfig(String name, QueueSelection queues, InterfaceMode mode, ChecksumMode checksum) {}

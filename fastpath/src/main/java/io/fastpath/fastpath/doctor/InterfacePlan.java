package io.fastpath.fastpath.doctor;

/**
 * What an instance would use of an interface. Immutable.
 *
 * @param name of the interface.
 * @param driver that drives it.
 * @param mode zerocopy, copy, generic, or none where it can't be used.
 * @param queueCount receive queues.
 * @param mtu in bytes.
 * @param frameSize of the UMEM that its packets need: 2048 or 4096; 0 where neither fits.
 * @param checksum incremental or recompute.
 */
public record InterfacePlan(
        String name, String driver, String mode, int queueCount, int mtu, int frameSize, String checksum) {}

package io.fastpath.fastpath.control;

/**
 * What {@code services} answers for each. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param name as configured; empty where only shared memory is left to ask.
 * @param protocol tcp or udp.
 * @param vip the virtual address, or a prefix such as 10.9.0.0/24.
 * @param port in host order; of a range the first.
 * @param ports a port, a range such as 8000-8100, or any.
 * @param forwarding full-nat or nat.
 * @param hash tuple, source or source-and-port: what picks a new flow's backend.
 * @param maglevSize slots of its Maglev table.
 * @param backendCount backends in force.
 * @param flows connections open now.
 * @param flowsOpened connections opened so far.
 * @param packetsIn packets from clients that were sent on.
 * @param bytesIn their bytes, from the IP header on.
 * @param packetsOut packets from backends that were sent on.
 * @param bytesOut their bytes.
 */
public record ServiceReport(
        String name,
        String protocol,
        String vip,
        int port,
        String ports,
        String forwarding,
        String hash,
        int maglevSize,
        int backendCount,
        long flows,
        long flowsOpened,
        long packetsIn,
        long bytesIn,
        long packetsOut,
        long bytesOut) {}

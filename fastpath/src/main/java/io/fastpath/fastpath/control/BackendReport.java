package io.fastpath.fastpath.control;

/**
 * What {@code backends} answers for each. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param service name of its service; empty where only shared memory is left to ask.
 * @param vip of its service, with port and protocol: {@code tcp 10.7.0.100:80}.
 * @param address of the backend.
 * @param port in host order; 0 for the port that the client speaks to.
 * @param weight as configured.
 * @param sharePercent of its service's Maglev slots.
 * @param state up; starting: its weight counts in part; draining: it takes no new connections; retired: no longer
 *     configured, but live flows may point at it.
 * @param nextHop free, incomplete, provisional, valid or stale; unresolved where there is none.
 * @param flows connections open now.
 * @param flowsOpened connections opened so far.
 * @param packetsTo packets sent to it.
 * @param bytesTo their bytes, from the IP header on.
 * @param packetsFrom packets that came from it.
 * @param bytesFrom their bytes.
 * @param portsExhausted connections that it did not get, because no source port towards it was left.
 */
public record BackendReport(
        String service,
        String vip,
        String address,
        int port,
        int weight,
        double sharePercent,
        String state,
        String nextHop,
        long flows,
        long flowsOpened,
        long packetsTo,
        long bytesTo,
        long packetsFrom,
        long bytesFrom,
        long portsExhausted) {}

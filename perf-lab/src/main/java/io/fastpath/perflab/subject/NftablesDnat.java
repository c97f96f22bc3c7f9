package io.fastpath.perflab.subject;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.topology.Ipv4Address;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.SinkPlan;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The kernel's connection tracking and nftables' DNAT, with a hash over the backends: what a node does without a balancer of
 * its own. The machine's limit of tracked connections is raised while it runs, and put back.
 */
public final class NftablesDnat implements Subject {
    /** Limits of the machine, not of a namespace; the table follows the second. */
    private static final Path CONNECTION_LIMIT = Path.of("/proc/sys/net/netfilter/nf_conntrack_max");

    private static final Path BUCKET_COUNT = Path.of("/sys/module/nf_conntrack/parameters/hashsize");

    private final Path folder;
    private final int flowCapacity;

    /**
     * Rules, not in force yet.
     *
     * @param folder for them; must exist.
     * @param flowCapacity connections that it must track.
     */
    public NftablesDnat(final Path folder, final int flowCapacity) {
        this.folder = folder;
        this.flowCapacity = flowCapacity;
    }

    @Override
    public String name() {
        return SubjectCatalog.NFTABLES;
    }

    @Override
    public String work() {
        return "nftables: connection tracking, DNAT by a hash of the client, IPv4 forwarding, checksums, TTL; no health,"
                + " no consistent hashing, source kept; on the generator's CPU";
    }

    @Override
    public SinkPlan delivery(final Topology topology) {
        return SinkPlan.toBackends(topology);
    }

    @Override
    public RunningSubject start(final Topology topology) {
        final String limit = replace(CONNECTION_LIMIT, 2 * flowCapacity);
        final String buckets = replace(BUCKET_COUNT, flowCapacity);
        final RunningSubject running = new RunningSubject() {
            @Override
            public void checkAlive() {
                // The kernel is.
            }

            @Override
            public void close() {
                topology.setKernelForwarding(false);
                Shell.attempt("ip", "netns", "exec", topology.node(), "nft", "delete", "table", "ip", "lab");
                write(CONNECTION_LIMIT, limit);
                write(BUCKET_COUNT, buckets);
            }
        };
        try {
            final Path rules = Files.writeString(folder.resolve("nftables.conf"), rules(topology));
            Shell.runLine("ip netns exec " + topology.node() + " nft -f " + rules);
            topology.setKernelForwarding(true);
            return running;
        } catch (final IOException ex) {
            running.close();
            throw new UncheckedIOException(ex);
        } catch (final LabException ex) {
            running.close();
            throw ex;
        }
    }

    /** Replies are never sent here, so the source stays: less work than full NAT. */
    private static String rules(final Topology topology) {
        final String backends = IntStream.range(0, topology.backendCount())
                .mapToObj(i -> i + " : " + Ipv4Address.format(Topology.FIRST_BACKEND + i))
                .collect(Collectors.joining(", "));
        return """
                table ip lab {
                    chain balance {
                        type nat hook prerouting priority dstnat;
                        ip daddr %s udp dport %d dnat to jhash ip saddr . udp sport mod %d map { %s }
                    }
                }
                """.formatted(
                        Ipv4Address.format(Topology.VIP), Topology.SERVICE_PORT, topology.backendCount(), backends);
    }

    /** Raises a limit, if it is lower; what it was comes back. */
    private static String replace(final Path limit, final int wanted) {
        try {
            final String before = Files.readString(limit).strip();
            if (Long.parseLong(before) < wanted) {
                write(limit, Integer.toString(wanted));
            }
            return before;
        } catch (final IOException ex) {
            throw new LabException("there is no connection tracking in this kernel: " + limit + " can't be read", ex);
        }
    }

    private static void write(final Path file, final String text) {
        try {
            Files.writeString(file, text);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

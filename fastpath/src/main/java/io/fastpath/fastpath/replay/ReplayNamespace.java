package io.fastpath.fastpath.replay;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.StaticConfig;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A network namespace whose devices, routes and neighbours are those of a configuration's section {@code static}: the
 * kernel engine asks them where a next hop is missing. No packet comes by. The thread that makes it is in it until it
 * closes it.
 */
final class ReplayNamespace implements AutoCloseable {
    private static final String NAME_START = "fpreplay";

    private final String name = NAME_START + ProcessHandle.current().pid();
    private final NetworkNamespace visit;

    ReplayNamespace(final InstanceConfig config, final Map<String, Integer> ifindexes) {
        Shell.run("ip", "netns", "add", name);
        try {
            forward();
            build(commands(config.network(), ifindexes));
            visit = NetworkNamespace.enter(name);
        } catch (final RuntimeException failure) {
            Shell.attempt("ip", "netns", "del", name);
            throw failure;
        }
    }

    @Override
    public void close() {
        visit.close();
        Shell.attempt("ip", "netns", "del", name);
    }

    /** Where forwarding is off, the kernel tells a program no way. */
    private void forward() {
        final String keys = "/proc/sys/net/ipv4/ip_forward /proc/sys/net/ipv6/conf/all/forwarding"
                + " /proc/sys/net/ipv6/conf/default/forwarding";
        Shell.run("ip", "netns", "exec", name, "sh", "-c", "for key in " + keys + "; do echo 1 > $key; done");
    }

    /** A device is an end of a cable whose other end nobody has: every kernel has that kind. */
    private static List<String> commands(final StaticConfig network, final Map<String, Integer> ifindexes) {
        final List<String> commands = new ArrayList<>();
        commands.add("link set lo up"); // brings the table of local addresses, which gateways are checked against
        for (final StaticConfig.Link link : network.links()) {
            final int ifindex = ifindexes.get(link.name());
            final String device = device(ifindex);
            commands.add("link add " + device + " index " + ifindex + " address " + mac(link.mac()) + " mtu "
                    + link.mtu() + " type veth peer name fpend" + ifindex + " mtu " + link.mtu());
            commands.add("link set " + device + " up");
            commands.add("link set fpend" + ifindex + " up");
        }
        for (final StaticConfig.Route route : network.routes()) {
            final String via = route.via() == null ? "" : " via " + route.via() + " onlink";
            commands.add("route replace " + route.prefix() + via + " dev " + device(ifindexes.get(route.link())));
        }
        for (final StaticConfig.Neighbour neighbour : network.neighbours()) {
            commands.add("neigh replace " + neighbour.address() + " lladdr " + mac(neighbour.mac())
                    + " nud permanent dev " + device(ifindexes.get(neighbour.link())));
        }
        return commands;
    }

    private void build(final List<String> commands) {
        try {
            final Path batch = Files.createTempFile(NAME_START, ".ip");
            try {
                Files.write(batch, commands);
                Shell.run("ip", "-n", name, "-batch", batch.toString());
            } finally {
                Files.delete(batch);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException("can't write the commands for ip: " + e.getMessage(), e);
        }
    }

    private static String device(final int ifindex) {
        return "fpdev" + ifindex;
    }

    private static String mac(final long mac) {
        final StringBuilder text = new StringBuilder("%012x".formatted(mac));
        for (int at = 10; at > 0; at -= 2) {
            text.insert(at, ':');
        }
        return text.toString();
    }
}

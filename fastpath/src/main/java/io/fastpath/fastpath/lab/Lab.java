package io.fastpath.fastpath.lab;

import java.util.ArrayList;
import java.util.List;

/**
 * The demo's network: a client, the balancer with an interface to each side, and backends behind a switch.
 *
 * <pre>
 *   client            balancer                 switch            backend 1..n
 *  +--------+        +--------------+        +--------+         +--------+
 *  |   eth0 |--------| front   back |--------| br0    |---------| eth0   |
 *  +--------+        +--------------+        +--------+         +--------+
 *  10.7.0.2          10.7.0.1  10.8.0.1                          10.8.0.11…
 *  fd07::2           fd07::1   fd08::1                           fd08::11…
 * </pre>
 *
 * VIPs are {@code 10.7.0.100} and {@code fd07::100}; the client's kernel asks for them by ARP and neighbour
 * solicitation. Transmit checksum offload is off wherever a kernel sends, because on a veth an offloaded checksum is
 * never computed (see the doctor). Owned by one thread. Failures: {@link LabException}.
 */
public final class Lab implements AutoCloseable {
    /** The IPv4 VIP. */
    public static final String VIP = "10.7.0.100";

    /** The IPv6 VIP. */
    public static final String VIP6 = "fd07::100";

    private final String prefix;
    private final int backendCount;
    private final int queueCount;
    private final List<String> namespaces = new ArrayList<>();

    private Lab(final String prefix, final int backendCount, final int queueCount) {
        this.prefix = prefix;
        this.backendCount = backendCount;
        this.queueCount = queueCount;
    }

    /**
     * Builds a lab. What an earlier lab of the same prefix left is removed first; after a failure nothing is left.
     *
     * @param prefix of the namespaces' names; short, unique to the caller
     * @param backendCount 1 to 50
     * @param queueCount queues of the balancer's two interfaces
     * @return the lab, to be closed
     */
    public static Lab build(final String prefix, final int backendCount, final int queueCount) {
        final Lab lab = new Lab(prefix, backendCount, queueCount);
        try {
            lab.addNamespaces();
            lab.connectClient();
            lab.connectSwitch();
            for (int i = 1; i <= backendCount; i++) {
                lab.connectBackend(i);
            }
            return lab;
        } catch (final RuntimeException e) {
            try {
                lab.close();
            } catch (final RuntimeException closing) {
                e.addSuppressed(closing);
            }
            throw e;
        }
    }

    /**
     * Namespace of the client.
     *
     * @return its name
     */
    public String client() {
        return prefix + "-client";
    }

    /**
     * Namespace of the balancer.
     *
     * @return its name
     */
    public String balancer() {
        return prefix + "-lb";
    }

    /**
     * Namespace of a backend.
     *
     * @param number from 1
     * @return its name
     */
    public String backend(final int number) {
        return prefix + "-b" + number;
    }

    /**
     * Address of a backend.
     *
     * @param number from 1
     * @return dotted
     */
    public static String backendAddress(final int number) {
        return "10.8.0." + (10 + number);
    }

    /**
     * IPv6 address of a backend.
     *
     * @param number from 1
     * @return in text
     */
    public static String backendAddress6(final int number) {
        return "fd08::" + (10 + number);
    }

    /**
     * How many backends there are.
     *
     * @return from 1
     */
    public int backendCount() {
        return backendCount;
    }

    /**
     * Runs a command in one of the namespaces.
     *
     * @param namespace its name
     * @param words of the command
     * @return its standard output
     */
    public static String in(final String namespace, final String... words) {
        final List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        all.addAll(List.of(words));
        return Shell.run(all.toArray(String[]::new));
    }

    /** Removes all namespaces, and with them their links. Goes on after a failure and reports the first at the end. */
    @Override
    public void close() {
        LabException failure = null;
        for (final String namespace : namespaces) {
            try {
                Shell.run("ip", "netns", "delete", namespace);
            } catch (final LabException e) {
                failure = failure == null ? e : failure;
            }
        }
        namespaces.clear();
        if (failure != null) {
            throw failure;
        }
    }

    private void addNamespaces() {
        add(client());
        add(balancer());
        add(fabric());
        for (int i = 1; i <= backendCount; i++) {
            add(backend(i));
        }
    }

    private void add(final String namespace) {
        Shell.attempt("ip", "netns", "delete", namespace);
        Shell.run("ip", "netns", "add", namespace);
        namespaces.add(namespace);
        // Addresses are usable at once: no duplicate address detection in a network that we own.
        in(namespace, "sh", "-c", "for d in all default; do echo 0 > /proc/sys/net/ipv6/conf/$d/accept_dad; done");
        Shell.run("ip", "-n", namespace, "link", "set", "lo", "up");
    }

    /**
     * Namespace of the switch.
     *
     * @return its name
     */
    public String fabric() {
        return prefix + "-sw";
    }

    private void connectClient() {
        veth(client(), "eth0", balancer(), "front");
        address(client(), "eth0", "10.7.0.2/24", "fd07::2/64");
        address(balancer(), "front", "10.7.0.1/24", "fd07::1/64");
    }

    private void connectSwitch() {
        Shell.run("ip", "-n", fabric(), "link", "add", "br0", "type", "bridge", "mcast_snooping", "0");
        Shell.run("ip", "-n", fabric(), "link", "set", "br0", "up");
        veth(fabric(), "uplink", balancer(), "back");
        Shell.run("ip", "-n", fabric(), "link", "set", "uplink", "master", "br0");
        address(balancer(), "back", "10.8.0.1/24", "fd08::1/64");
    }

    private void connectBackend(final int number) {
        final String port = "port" + number;
        veth(fabric(), port, backend(number), "eth0");
        Shell.run("ip", "-n", fabric(), "link", "set", port, "master", "br0");
        address(backend(number), "eth0", backendAddress(number) + "/24", backendAddress6(number) + "/64");
        // In forwarding mode `nat` the backend sees the client's own address, and answers through the balancer.
        Shell.run("ip", "-n", backend(number), "route", "add", "10.7.0.0/24", "via", "10.8.0.1");
        Shell.run("ip", "-n", backend(number), "route", "add", "fd07::/64", "via", "fd08::1");
    }

    private void veth(final String leftNamespace, final String left, final String rightNamespace, final String right) {
        final String queues = Integer.toString(queueCount);
        Shell.run(
                "ip",
                "link",
                "add",
                left,
                "netns",
                leftNamespace,
                "numtxqueues",
                queues,
                "numrxqueues",
                queues,
                "type",
                "veth",
                "peer",
                "name",
                right,
                "netns",
                rightNamespace,
                "numtxqueues",
                queues,
                "numrxqueues",
                queues);
        up(leftNamespace, left);
        up(rightNamespace, right);
    }

    private static void up(final String namespace, final String link) {
        in(namespace, "ethtool", "-K", link, "tx", "off", "txvlan", "off", "gro", "on");
        Shell.run("ip", "-n", namespace, "link", "set", link, "up");
    }

    private static void address(
            final String namespace, final String link, final String address, final String address6) {
        Shell.run("ip", "-n", namespace, "address", "add", address, "dev", link);
        Shell.run("ip", "-n", namespace, "-6", "address", "add", address6, "dev", link, "nodad");
    }
}

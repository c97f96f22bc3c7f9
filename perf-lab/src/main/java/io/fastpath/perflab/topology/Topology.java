package io.fastpath.perflab.topology;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Three namespaces in a row; the device under test is the one in the middle.
 *
 * <pre>
 *   client namespace            node namespace              server namespace
 *  +----------------+   veth   +----------------+   veth   +---------------------------+
 *  | client0        |----------| front     back |----------| server0                   |
 *  | 10.7.0.2       |          | .7.0.1  .8.0.1 |          | 10.8.0.11, 10.8.0.12, ... |
 *  +----------------+          +----------------+          +---------------------------+
 *    generator, for            VIP 10.7.0.100                sink, for all backends
 *    clients 10.64.0.0/16
 * </pre>
 *
 * <p>Neighbours are static and IPv6 is off, so that nobody sends anything of his own. Transmit checksum offload is off,
 * since a veth never computes what is left to it. GRO is on at both ends of the link to {@code front}: veth refuses frames that
 * are redirected to an end whose other end has neither GRO nor an XDP program, and what asks before would think so. Nothing is assigned to the VIP, and the kernel doesn't forward unless a subject turns that on.
 *
 * <p>Owned by one thread; {@link #close()} ends what still runs in the namespaces and removes them. Failures are {@link
 * LabException}.
 */
public final class Topology implements AutoCloseable {
    /** The generator's end of the link to {@code front}. */
    public static final String CLIENT_INTERFACE = "client0";

    /** Where the device under test receives. */
    public static final String FRONT = "front";

    /** Where the device under test sends. */
    public static final String BACK = "back";

    /** The sink's end of the link to {@code back}. */
    public static final String SERVER_INTERFACE = "server0";

    /** MAC address of {@link #CLIENT_INTERFACE}; the first byte marks all of these as locally administered. */
    public static final long CLIENT_MAC = 0x02_00_00_00_07_02L;

    /** MAC address of {@link #FRONT}. */
    public static final long FRONT_MAC = 0x02_00_00_00_07_01L;

    /** MAC address of {@link #BACK}. */
    public static final long BACK_MAC = 0x02_00_00_00_08_01L;

    /** MAC address of {@link #SERVER_INTERFACE}, and so of every backend. */
    public static final long SERVER_MAC = 0x02_00_00_00_08_02L;

    /** Address of {@link #BACK}: the node's own, for source translation. */
    public static final int BACK_ADDRESS = Ipv4Address.parse("10.8.0.1");

    /** The service's address. */
    public static final int VIP = Ipv4Address.parse("10.7.0.100");

    /** The service's port, and every backend's. */
    public static final int SERVICE_PORT = 9000;

    /** Address of the first client behind {@link #FRONT}; a /16 is routed there. */
    public static final int FIRST_CLIENT = Ipv4Address.parse("10.64.0.0");

    /** Address of the first backend; the others follow one by one. */
    public static final int FIRST_BACKEND = Ipv4Address.parse("10.8.0.11");

    /** The backends' network has this much room above the first. */
    public static final int BACKEND_LIMIT = 240;

    private static final AtomicInteger LAB_NUMBERS = new AtomicInteger();

    private final int backendCount;
    private final String client;
    private final String node;
    private final String server;

    private Topology(final int labNumber, final int backendCount) {
        this.backendCount = backendCount;
        client = Namespaces.name(labNumber, "client");
        node = Namespaces.name(labNumber, "node");
        server = Namespaces.name(labNumber, "server");
    }

    /**
     * Build a topology; after a failure nothing of it is left. What labs of ended processes left is removed.
     *
     * @param queueCount receive and transmit queues of each interface.
     * @param backendCount backends of the service, 1 to {@link #BACKEND_LIMIT}.
     * @return the topology; the caller closes it.
     */
    public static Topology build(final int queueCount, final int backendCount) {
        if (backendCount < 1 || backendCount > BACKEND_LIMIT) {
            throw new IllegalArgumentException(backendCount + " backends are not 1 to " + BACKEND_LIMIT);
        }
        Namespaces.sweep();
        final Topology topology = new Topology(LAB_NUMBERS.incrementAndGet(), backendCount);
        try {
            topology.addNamespaces();
            topology.connect(queueCount);
            topology.address();
            topology.introduceNeighbours();
            return topology;
        } catch (final RuntimeException ex) {
            try {
                topology.close();
            } catch (final RuntimeException closing) {
                ex.addSuppressed(closing);
            }
            throw ex;
        }
    }

    /** Remove all topologies of this process, also one that is being built, and let no more be built. Any thread. */
    public static void end() {
        Namespaces.end();
    }

    /** {@return the generator's namespace} */
    public String client() {
        return client;
    }

    /** {@return the namespace of the device under test} */
    public String node() {
        return node;
    }

    /** {@return the sink's namespace} */
    public String server() {
        return server;
    }

    /** {@return how many backends the service has} */
    public int backendCount() {
        return backendCount;
    }

    /**
     * {@return the words that run a command in the namespace of the device under test}
     *
     * @param words of the command.
     */
    public List<String> onNode(final List<String> words) {
        return Stream.concat(Stream.of("ip", "netns", "exec", node), words.stream())
                .toList();
    }

    /**
     * Turn IPv4 forwarding by the kernel of the device under test on or off.
     *
     * @param on whether it forwards.
     */
    public void setKernelForwarding(final boolean on) {
        Namespaces.set(node, "net/ipv4/ip_forward", on ? 1 : 0);
    }

    /**
     * Check that no XDP program is on the interfaces of the device under test, which the next subject would meet.
     *
     * @throws LabException if there is one.
     */
    public void checkNoXdp() {
        for (final String name : List.of(FRONT, BACK)) {
            final String shown = Shell.runLine("ip -n " + node + " link show dev " + name);
            if (shown.contains("prog/xdp")) {
                throw new LabException("an XDP program was left on " + name + ": " + shown.strip());
            }
        }
    }

    /**
     * {@return what it is made of, for the record that goes with results}
     *
     * @param queueCount of each interface.
     */
    public static String inWords(final int queueCount) {
        return "veth pairs between three namespaces, queues: " + queueCount + ", transmit checksum offload off";
    }

    @Override
    public void close() {
        Namespaces.delete(client);
        Namespaces.delete(node);
        Namespaces.delete(server);
    }

    private void addNamespaces() {
        Namespaces.add(client);
        Namespaces.add(node);
        Namespaces.add(server);
    }

    private void connect(final int queueCount) {
        final VethEnd front = new VethEnd(node, FRONT, FRONT_MAC);
        final VethEnd back = new VethEnd(node, BACK, BACK_MAC);
        VethEnd.connect(new VethEnd(client, CLIENT_INTERFACE, CLIENT_MAC), front, queueCount);
        VethEnd.connect(back, new VethEnd(server, SERVER_INTERFACE, SERVER_MAC), queueCount);
        Shell.runLine("ip netns exec " + node + " ethtool -K " + FRONT + " gro on");
        Shell.runLine("ip netns exec " + client + " ethtool -K " + CLIENT_INTERFACE + " gro on");
    }

    private void address() {
        Shell.runLine("ip -n " + client + " address add 10.7.0.2/24 dev " + CLIENT_INTERFACE);
        Shell.runLine("ip -n " + node + " address add 10.7.0.1/24 dev " + FRONT);
        Shell.runLine("ip -n " + node + " address add " + Ipv4Address.format(BACK_ADDRESS) + "/24 dev " + BACK);
        Shell.runLine("ip -n " + node + " route add " + Ipv4Address.format(FIRST_CLIENT) + "/16 via 10.7.0.2");
        for (int i = 0; i < backendCount; i++) {
            Shell.runLine("ip -n " + server + " address add " + Ipv4Address.format(FIRST_BACKEND + i) + "/24 dev "
                    + SERVER_INTERFACE);
        }
    }

    private void introduceNeighbours() {
        VethEnd.introduce(client, CLIENT_INTERFACE, "10.7.0.1", FRONT_MAC);
        VethEnd.introduce(node, FRONT, "10.7.0.2", CLIENT_MAC);
        VethEnd.introduce(server, SERVER_INTERFACE, Ipv4Address.format(BACK_ADDRESS), BACK_MAC);
        for (int i = 0; i < backendCount; i++) {
            VethEnd.introduce(node, BACK, Ipv4Address.format(FIRST_BACKEND + i), SERVER_MAC);
        }
    }
}

package io.fastpath.perflab.topology;

import io.fastpath.afxdpnative.netlink.MacAddress;
import io.fastpath.fastpath.lab.Shell;

/**
 * One end of a veth pair. Any thread.
 *
 * @param namespace it lives in.
 * @param name of the interface.
 * @param mac its Ethernet address.
 */
record VethEnd(String namespace, String name, long mac) {
    /**
     * Create a veth pair right in its namespaces, and bring it up.
     *
     * @param left one end.
     * @param right the other end.
     * @param queueCount receive and transmit queues of each end.
     */
    static void connect(final VethEnd left, final VethEnd right, final int queueCount) {
        final String queues = " numrxqueues " + queueCount + " numtxqueues " + queueCount;
        Shell.runLine("ip link add" + left.description() + queues + " type veth peer" + right.description() + queues);
        left.raise();
        right.raise();
    }

    /**
     * Tell a namespace the Ethernet address of a neighbour for good.
     *
     * @param namespace to tell.
     * @param interfaceName by which the neighbour is reached.
     * @param address of the neighbour, dotted.
     * @param mac of the neighbour.
     */
    static void introduce(final String namespace, final String interfaceName, final String address, final long mac) {
        Shell.runLine("ip -n " + namespace + " neighbour add " + address + " lladdr " + MacAddress.format(mac) + " dev "
                + interfaceName + " nud permanent");
    }

    private String description() {
        return " name " + name + " address " + MacAddress.format(mac) + " netns " + namespace;
    }

    private void raise() {
        Shell.runLine("ip netns exec " + namespace + " ethtool -K " + name + " tx off");
        Shell.runLine("ip -n " + namespace + " link set " + name + " up");
    }
}

package io.fastpath.fastpath.integration;

import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;

/**
 * A client behind the lab's own, which is a router for it, by a link that may be narrower than it says: it advertises
 * segments for 1,500 bytes.
 */
record FarClient(String namespace) implements AutoCloseable {
    /** Connects one to a lab with a link of an MTU. */
    static FarClient connect(final Lab lab, final String name, final String mtu) {
        final FarClient far = new FarClient(name + "-far");
        Shell.attempt("ip", "netns", "delete", far.namespace);
        Shell.run("ip", "netns", "add", far.namespace);
        boolean isDone = false;
        try {
            far.link(lab, mtu);
            isDone = true;
        } finally {
            if (!isDone) {
                far.close();
            }
        }
        return far;
    }

    private void link(final Lab lab, final String mtu) {
        final String router = lab.client();
        Shell.run(
                "ip", "link", "add", "eth0", "mtu", mtu, "netns", namespace, "type", "veth", "peer", "name", "far",
                "mtu", mtu, "netns", router);
        Lab.in(namespace, "ethtool", "-K", "eth0", "tx", "off");
        Lab.in(router, "ethtool", "-K", "far", "tx", "off");
        Lab.in(router, "sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1");
        Lab.in(router, "ip", "link", "set", "far", "up");
        Lab.in(router, "ip", "address", "add", "10.9.0.1/24", "dev", "far");
        Lab.in(router, "ip", "-6", "address", "add", "fd09::1/64", "dev", "far", "nodad");
        Lab.in(namespace, "ip", "link", "set", "eth0", "up");
        Lab.in(namespace, "ip", "address", "add", "10.9.0.2/24", "dev", "eth0");
        Lab.in(namespace, "ip", "-6", "address", "add", "fd09::2/64", "dev", "eth0", "nodad");
        Lab.in(namespace, "ip", "route", "add", "10.7.0.0/24", "via", "10.9.0.1", "advmss", "1460");
        Lab.in(namespace, "ip", "-6", "route", "add", "fd07::/64", "via", "fd09::1", "advmss", "1440");
        Lab.in(lab.balancer(), "ip", "route", "add", "10.9.0.0/24", "via", "10.7.0.2");
        Lab.in(lab.balancer(), "ip", "-6", "route", "add", "fd09::/64", "via", "fd07::2");
    }

    /** Makes the link narrower or wider, at both ends. */
    void narrow(final Lab lab, final String mtu) {
        Lab.in(lab.client(), "ip", "link", "set", "far", "mtu", mtu);
        Lab.in(namespace, "ip", "link", "set", "eth0", "mtu", mtu);
    }

    @Override
    public void close() {
        Shell.run("ip", "netns", "delete", namespace);
    }
}

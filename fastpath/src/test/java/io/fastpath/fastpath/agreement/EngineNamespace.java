package io.fastpath.fastpath.agreement;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.pipeline.TestBalancer;

/**
 * A network namespace with the devices that a test's balancer serves, which nothing is attached to and no packet comes by.
 * The thread that makes it is in it until it closes it.
 */
final class EngineNamespace implements AutoCloseable {
    private final String name = "fptagree" + ProcessHandle.current().pid();
    private final NetworkNamespace visit;

    EngineNamespace() {
        Shell.attempt("ip", "netns", "del", name);
        Shell.run("ip", "netns", "add", name);
        try {
            addDevices();
            visit = NetworkNamespace.enter(name);
        } catch (final RuntimeException e) {
            Shell.attempt("ip", "netns", "del", name);
            throw e;
        }
    }

    @Override
    public void close() {
        visit.close();
        Shell.attempt("ip", "netns", "del", name);
    }

    /** The two ends of one cable, for want of a simpler kind of device that every kernel has. */
    private void addDevices() {
        final String clients = String.valueOf(TestBalancer.CLIENTS);
        final String servers = String.valueOf(TestBalancer.SERVERS);
        final String add = "ip -n " + name + " link add fptclients index " + clients;
        Shell.run((add + " type veth peer name fptservers index " + servers).split(" "));
    }
}

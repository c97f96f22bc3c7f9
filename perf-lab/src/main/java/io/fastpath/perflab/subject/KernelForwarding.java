package io.fastpath.perflab.subject;

import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.topology.Ipv4Address;
import io.fastpath.perflab.topology.Topology;
import io.fastpath.perflab.traffic.SinkPlan;

/**
 * The kernel's own IPv4 forwarding: the floor of work. It runs where the packets come from, on the generator's CPU, which
 * suits it: moved to a CPU of its own (threaded NAPI) it got a third, since every frame then travels between caches.
 */
public final class KernelForwarding implements Subject {
    @Override
    public String name() {
        return SubjectCatalog.KERNEL;
    }

    @Override
    public String work() {
        return "plain IPv4 forwarding: one route, TTL; on the generator's CPU";
    }

    @Override
    public SinkPlan delivery(final Topology topology) {
        return SinkPlan.toVip();
    }

    @Override
    public RunningSubject start(final Topology topology) {
        final String route =
                " route %s " + Ipv4Address.format(Topology.VIP) + " via " + Ipv4Address.format(Topology.FIRST_BACKEND);
        Shell.runLine("ip -n " + topology.node() + route.formatted("add"));
        topology.setKernelForwarding(true);
        return new RunningSubject() {
            @Override
            public void checkAlive() {
                // The kernel is.
            }

            @Override
            public void close() {
                topology.setKernelForwarding(false);
                Shell.runLine("ip -n " + topology.node() + route.formatted("delete"));
            }
        };
    }
}

package io.fastpath.fastpath.steer;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.Shell;
import java.util.function.Supplier;

/** A network namespace with a device of many receive queues, which nothing is attached to and no packet comes by. */
final class QueuesNamespace implements AutoCloseable {
    static final int QUEUE_COUNT = 80;

    private static final String DEVICE = "fptq0";

    private final String name = "fptsteer" + ProcessHandle.current().pid();

    /** Makes it anew, with a device of a given index. */
    QueuesNamespace(final int ifindex) {
        Shell.attempt("ip", "netns", "del", name);
        Shell.run("ip", "netns", "add", name);
        try {
            Shell.run(
                    "ip",
                    "-n",
                    name,
                    "link",
                    "add",
                    DEVICE,
                    "index",
                    String.valueOf(ifindex),
                    "numrxqueues",
                    String.valueOf(QUEUE_COUNT),
                    "type",
                    "veth",
                    "peer",
                    "name",
                    "fptq1");
        } catch (final RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Does something on the calling thread inside the namespace. */
    <T> T inside(final Supplier<T> action) {
        final NetworkNamespace visit = NetworkNamespace.enter(name);
        try {
            return action.get();
        } finally {
            visit.close();
        }
    }

    @Override
    public void close() {
        Shell.attempt("ip", "netns", "del", name);
    }
}

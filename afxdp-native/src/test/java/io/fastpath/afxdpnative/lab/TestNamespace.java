package io.fastpath.afxdpnative.lab;

import io.fastpath.afxdpnative.sys.InterfaceName;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network namespace of a test's own, which the calling thread lives in until {@link #close()}: sockets it opens and
 * interfaces it names are those of the namespace.
 */
public final class TestNamespace implements AutoCloseable {
    private static final AtomicInteger NUMBER = new AtomicInteger();

    private final String name = "fptx" + ProcessHandle.current().pid() + 'n' + NUMBER.incrementAndGet();
    private final int homeFd = open("/proc/thread-self/ns/net");

    private TestNamespace() {}

    public static TestNamespace enter() {
        final TestNamespace namespace = new TestNamespace();
        Command.run("ip netns add " + namespace.name);
        final int fd = open("/var/run/netns/" + namespace.name);
        try {
            Libc.check(Libc.setns(fd, Libc.CLONE_NEWNET), "setns", "these tests need root");
        } finally {
            Libc.close(fd);
        }
        return namespace;
    }

    /** Make a pair of interfaces, both in this namespace and up, without IPv6's own chatter. */
    public void addVeth(final String left, final String right, final int queueCount) {
        final String queues = " numrxqueues " + queueCount + " numtxqueues " + queueCount;
        ip("link add " + left + queues + " type veth peer name " + right + queues);
        for (final String end : new String[] {left, right}) {
            ip("link set dev " + end + " addrgenmode none");
            ip("link set dev " + end + " up");
        }
    }

    /** Run {@code ip} with these words in this namespace. */
    public String ip(final String words) {
        return Command.run("ip -n " + name + ' ' + words);
    }

    public String name() {
        return name;
    }

    public static int ifindex(final String interfaceName) {
        return InterfaceName.toIndex(interfaceName);
    }

    @Override
    public void close() {
        Libc.check(Libc.setns(homeFd, Libc.CLONE_NEWNET), "setns(home)", "");
        Libc.close(homeFd);
        Command.run("ip netns del " + name);
    }

    private static int open(final String path) {
        try (NativeMemory text = NativeMemory.ofCString(path)) {
            return (int)
                    Libc.check(Libc.open(text.address(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0), "open(" + path + ')', "");
        }
    }
}

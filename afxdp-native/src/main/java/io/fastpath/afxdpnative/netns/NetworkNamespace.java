package io.fastpath.afxdpnative.netns;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;

/**
 * A visit of the calling thread to a named network namespace ({@code ip netns}). Sockets that the thread opens during the
 * visit belong to that namespace for good; other threads stay where they are, and a thread started during the visit is
 * born in it. Visits nest. {@code /sys} and {@code /proc/net} keep showing what was mounted, not the namespace visited.
 *
 * <p>Needs CAP_SYS_ADMIN. The thread must be a platform thread, and the one that entered must close. Source: {@code
 * setns(2)}, {@code network_namespaces(7)}, {@code ip-netns(8)}.
 */
public final class NetworkNamespace implements AutoCloseable {
    private static final String NAMED_FOLDER = "/run/netns/";
    private static final String OWN = "/proc/thread-self/ns/net";

    private final String name;
    private final Thread visitor;
    private int homeFd;

    private NetworkNamespace(final String name, final int homeFd) {
        this.name = name;
        this.homeFd = homeFd;
        visitor = Thread.currentThread();
    }

    /**
     * Move the calling thread into a namespace until {@link #close()}.
     *
     * @param name as {@code ip netns list} shows it.
     * @return the visit; the calling thread closes it.
     * @throws IllegalArgumentException if {@code name} can't be a name.
     * @throws NativeException if there is no such namespace, or the thread may not enter it; the thread has not moved.
     */
    public static NetworkNamespace enter(final String name) {
        if (name.isEmpty() || name.startsWith(".") || name.indexOf('/') >= 0 || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a network namespace's name: \"" + name + '"');
        }
        final int homeFd = open(OWN, "");
        final NetworkNamespace visit = new NetworkNamespace(name, homeFd);
        try {
            final int fd = open(NAMED_FOLDER + name, "see `ip netns list` for those that exist");
            try {
                Libc.check(
                        Libc.setns(fd, Libc.CLONE_NEWNET),
                        "setns(" + NAMED_FOLDER + name + ")",
                        "needs root or CAP_SYS_ADMIN");
            } finally {
                Libc.close(fd);
            }
        } catch (final RuntimeException ex) {
            Libc.close(homeFd);
            throw ex;
        }
        return visit;
    }

    /** {@return the name of the namespace visited} */
    public String name() {
        return name;
    }

    /**
     * Return to the namespace that the thread came from. Closing twice is harmless.
     *
     * @throws IllegalStateException if another thread closes.
     * @throws NativeException if the way back is barred; the thread must end then.
     */
    @Override
    public void close() {
        if (homeFd < 0) {
            return;
        }
        if (Thread.currentThread() != visitor) {
            throw new IllegalStateException("network namespace " + name + " was entered by " + visitor);
        }
        try {
            Libc.check(
                    Libc.setns(homeFd, Libc.CLONE_NEWNET),
                    "setns(back from " + name + ")",
                    "thread " + visitor + " is in the wrong network namespace and must end");
        } finally {
            Libc.close(homeFd);
            homeFd = -1;
        }
    }

    private static int open(final String path, final String advice) {
        try (NativeMemory text = NativeMemory.ofCString(path)) {
            return (int) Libc.check(
                    Libc.open(text.address(), Libc.O_RDONLY | Libc.O_CLOEXEC, 0), "open(" + path + ")", advice);
        }
    }
}

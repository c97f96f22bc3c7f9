package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.sys.MemoryLock;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.SystemCalls;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.afxdpnative.umem.Umem;
import java.util.ArrayList;
import java.util.List;

/**
 * AF_XDP sockets of several (interface, queue) pairs over one UMEM, opened all or none.
 *
 * <p>Each has its own fill and completion ring (Linux 5.10). All are zero-copy or all are copy, because the kernel
 * ties the mode to the UMEM. {@link #open} and {@link #close()} by one thread, in the network namespace of the interfaces.
 */
public final class XskGroup implements AutoCloseable {
    private final List<XskSocket> sockets;
    private final String downgrade;
    private final Unwinder resources;

    private XskGroup(final List<XskSocket> sockets, final String downgrade, final Unwinder resources) {
        this.sockets = List.copyOf(sockets);
        this.downgrade = downgrade;
        this.resources = resources;
    }

    /**
     * Open and bind the sockets.
     *
     * @param umem that they share; closed after this group.
     * @param configs one per socket, each for another queue.
     * @param mode for all of them.
     * @return the open sockets; the caller closes the group.
     * @throws NativeException naming the failed call, its arguments and what to do; nothing stays open.
     * @throws IllegalArgumentException if a queue is named twice, or none at all.
     */
    public static XskGroup open(final Umem umem, final List<XskConfig> configs, final BindMode mode) {
        MemoryLock.raise(); // the kernel locks the UMEM
        return open(SystemCalls.LINUX, umem, configs, mode);
    }

    static XskGroup open(final SystemCalls calls, final Umem umem, final List<XskConfig> configs, final BindMode mode) {
        checkQueues(configs);
        if (mode != BindMode.AUTO) {
            return openAll(calls, umem, configs, mode, "");
        }
        try {
            return openAll(calls, umem, configs, BindMode.ZEROCOPY, "");
        } catch (final NativeException zeroCopyFailure) {
            try {
                return openAll(
                        calls,
                        umem,
                        configs,
                        BindMode.COPY,
                        "copy instead of zero-copy: " + zeroCopyFailure.getMessage());
            } catch (final NativeException copyFailure) {
                copyFailure.addSuppressed(zeroCopyFailure);
                throw copyFailure;
            }
        }
    }

    /** {@return the sockets, in the order of their configurations} */
    public List<XskSocket> sockets() {
        return sockets;
    }

    /** {@return whether packets move without a copy} */
    public boolean isZeroCopy() {
        return sockets.get(0).isZeroCopy();
    }

    /** {@return in which way the sockets are less than {@link BindMode#AUTO} hoped for, and why; empty if they aren't} */
    public String downgrade() {
        return downgrade;
    }

    /**
     * Close all sockets, the last one first. Detach XDP before; harmless if closed already. The kernel frees the queues a
     * moment later, for which {@link #open} waits up to two seconds.
     */
    @Override
    public void close() {
        resources.close();
    }

    private static XskGroup openAll(
            final SystemCalls calls,
            final Umem umem,
            final List<XskConfig> configs,
            final BindMode mode,
            final String downgrade) {
        final List<XskSocket> sockets = new ArrayList<>();
        try (Unwinder undo = new Unwinder()) {
            for (final XskConfig config : configs) {
                final XskSocket socket = sockets.isEmpty()
                        ? XskSetup.openFirst(calls, umem, config, mode)
                        : XskSetup.openShared(calls, umem, config, sockets.get(0));
                undo.add(socket::close);
                sockets.add(socket);
            }
            return new XskGroup(sockets, downgrade, undo.handOver());
        }
    }

    private static void checkQueues(final List<XskConfig> configs) {
        if (configs.isEmpty()) {
            throw new IllegalArgumentException("a group needs at least one queue");
        }
        for (int i = 0; i < configs.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (configs.get(i).isSameQueue(configs.get(j))) {
                    throw new IllegalArgumentException(configs.get(i).queueName() + " is named twice");
                }
            }
        }
    }
}

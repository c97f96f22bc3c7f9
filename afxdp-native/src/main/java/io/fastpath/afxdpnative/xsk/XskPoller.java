package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import io.fastpath.afxdpnative.sys.SystemCalls;
import java.util.List;

/**
 * Lets an idle thread sleep until one of its sockets has received a packet (poll(2)).
 *
 * <p>A poll also wakes the kernel's transmit and receive paths where the rings ask for it. Owned by one thread; allocates
 * nothing after construction.
 */
public final class XskPoller implements AutoCloseable {
    /** {@code struct pollfd}: int fd, short events, short revents. */
    private static final int POLLFD_LENGTH = 8;

    private static final int EVENTS_OFFSET = 4;
    private static final int ANSWER_OFFSET = 6;

    private final SystemCalls calls;
    private final NativeMemory pollfds;
    private final int count;

    /**
     * Wait for these sockets.
     *
     * @param sockets open for as long as this poller is used.
     */
    public XskPoller(final List<XskSocket> sockets) {
        this(SystemCalls.LINUX, sockets);
    }

    XskPoller(final SystemCalls calls, final List<XskSocket> sockets) {
        this.calls = calls;
        count = sockets.size();
        pollfds = NativeMemory.allocate(count * POLLFD_LENGTH);
        for (int i = 0; i < count; i++) {
            pollfds.buffer().putInt(i * POLLFD_LENGTH, sockets.get(i).fd());
            pollfds.buffer().putShort(i * POLLFD_LENGTH + EVENTS_OFFSET, Libc.POLLIN);
        }
    }

    /**
     * Sleep until a packet is there or time is up. A signal ends the sleep early.
     *
     * @param timeoutMs in milliseconds; 0 only looks, -1 waits without end.
     * @return how many sockets have packets, or have failed.
     */
    public int poll(final int timeoutMs) {
        final int result = calls.poll(pollfds.address(), count, timeoutMs);
        if (result == -Errno.EINTR.number()) {
            return 0;
        }
        if (result < 0) {
            throw new NativeException("poll(" + count + " AF_XDP sockets)", -result, "");
        }
        return result;
    }

    /**
     * {@return whether a socket had packets at the last poll}
     *
     * @param socketIndex in the order given at construction.
     */
    public boolean isReadable(final int socketIndex) {
        return (pollfds.buffer().getShort(socketIndex * POLLFD_LENGTH + ANSWER_OFFSET) & Libc.POLLIN) != 0;
    }

    @Override
    public void close() {
        pollfds.close();
    }
}

package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.sys.Errno;

/** What a wake-up call of an AF_XDP socket answered. None of these is an error of the program; {@code net/xdp/xsk.c}. */
public enum Wake {
    /** The kernel has looked at the ring. In zero-copy mode sending goes on after the call. */
    DONE(0),
    /** Copy mode: the kernel's bounded batch is used up, or it lacked memory; entries remain, so wake it again. */
    AGAIN(Errno.EAGAIN.number()),
    /** Copy mode: the driver dropped a packet; its frame comes back as if it had been sent. Wake it again for the rest. */
    BUSY(Errno.EBUSY.number()),
    /** No memory for a packet just now; entries remain, so wake it again later. */
    NO_BUFFERS(Errno.ENOBUFS.number()),
    /** The interface is down; entries remain. */
    NETWORK_DOWN(Errno.ENETDOWN.number()),
    /** The interface is gone, and with it the binding: this socket will never carry a packet again. */
    UNBOUND(Errno.ENXIO.number());

    private static final Wake[] VALUES = values();

    private final int errno;

    Wake(final int errno) {
        this.errno = errno;
    }

    /**
     * {@return what a system call's answer means, {@code null} if it is none of these}
     *
     * @param answer 0 or more, or {@code -errno}.
     */
    static Wake of(final long answer) {
        if (answer >= 0) {
            return DONE;
        }
        if (answer == -Errno.EINTR.number()) {
            return AGAIN;
        }
        for (final Wake candidate : VALUES) {
            if (answer == -candidate.errno) {
                return candidate;
            }
        }
        return null;
    }
}

package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.SystemCalls;
import io.fastpath.afxdpnative.sys.Unwinder;

/**
 * An AF_XDP socket bound to one queue of one interface: four rings, and calls to wake the kernel.
 *
 * <p>Opened and closed by its {@link XskGroup}; in between owned by one thread. The wake-up calls allocate nothing and
 * answer what is normal under load as a {@link Wake}; they cost near half a microsecond, so make them once per batch, and only if
 * the ring {@code needsWakeup()}.
 */
public final class XskSocket {
    private final SystemCalls calls;
    private final int fd;
    private final XskConfig config;
    private final XskRings rings;
    private final XskStatistics statistics;
    private final boolean isZeroCopy;
    private final Unwinder resources;

    XskSocket(
            final SystemCalls calls,
            final int fd,
            final XskConfig config,
            final XskRings rings,
            final XskStatistics statistics,
            final boolean isZeroCopy,
            final Unwinder resources) {
        this.calls = calls;
        this.fd = fd;
        this.config = config;
        this.rings = rings;
        this.statistics = statistics;
        this.isZeroCopy = isZeroCopy;
        this.resources = resources;
    }

    /** {@return the ring that hands free frames to the kernel} */
    public FillRing fill() {
        return rings.fill();
    }

    /** {@return the ring that brings received packets} */
    public RxRing rx() {
        return rings.rx();
    }

    /** {@return the ring that hands packets to be sent to the kernel} */
    public TxRing tx() {
        return rings.tx();
    }

    /** {@return the ring that brings back frames of sent packets} */
    public CompletionRing completion() {
        return rings.completion();
    }

    /**
     * Wake the kernel's transmit path. In copy mode this is what sends: a bounded batch per call (32 packets), then
     * {@link Wake#AGAIN}; an invalid entry ends the batch early, yet the answer is {@link Wake#DONE}. So wake again in each duty
     * cycle that finds entries pending.
     *
     * @return how it went.
     * @throws NativeException for an error that no {@link Wake} names: the socket is closed or the program is wrong.
     */
    public Wake wakeTx() {
        return wake(calls.wakeTx(fd), "sendto");
    }

    /**
     * Wake the kernel's receive path, so that it looks at the fill ring.
     *
     * @return how it went.
     * @throws NativeException for an error that no {@link Wake} names: the socket is closed or the program is wrong.
     */
    public Wake wakeRx() {
        return wake(calls.wakeRx(fd), "recvfrom");
    }

    /** {@return the kernel's counts of this socket; refresh them before reading} */
    public XskStatistics statistics() {
        return statistics;
    }

    /** {@return whether the kernel moves packets without a copy ({@code XDP_OPTIONS_ZEROCOPY})} */
    public boolean isZeroCopy() {
        return isZeroCopy;
    }

    /** {@return what the socket was opened for} */
    public XskConfig config() {
        return config;
    }

    /** {@return the descriptor, for an XSKMAP or poll(2)} */
    public int fd() {
        return fd;
    }

    /** Undo the set-up in reverse; detach XDP first. The rings' memory is gone after this: touching a ring is fatal. */
    void close() {
        resources.close();
    }

    private Wake wake(final long answer, final String call) {
        final Wake wake = Wake.of(answer);
        if (wake == null) {
            throw new NativeException(call + '(' + config.queueName() + ", wake-up)", (int) -answer, "");
        }
        return wake;
    }
}

package io.fastpath.afxdpnative.xsk;

import static io.fastpath.afxdpnative.xsk.XdpSocketOption.SOL_XDP;
import static io.fastpath.afxdpnative.xsk.XdpSocketOption.STATISTICS_LENGTH;
import static io.fastpath.afxdpnative.xsk.XdpSocketOption.XDP_STATISTICS;

import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import io.fastpath.afxdpnative.sys.SystemCalls;

/**
 * What the kernel counted for one socket ({@code XDP_STATISTICS}): the only trace of a packet lost at a ring.
 *
 * <p>A view of the last {@link #refresh()}, which is one system call and allocates nothing. Counts run from the opening
 * of the socket. Owned by the socket's thread.
 */
public final class XskStatistics {
    private final SystemCalls calls;
    private final int fd;
    private final NativeMemory counts;
    private final NativeMemory lengthPointer;

    XskStatistics(final SystemCalls calls, final int fd, final NativeMemory counts, final NativeMemory lengthPointer) {
        this.calls = calls;
        this.fd = fd;
        this.counts = counts;
        this.lengthPointer = lengthPointer;
    }

    /**
     * Read the counts from the kernel.
     *
     * @return this.
     * @throws NativeException if the socket is closed (EBADF).
     */
    public XskStatistics refresh() {
        lengthPointer.buffer().putInt(0, STATISTICS_LENGTH);
        final int result = calls.getsockopt(fd, SOL_XDP, XDP_STATISTICS, counts.address(), lengthPointer.address());
        if (result < 0) {
            throw new NativeException("getsockopt(fd=" + fd + ", XDP_STATISTICS)", -result, "");
        }
        return this;
    }

    /** {@return packets dropped for reasons that no other count names, for example too long for a frame} */
    public long rxDropped() {
        return count(0);
    }

    /** {@return fill entries that named no valid frame} */
    public long rxInvalidDescriptors() {
        return count(1);
    }

    /** {@return tx entries that named no valid piece of a frame; whether they are completed depends on the kernel's version} */
    public long txInvalidDescriptors() {
        return count(2);
    }

    /** {@return packets dropped because the rx ring was full} */
    public long rxRingFull() {
        return count(3);
    }

    /** {@return times the kernel found no frame in the fill ring; in copy mode each is a packet lost} */
    public long rxFillRingEmpty() {
        return count(4);
    }

    /** {@return times the kernel was ready to send and found the tx ring empty; harmless} */
    public long txRingEmpty() {
        return count(5);
    }

    private long count(final int index) {
        return counts.buffer().getLong(index * Long.BYTES);
    }
}

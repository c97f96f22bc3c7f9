package io.fastpath.afxdpnative.xsk;

import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.ADDRESS_ENTRY_LENGTH;
import static io.fastpath.afxdpnative.ring.XdpRingDescriptor.PACKET_ENTRY_LENGTH;
import static io.fastpath.afxdpnative.xsk.XdpSocketOption.AF_XDP;
import static io.fastpath.afxdpnative.xsk.XdpSocketOption.SOL_XDP;

import io.fastpath.afxdpnative.ring.CompletionRing;
import io.fastpath.afxdpnative.ring.FillRing;
import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.ring.RxRing;
import io.fastpath.afxdpnative.ring.TxRing;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import io.fastpath.afxdpnative.sys.SystemCalls;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.afxdpnative.umem.Umem;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * The steps from nothing to a bound socket, in the order in which the kernel wants them. Each step notes how it is
 * undone before the next one begins, so that a failure anywhere leaves nothing behind.
 */
final class XskSetup {
    /** How long a queue may stay taken after its socket was closed; on an idle machine it is some milliseconds. */
    private static final long QUEUE_FREED_LIMIT_NS = TimeUnit.SECONDS.toNanos(2);

    private static final long QUEUE_RETRY_NS = TimeUnit.MILLISECONDS.toNanos(5);

    /** Packets that one send call may take from the tx ring in copy mode. */
    private static final int SEND_BUDGET = 256;

    private final SystemCalls calls;
    private final Umem umem;
    private final XskConfig config;
    private final Unwinder undo;
    private int fd;

    private XskSetup(final SystemCalls calls, final Umem umem, final XskConfig config, final Unwinder undo) {
        this.calls = calls;
        this.umem = umem;
        this.config = config;
        this.undo = undo;
    }

    /** Open a socket that registers the UMEM, and bind it in copy or zero-copy mode. */
    static XskSocket openFirst(final SystemCalls calls, final Umem umem, final XskConfig config, final BindMode mode) {
        final int modeFlag = mode == BindMode.ZEROCOPY ? XdpSocketOption.XDP_ZEROCOPY : XdpSocketOption.XDP_COPY;
        try (Unwinder undo = new Unwinder()) {
            final XskSetup setup = new XskSetup(calls, umem, config, undo);
            setup.openSocket();
            setup.registerUmem();
            return setup.finish(modeFlag | XdpSocketOption.XDP_USE_NEED_WAKEUP, 0);
        }
    }

    /** Open a socket on the UMEM that another one has registered; it inherits that one's mode and wake-up rule. */
    static XskSocket openShared(
            final SystemCalls calls, final Umem umem, final XskConfig config, final XskSocket first) {
        try (Unwinder undo = new Unwinder()) {
            final XskSetup setup = new XskSetup(calls, umem, config, undo);
            setup.openSocket();
            return setup.finish(XdpSocketOption.XDP_SHARED_UMEM, first.fd());
        }
    }

    private XskSocket finish(final int bindFlags, final int sharedFd) {
        final RingSizes sizes = config.sizes();
        makeRing(XdpSocketOption.XDP_UMEM_FILL_RING, "XDP_UMEM_FILL_RING", sizes.fillCount());
        makeRing(XdpSocketOption.XDP_UMEM_COMPLETION_RING, "XDP_UMEM_COMPLETION_RING", sizes.completionCount());
        makeRing(XdpSocketOption.XDP_RX_RING, "XDP_RX_RING", sizes.rxCount());
        makeRing(XdpSocketOption.XDP_TX_RING, "XDP_TX_RING", sizes.txCount());
        final XskRings rings = mapRings();
        bind(bindFlags, sharedFd);
        final boolean isZeroCopy = readZeroCopy();
        raiseSendBudget();
        final NativeMemory counts = NativeMemory.allocate(XdpSocketOption.STATISTICS_LENGTH);
        undo.add(counts::close);
        final NativeMemory lengthPointer = NativeMemory.allocate(Integer.BYTES);
        undo.add(lengthPointer::close);
        final XskStatistics statistics = new XskStatistics(calls, fd, counts, lengthPointer);
        return new XskSocket(calls, fd, config, rings, statistics, isZeroCopy, undo.handOver());
    }

    private void openSocket() {
        fd = calls.socket(AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        check(fd, "socket(AF_XDP)", XskAdvice.forSocket(-fd));
        undo.add(() -> calls.close(fd));
    }

    private void registerUmem() {
        try (NativeMemory registration = NativeMemory.allocate(XdpSocketOption.UMEM_REG_LENGTH)) {
            registration.buffer().putLong(XdpSocketOption.UMEM_REG_ADDRESS_OFFSET, umem.address());
            registration
                    .buffer()
                    .putLong(XdpSocketOption.UMEM_REG_SPAN_OFFSET, umem.layout().length());
            registration
                    .buffer()
                    .putInt(XdpSocketOption.UMEM_REG_CHUNK_OFFSET, umem.layout().frameLength());
            registration
                    .buffer()
                    .putInt(
                            XdpSocketOption.UMEM_REG_HEADROOM_OFFSET,
                            umem.layout().headroomLength());
            final int result = calls.setsockopt(
                    fd, SOL_XDP, XdpSocketOption.XDP_UMEM_REG, registration.address(), registration.length());
            check(
                    result,
                    "setsockopt(XDP_UMEM_REG, " + umem.layout().frameCount() + " frames of "
                            + umem.layout().frameLength() + ", headroom "
                            + umem.layout().headroomLength() + ')',
                    XskAdvice.forUmem(-result));
        }
    }

    private void makeRing(final int option, final String optionName, final int entryCount) {
        try (NativeMemory value = NativeMemory.allocate(Integer.BYTES)) {
            value.buffer().putInt(0, entryCount);
            final int result = calls.setsockopt(fd, SOL_XDP, option, value.address(), value.length());
            check(
                    result,
                    "setsockopt(" + config.queueName() + ", " + optionName + ", " + entryCount + ')',
                    "use shorter rings if memory is scarce");
        }
    }

    private XskRings mapRings() {
        final RingSizes sizes = config.sizes();
        try (RingMapper mapper = new RingMapper(calls, fd, config.queueName())) {
            mapper.readOffsets();
            final FillRing fill = new FillRing(mapper.map(
                    "fill",
                    XdpSocketOption.MMAP_FILL_OFFSET,
                    XdpSocketOption.XDP_UMEM_PGOFF_FILL_RING,
                    sizes.fillCount(),
                    ADDRESS_ENTRY_LENGTH,
                    undo));
            final CompletionRing completion = new CompletionRing(mapper.map(
                    "completion",
                    XdpSocketOption.MMAP_COMPLETION_OFFSET,
                    XdpSocketOption.XDP_UMEM_PGOFF_COMPLETION_RING,
                    sizes.completionCount(),
                    ADDRESS_ENTRY_LENGTH,
                    undo));
            final RxRing rx = new RxRing(mapper.map(
                    "rx",
                    XdpSocketOption.MMAP_RX_OFFSET,
                    XdpSocketOption.XDP_PGOFF_RX_RING,
                    sizes.rxCount(),
                    PACKET_ENTRY_LENGTH,
                    undo));
            final TxRing tx = new TxRing(mapper.map(
                    "tx",
                    XdpSocketOption.MMAP_TX_OFFSET,
                    XdpSocketOption.XDP_PGOFF_TX_RING,
                    sizes.txCount(),
                    PACKET_ENTRY_LENGTH,
                    undo));
            return new XskRings(fill, rx, tx, completion);
        }
    }

    private void bind(final int flags, final int sharedFd) {
        try (NativeMemory address = NativeMemory.allocate(XdpSocketOption.SOCKADDR_LENGTH)) {
            address.buffer().putShort(XdpSocketOption.SOCKADDR_FAMILY_OFFSET, (short) AF_XDP);
            address.buffer().putShort(XdpSocketOption.SOCKADDR_FLAGS_OFFSET, (short) flags);
            address.buffer().putInt(XdpSocketOption.SOCKADDR_IFINDEX_OFFSET, config.ifindex());
            address.buffer().putInt(XdpSocketOption.SOCKADDR_QUEUE_OFFSET, config.queueIndex());
            address.buffer().putInt(XdpSocketOption.SOCKADDR_SHARED_FD_OFFSET, sharedFd);
            final int result = bindPatiently(address);
            check(
                    result,
                    "bind(AF_XDP, " + config.queueName() + ", " + XskAdvice.flagNames(flags) + ')',
                    XskAdvice.forBind(-result, flags, config.queueName()));
        }
    }

    /** The kernel frees the queue of a closed socket a moment after close(2), so a taken queue is asked for again. */
    private int bindPatiently(final NativeMemory address) {
        final long startNs = System.nanoTime();
        int result;
        do {
            result = calls.bind(fd, address.address(), address.length());
        } while (result == -Errno.EBUSY.number() && waitedFor(startNs));
        return result;
    }

    private static boolean waitedFor(final long startNs) {
        LockSupport.parkNanos(QUEUE_RETRY_NS);
        return System.nanoTime() - startNs < QUEUE_FREED_LIMIT_NS
                && !Thread.currentThread().isInterrupted();
    }

    /** A kernel before 6.17 does not know the option and sends 32 per call, which only costs more calls. */
    private void raiseSendBudget() {
        try (NativeMemory value = NativeMemory.allocate(Integer.BYTES)) {
            value.buffer().putInt(0, Math.min(SEND_BUDGET, config.sizes().txCount()));
            calls.setsockopt(fd, SOL_XDP, XdpSocketOption.XDP_MAX_TX_SKB_BUDGET, value.address(), value.length());
        }
    }

    private boolean readZeroCopy() {
        try (NativeMemory options = NativeMemory.allocate(Integer.BYTES);
                NativeMemory lengthPointer = NativeMemory.allocate(Integer.BYTES)) {
            lengthPointer.buffer().putInt(0, options.length());
            final int result = calls.getsockopt(
                    fd, SOL_XDP, XdpSocketOption.XDP_OPTIONS, options.address(), lengthPointer.address());
            check(result, "getsockopt(" + config.queueName() + ", XDP_OPTIONS)", "fastpath needs Linux 5.10 or newer");
            return (options.buffer().getInt(0) & XdpSocketOption.XDP_OPTIONS_ZEROCOPY) != 0;
        }
    }

    private static void check(final int result, final String call, final String advice) {
        if (result < 0) {
            throw new NativeException(call, -result, advice);
        }
    }
}

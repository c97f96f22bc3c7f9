package io.fastpath.afxdpnative.umem;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.SystemCalls;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Packet memory, zeroed and faulted in, to be registered with AF_XDP sockets.
 *
 * <p>Made and closed by one thread; in between, each frame belongs to whoever holds it (see the package). Offsets, in
 * descriptors as in buffers, are bytes from the start of this memory. Close it after all sockets that use it.
 */
public final class Umem implements AutoCloseable {
    /** The default huge page of x86-64 and arm64; a mapping of huge pages must be a multiple of it. */
    private static final long HUGE_PAGE_LENGTH = 2L << 20;

    private static final int PROTECTION = Libc.PROT_READ | Libc.PROT_WRITE;
    private static final int FLAGS = Libc.MAP_PRIVATE | Libc.MAP_ANONYMOUS;

    private final SystemCalls calls;
    private final UmemLayout layout;
    private final String downgrade;
    private final long mappedLength;
    private final UnsafeBuffer buffer;
    private long address;

    private Umem(
            final SystemCalls calls,
            final UmemLayout layout,
            final long address,
            final long mappedLength,
            final String downgrade) {
        this.calls = calls;
        this.layout = layout;
        this.address = address;
        this.mappedLength = mappedLength;
        this.downgrade = downgrade;
        buffer = new UnsafeBuffer(address, layout.length());
    }

    /**
     * Map packet memory.
     *
     * @param layout how much, and of which pages.
     * @return the memory; the caller closes it.
     * @throws NativeException with ENOMEM if there is not enough of it.
     */
    public static Umem map(final UmemLayout layout) {
        return map(SystemCalls.LINUX, layout);
    }

    /**
     * Map packet memory through given system calls.
     *
     * @param calls to use, for tests.
     * @param layout how much, and of which pages.
     * @return the memory; the caller closes it.
     * @throws NativeException with ENOMEM if there is not enough of it.
     */
    public static Umem map(final SystemCalls calls, final UmemLayout layout) {
        String downgrade = "";
        if (layout.hugePages() != HugePages.NONE) {
            final long hugeLength = layout.length() + HUGE_PAGE_LENGTH - 1 & -HUGE_PAGE_LENGTH;
            final long address =
                    calls.mmap(hugeLength, PROTECTION, FLAGS | Libc.MAP_POPULATE | Libc.MAP_HUGETLB, -1, 0);
            if (!SystemCalls.isError(address)) {
                return new Umem(calls, layout, address, hugeLength, "");
            }
            final NativeException failure = new NativeException(
                    "mmap(UMEM, " + hugeLength + " bytes, MAP_HUGETLB)",
                    (int) -address,
                    "reserve huge pages: sysctl vm.nr_hugepages=" + hugeLength / HUGE_PAGE_LENGTH
                            + " (or more, if others use them), or don't ask for them");
            if (layout.hugePages() == HugePages.REQUIRED) {
                throw failure;
            }
            downgrade = "ordinary pages instead of huge ones: " + failure.getMessage();
        }
        final long address = calls.mmap(layout.length(), PROTECTION, FLAGS, -1, 0);
        if (SystemCalls.isError(address)) {
            throw new NativeException(
                    "mmap(UMEM, " + layout.length() + " bytes)", (int) -address, "use fewer or smaller frames");
        }
        final Umem umem = new Umem(calls, layout, address, layout.length(), downgrade);
        umem.faultIn();
        return umem;
    }

    /**
     * In transparent huge pages, where the kernel has them: fewer TLB misses, and when the process dies the kernel unpins
     * its packet memory in no time instead of for some milliseconds in which that CPU does nothing else.
     */
    private void faultIn() {
        calls.madvise(
                address, mappedLength, Libc.MADV_HUGEPAGE); // a kernel without them refuses: ordinary pages do, too
        final int result = calls.madvise(address, mappedLength, Libc.MADV_POPULATE_WRITE);
        if (result < 0) {
            close();
            throw new NativeException(
                    "madvise(UMEM, " + mappedLength + " bytes)", -result, "use fewer or smaller frames");
        }
    }

    /** {@return how the memory is cut up} */
    public UmemLayout layout() {
        return layout;
    }

    /** {@return the address of frame 0; 0 after {@link #close()}} */
    public long address() {
        return address;
    }

    /** {@return one buffer over all frames; its indices are the offsets in descriptors} */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /** {@return in which way the memory is less than what was preferred, and why; empty if it isn't} */
    public String downgrade() {
        return downgrade;
    }

    /**
     * {@return whether a packet lies inside one frame}
     *
     * @param dataOffset of its first byte in bytes from the UMEM's start.
     * @param length in bytes.
     */
    public boolean holds(final long dataOffset, final int length) {
        final int frameLength = layout.frameLength();
        return dataOffset >= 0
                && dataOffset < buffer.capacity()
                && length >= 0
                && (dataOffset & frameLength - 1) + length <= frameLength;
    }

    @Override
    public void close() {
        if (address != 0) {
            buffer.wrap(0, 0);
            final int result = calls.munmap(address, mappedLength);
            address = 0;
            if (result < 0) {
                throw new NativeException("munmap(UMEM, " + mappedLength + " bytes)", -result, "");
            }
        }
    }
}

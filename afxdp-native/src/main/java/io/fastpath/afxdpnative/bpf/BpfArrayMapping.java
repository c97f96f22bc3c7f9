package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * The memory of a BPF array, shared with the eBPF programs that use it: a store here is a store there.
 *
 * <pre>
 *   address                      + stride             + 2 * stride
 *   +------------------+---------+------------------+---------+--- ...
 *   | value of index 0 | padding | value of index 1 | padding |
 *   +------------------+---------+------------------+---------+--- ...
 * </pre>
 *
 * <p>The stride is the value's length rounded up to 8 bytes ({@code kernel/bpf/arraymap.c}). The mapping may exceed 2
 * GiB. Any thread may use the memory, by the ordering rules of what is laid out in it; {@link #close()} must come after
 * the last access, or the process dies of SIGSEGV.
 */
public final class BpfArrayMapping implements AutoCloseable {
    private final int strideLength;
    private final long length;
    private long address;

    private BpfArrayMapping(final long address, final long length, final int strideLength) {
        this.address = address;
        this.length = length;
        this.strideLength = strideLength;
    }

    static BpfArrayMapping of(final int fd, final BpfMapInfo info) {
        if (info.type() != BpfMap.TYPE_ARRAY || (info.flags() & BpfMap.FLAG_MMAPABLE) == 0) {
            throw new IllegalStateException("map " + info.name() + " is not an array with BPF_F_MMAPABLE");
        }
        final int strideLength = info.valueLength() + 7 & ~7;
        final long length = Integer.toUnsignedLong(info.maxEntries()) * strideLength;
        final long address = Libc.mmap(0, length, Libc.PROT_READ | Libc.PROT_WRITE, Libc.MAP_SHARED, fd, 0);
        if (address == Libc.MAP_FAILED) {
            final int errno = Libc.errno();
            throw new NativeException(
                    "mmap(map " + info.name() + ", " + length + " bytes)",
                    errno,
                    errno == Errno.EPERM.number() ? "the map is frozen, or its pin is read only" : "");
        }
        return new BpfArrayMapping(address, length, strideLength);
    }

    /** {@return where the value of index 0 lies; 0 after {@link #close()}} */
    public long address() {
        return address;
    }

    /** {@return the length of all elements in bytes; may exceed 2 GiB} */
    public long length() {
        return length;
    }

    /** {@return bytes from one element to the next} */
    public int strideLength() {
        return strideLength;
    }

    /**
     * Point a buffer at a part of the memory.
     *
     * @param view to point.
     * @param offset in bytes from the start.
     * @param viewLength in bytes.
     * @throws IndexOutOfBoundsException if the part isn't inside the mapping.
     */
    public void wrap(final UnsafeBuffer view, final long offset, final int viewLength) {
        if (address == 0 || offset < 0 || viewLength < 0 || offset > length - viewLength) {
            throw new IndexOutOfBoundsException(
                    "offset " + offset + ", length " + viewLength + " of a mapping of " + length + " bytes");
        }
        view.wrap(address + offset, viewLength);
    }

    @Override
    public void close() {
        if (address != 0) {
            Libc.check(Libc.munmap(address, length), "munmap(" + length + " bytes)", "");
            address = 0;
        }
    }
}

package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.ring.RingMemory;
import io.fastpath.afxdpnative.ring.XdpRingDescriptor;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import io.fastpath.afxdpnative.sys.SystemCalls;
import io.fastpath.afxdpnative.sys.Unwinder;
import org.agrona.concurrent.UnsafeBuffer;

/** Maps the rings of one socket at the offsets that the kernel tells; each mapping's end is noted in an unwinder. */
final class RingMapper implements AutoCloseable {
    private static final int PROTECTION = Libc.PROT_READ | Libc.PROT_WRITE;
    private static final int FLAGS = Libc.MAP_SHARED | Libc.MAP_POPULATE;

    private final SystemCalls calls;
    private final int fd;
    private final String queueName;
    private final NativeMemory offsets = NativeMemory.allocate(XdpSocketOption.MMAP_OFFSETS_LENGTH);

    RingMapper(final SystemCalls calls, final int fd, final String queueName) {
        this.calls = calls;
        this.fd = fd;
        this.queueName = queueName;
    }

    void readOffsets() {
        try (NativeMemory lengthPointer = NativeMemory.allocate(Integer.BYTES)) {
            lengthPointer.buffer().putInt(0, offsets.length());
            final int result = calls.getsockopt(
                    fd,
                    XdpSocketOption.SOL_XDP,
                    XdpSocketOption.XDP_MMAP_OFFSETS,
                    offsets.address(),
                    lengthPointer.address());
            final boolean isOld = result == 0 && lengthPointer.buffer().getInt(0) != offsets.length();
            if (result < 0 || isOld) {
                throw new NativeException(
                        "getsockopt(" + queueName + ", XDP_MMAP_OFFSETS)",
                        isOld ? Errno.EOPNOTSUPP.number() : -result,
                        "the kernel must know the rings' flags word (5.4); fastpath needs Linux 5.10 or newer");
            }
        }
    }

    RingMemory map(
            final String ringName,
            final int offsetsOffset,
            final long pageOffset,
            final int entryCount,
            final int entryLength,
            final Unwinder undo) {
        final int entriesOffset = offset(offsetsOffset + XdpSocketOption.RING_ENTRIES_OFFSET);
        final int length = XdpRingDescriptor.mappingLength(entriesOffset, entryCount, entryLength);
        final long address = calls.mmap(length, PROTECTION, FLAGS, fd, pageOffset);
        if (SystemCalls.isError(address)) {
            throw new NativeException(
                    "mmap(" + queueName + ' ' + ringName + " ring, " + entryCount + " entries)",
                    (int) -address,
                    "use shorter rings if memory is scarce");
        }
        final UnsafeBuffer buffer = new UnsafeBuffer(address, length);
        undo.add(() -> {
            buffer.wrap(0, 0); // with bounds checks on, a late access throws instead of ending the process
            calls.munmap(address, length);
        });
        return new RingMemory(
                buffer,
                offset(offsetsOffset + XdpSocketOption.RING_PRODUCER_OFFSET),
                offset(offsetsOffset + XdpSocketOption.RING_CONSUMER_OFFSET),
                offset(offsetsOffset + XdpSocketOption.RING_FLAGS_OFFSET),
                entriesOffset,
                entryCount);
    }

    @Override
    public void close() {
        offsets.close();
    }

    private int offset(final int fieldOffset) {
        return Math.toIntExact(offsets.buffer().getLong(fieldOffset));
    }
}

package io.fastpath.afxdpnative.xsk;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.SystemCalls;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/** A kernel made of paper: grants every call until the chosen one, and keeps books on what is open. Needs no root. */
final class FaultySystemCalls implements SystemCalls {
    final Set<Integer> openFds = new TreeSet<>();
    final Map<Long, Long> mappings = new HashMap<>();
    final List<String> journal = new ArrayList<>();

    /** Which set-up call fails, counted from 0; none if negative. */
    int failingCall = -1;

    int errno = Errno.EINVAL.number();
    boolean zeroCopyDriver;

    /** How many calls of bind find the queue taken. */
    int busyBindCount;

    int mmapOffsetsLength = XdpSocketOption.MMAP_OFFSETS_LENGTH;

    private int callCount;
    private int nextFd = 100;
    private boolean isZeroCopy;

    @Override
    public int socket(final int domain, final int type, final int protocol) {
        if (fails("socket")) {
            return -errno;
        }
        openFds.add(nextFd);
        return nextFd++;
    }

    @Override
    public int setsockopt(final int fd, final int level, final int option, final long value, final int valueLength) {
        checkOpen(fd);
        return fails("setsockopt " + option) ? -errno : 0;
    }

    @Override
    public int getsockopt(
            final int fd, final int level, final int option, final long value, final long valueLengthPointer) {
        checkOpen(fd);
        if (fails("getsockopt " + option)) {
            return -errno;
        }
        final UnsafeBuffer length = new UnsafeBuffer(valueLengthPointer, Integer.BYTES);
        final UnsafeBuffer out = new UnsafeBuffer(value, length.getInt(0));
        if (option == XdpSocketOption.XDP_MMAP_OFFSETS) {
            for (int ring = 0; ring < out.capacity(); ring += XdpSocketOption.RING_OFFSET_LENGTH) {
                out.putLong(ring + XdpSocketOption.RING_PRODUCER_OFFSET, 0);
                out.putLong(ring + XdpSocketOption.RING_CONSUMER_OFFSET, 64);
                out.putLong(ring + XdpSocketOption.RING_FLAGS_OFFSET, 128);
                out.putLong(ring + XdpSocketOption.RING_ENTRIES_OFFSET, 192);
            }
            length.putInt(0, mmapOffsetsLength);
        } else if (option == XdpSocketOption.XDP_OPTIONS) {
            out.putInt(0, isZeroCopy ? XdpSocketOption.XDP_OPTIONS_ZEROCOPY : 0);
        }
        return 0;
    }

    @Override
    public int bind(final int fd, final long address, final int addressLength) {
        checkOpen(fd);
        final int flags = new UnsafeBuffer(address, addressLength).getShort(XdpSocketOption.SOCKADDR_FLAGS_OFFSET);
        if (fails("bind " + XskAdvice.flagNames(flags))) {
            return -errno;
        }
        if (busyBindCount-- > 0) {
            return -Errno.EBUSY.number();
        }
        if ((flags & XdpSocketOption.XDP_SHARED_UMEM) == 0) {
            isZeroCopy = (flags & XdpSocketOption.XDP_ZEROCOPY) != 0;
        }
        return isZeroCopy && !zeroCopyDriver ? -Errno.EOPNOTSUPP.number() : 0;
    }

    @Override
    public long mmap(final long length, final int protection, final int flags, final int fd, final long offset) {
        if (fails(fd < 0 ? "mmap UMEM" : "mmap " + Long.toHexString(offset))) {
            return -errno;
        }
        final long address = UnsafeApi.allocateMemory(length);
        UnsafeApi.setMemory(address, length, (byte) 0);
        mappings.put(address, length);
        return address;
    }

    @Override
    public int madvise(final long address, final long length, final int advice) {
        if (!mappings.containsKey(address)) {
            throw new AssertionError("advice on what is not mapped: " + address);
        }
        return fails("madvise " + advice) ? -errno : 0;
    }

    @Override
    public int munmap(final long address, final long length) {
        journal.add("munmap");
        if (!Long.valueOf(length).equals(mappings.remove(address))) {
            throw new AssertionError("munmap of what is not mapped, or of another length: " + address);
        }
        UnsafeApi.freeMemory(address);
        return 0;
    }

    @Override
    public int close(final int fd) {
        journal.add("close " + fd);
        checkOpen(fd);
        openFds.remove(fd);
        return 0;
    }

    @Override
    public long wakeTx(final int fd) {
        return fails("sendto") ? -errno : 0;
    }

    @Override
    public long wakeRx(final int fd) {
        return fails("recvfrom") ? -errno : 0;
    }

    @Override
    public int poll(final long pollfds, final int count, final int timeoutMs) {
        new UnsafeBuffer(pollfds, count * 8).putShort(6, Libc.POLLIN);
        return fails("poll") ? -errno : 1;
    }

    void failNext(final Errno error) {
        failingCall = callCount;
        errno = error.number();
    }

    int callCount() {
        return callCount;
    }

    private boolean fails(final String call) {
        journal.add(call);
        return callCount++ == failingCall;
    }

    private void checkOpen(final int fd) {
        if (!openFds.contains(fd)) {
            throw new AssertionError("descriptor " + fd + " is not open");
        }
    }
}

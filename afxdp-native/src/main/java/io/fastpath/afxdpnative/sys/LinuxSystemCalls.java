package io.fastpath.afxdpnative.sys;

/** {@link SystemCalls} on the C library. */
final class LinuxSystemCalls implements SystemCalls {
    @Override
    public int socket(final int domain, final int type, final int protocol) {
        return result(Libc.socket(domain, type, protocol));
    }

    @Override
    public int setsockopt(final int fd, final int level, final int option, final long value, final int valueLength) {
        return result(Libc.setsockopt(fd, level, option, value, valueLength));
    }

    @Override
    public int getsockopt(
            final int fd, final int level, final int option, final long value, final long valueLengthPointer) {
        return result(Libc.getsockopt(fd, level, option, value, valueLengthPointer));
    }

    @Override
    public int bind(final int fd, final long address, final int addressLength) {
        return result(Libc.bind(fd, address, addressLength));
    }

    @Override
    public long mmap(final long length, final int protection, final int flags, final int fd, final long offset) {
        final long address = Libc.mmap(0, length, protection, flags, fd, offset);
        return address == Libc.MAP_FAILED ? -Libc.errno() : address;
    }

    @Override
    public int madvise(final long address, final long length, final int advice) {
        return Libc.madvise(address, length, advice) < 0 ? -Libc.errno() : 0;
    }

    @Override
    public int munmap(final long address, final long length) {
        return result(Libc.munmap(address, length));
    }

    @Override
    public int close(final int fd) {
        return result(Libc.close(fd));
    }

    @Override
    public long wakeTx(final int fd) {
        return result(Libc.sendto(fd, 0, 0, Libc.MSG_DONTWAIT, 0, 0));
    }

    @Override
    public long wakeRx(final int fd) {
        return result(Libc.recvfrom(fd, 0, 0, Libc.MSG_DONTWAIT, 0, 0));
    }

    @Override
    public int poll(final long pollfds, final int count, final int timeoutMs) {
        return result(Libc.poll(pollfds, count, timeoutMs));
    }

    private static int result(final int answer) {
        return answer < 0 ? -Libc.errno() : answer;
    }

    private static long result(final long answer) {
        return answer < 0 ? -Libc.errno() : answer;
    }
}

package io.fastpath.afxdpnative.sys;

/**
 * The system calls behind AF_XDP sockets, answering as the kernel does: a negative result is {@code -errno}.
 *
 * <p>This is the seam at which a test lets any step of a set-up fail; {@link #LINUX} is the real thing. Pointers and
 * lengths are {@code long}, see {@link Libc}.
 */
public interface SystemCalls {
    /** The kernel. Callable from any thread. */
    SystemCalls LINUX = new LinuxSystemCalls();

    /**
     * {@return whether a pointer-sized answer is {@code -errno} rather than an address}
     *
     * @param answer of {@link #mmap}.
     */
    static boolean isError(final long answer) {
        return answer < 0 && answer >= -Errno.NUMBER_LIMIT;
    }

    /**
     * {@return a new descriptor, or {@code -errno}}
     *
     * @param domain address family.
     * @param type socket type and flags.
     * @param protocol of the family.
     */
    int socket(int domain, int type, int protocol);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param fd the socket.
     * @param level of the option.
     * @param option its number.
     * @param value address of the option's bytes.
     * @param valueLength in bytes.
     */
    int setsockopt(int fd, int level, int option, long value, int valueLength);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param fd the socket.
     * @param level of the option.
     * @param option its number.
     * @param value address to write the option's bytes to.
     * @param valueLengthPointer address of an int32: room at {@code value} in, bytes written out.
     */
    int getsockopt(int fd, int level, int option, long value, long valueLengthPointer);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param fd the socket.
     * @param address of the {@code struct sockaddr}.
     * @param addressLength in bytes.
     */
    int bind(int fd, long address, int addressLength);

    /**
     * {@return the mapping's address, or {@code -errno}}
     *
     * @param length in bytes.
     * @param protection {@code PROT_} bits.
     * @param flags {@code MAP_} bits.
     * @param fd what to map, or -1.
     * @param offset into it in bytes.
     */
    long mmap(long length, int protection, int flags, int fd, long offset);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param address of a page.
     * @param length in bytes.
     * @param advice {@code MADV_}.
     */
    int madvise(long address, long length, int advice);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param address of the mapping.
     * @param length in bytes.
     */
    int munmap(long address, long length);

    /**
     * {@return 0, or {@code -errno}}
     *
     * @param fd to close.
     */
    int close(int fd);

    /**
     * Send nothing, without blocking: wakes the transmit path of an AF_XDP socket.
     *
     * @param fd the socket.
     * @return 0 or more, or {@code -errno}.
     */
    long wakeTx(int fd);

    /**
     * Receive nothing, without blocking: wakes the receive path of an AF_XDP socket.
     *
     * @param fd the socket.
     * @return 0 or more, or {@code -errno}.
     */
    long wakeRx(int fd);

    /**
     * Wait for events.
     *
     * @param pollfds address of {@code struct pollfd}s of 8 bytes.
     * @param count of them.
     * @param timeoutMs in milliseconds, -1 without end.
     * @return how many have events, or {@code -errno}.
     */
    int poll(long pollfds, int count, int timeoutMs);
}

package io.fastpath.afxdpnative.sys;

/**
 * Linux error numbers with the C library's texts: those that AF_XDP, bpf(2), netlink and their set-up calls answer.
 *
 * <p>Source: {@code include/uapi/asm-generic/errno-base.h}, {@code errno.h}; {@link #ENOTSUPP} is internal to the kernel
 * ({@code include/linux/errno.h}), but bpf(2) lets it out. The numbers are those of x86-64 and arm64.
 */
public enum Errno {
    EPERM(1, "Operation not permitted"),
    ENOENT(2, "No such file or directory"),
    ESRCH(3, "No such process"),
    EINTR(4, "Interrupted system call"),
    EIO(5, "Input/output error"),
    ENXIO(6, "No such device or address"),
    E2BIG(7, "Argument list too long"),
    EBADF(9, "Bad file descriptor"),
    EAGAIN(11, "Resource temporarily unavailable"),
    ENOMEM(12, "Cannot allocate memory"),
    EACCES(13, "Permission denied"),
    EFAULT(14, "Bad address"),
    EBUSY(16, "Device or resource busy"),
    EEXIST(17, "File exists"),
    EXDEV(18, "Invalid cross-device link"),
    ENODEV(19, "No such device"),
    ENOTDIR(20, "Not a directory"),
    EISDIR(21, "Is a directory"),
    EINVAL(22, "Invalid argument"),
    ENFILE(23, "Too many open files in system"),
    EMFILE(24, "Too many open files"),
    ENOTTY(25, "Inappropriate ioctl for device"),
    EFBIG(27, "File too large"),
    ENOSPC(28, "No space left on device"),
    EROFS(30, "Read-only file system"),
    EPIPE(32, "Broken pipe"),
    EDOM(33, "Numerical argument out of domain"),
    ERANGE(34, "Numerical result out of range"),
    ENAMETOOLONG(36, "File name too long"),
    ENOSYS(38, "Function not implemented"),
    ENOTEMPTY(39, "Directory not empty"),
    ELOOP(40, "Too many levels of symbolic links"),
    ENODATA(61, "No data available"),
    ENOLINK(67, "Link has been severed"),
    EPROTO(71, "Protocol error"),
    EBADMSG(74, "Bad message"),
    EOVERFLOW(75, "Value too large for defined data type"),
    EBADFD(77, "File descriptor in bad state"),
    EILSEQ(84, "Invalid or incomplete multibyte or wide character"),
    ENOTSOCK(88, "Socket operation on non-socket"),
    EDESTADDRREQ(89, "Destination address required"),
    EMSGSIZE(90, "Message too long"),
    ENOPROTOOPT(92, "Protocol not available"),
    EPROTONOSUPPORT(93, "Protocol not supported"),
    ESOCKTNOSUPPORT(94, "Socket type not supported"),
    EOPNOTSUPP(95, "Operation not supported"),
    EPFNOSUPPORT(96, "Protocol family not supported"),
    EAFNOSUPPORT(97, "Address family not supported by protocol"),
    EADDRINUSE(98, "Address already in use"),
    EADDRNOTAVAIL(99, "Cannot assign requested address"),
    ENETDOWN(100, "Network is down"),
    ENETUNREACH(101, "Network is unreachable"),
    ENOBUFS(105, "No buffer space available"),
    ENOTCONN(107, "Transport endpoint is not connected"),
    ETIMEDOUT(110, "Connection timed out"),
    ECONNREFUSED(111, "Connection refused"),
    EHOSTUNREACH(113, "No route to host"),
    EALREADY(114, "Operation already in progress"),
    EINPROGRESS(115, "Operation now in progress"),
    ESTALE(116, "Stale file handle"),
    ECANCELED(125, "Operation canceled"),
    ENOTSUPP(524, "Operation is not supported by the kernel");

    /** {@code MAX_ERRNO}: a pointer-sized result from -4095 to -1 is an error number, anything else an address. */
    public static final int NUMBER_LIMIT = 4095;

    private final int number;
    private final String text;

    Errno(final int number, final String text) {
        this.number = number;
        this.text = text;
    }

    /** {@return the positive number} */
    public int number() {
        return number;
    }

    /** {@return the C library's sentence} */
    public String text() {
        return text;
    }

    /**
     * {@return the symbolic name of a number, or {@code errno} and the number where it is not listed here}
     *
     * @param number a positive error number.
     */
    public static String name(final int number) {
        final Errno known = find(number);
        return known == null ? "errno " + number : known.name();
    }

    /**
     * {@return name, number and text, for example {@code EBUSY (16, Device or resource busy)}}
     *
     * @param number a positive error number.
     */
    public static String describe(final int number) {
        final Errno known = find(number);
        return known == null ? "errno " + number : known.name() + " (" + number + ", " + known.text + ')';
    }

    private static Errno find(final int number) {
        for (final Errno candidate : values()) {
            if (candidate.number == number) {
                return candidate;
            }
        }
        return null;
    }
}

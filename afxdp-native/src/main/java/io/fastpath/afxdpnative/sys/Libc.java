package io.fastpath.afxdpnative.sys;

import com.sun.jna.Native;

/**
 * The C library's functions that fastpath calls, bound with JNA direct mapping.
 *
 * <p>Arguments are primitives only: {@code long} for pointers, {@code size_t}, {@code off_t} and {@code ssize_t}; {@code
 * int} for {@code int}, {@code socklen_t} and descriptors. Functions answer as in C: a negative result (for {@link
 * #mmap} the value -1, for {@link #if_nametoindex} and {@link #if_indextoname} the value 0) means failure, and {@link
 * #errno()} on the same thread, before any other bound call, tells why. Wrappers turn that into a {@link
 * NativeException} with {@link #check}.
 *
 * <p>Thread rule: as each function in C; {@link #setns} and {@link #sched_setaffinity} act on the calling thread only.
 * See the man page of the same name, section 2 or 3.
 */
public final class Libc {
    /** {@code socket(2)} type: message oriented and raw. */
    public static final int SOCK_RAW = 3;

    /** {@code socket(2)} type: datagrams. */
    public static final int SOCK_DGRAM = 2;

    /** {@code socket(2)} type flag: not inherited by child processes. */
    public static final int SOCK_CLOEXEC = 0x80000;

    /** {@code socket(2)} type flag: calls answer EAGAIN instead of blocking. */
    public static final int SOCK_NONBLOCK = 0x800;

    /** {@code send(2)}, {@code recv(2)} flag: this one call must not block. */
    public static final int MSG_DONTWAIT = 0x40;

    /** {@code open(2)} flag: read only. */
    public static final int O_RDONLY = 0;

    /** {@code open(2)} flag: not inherited by child processes. */
    public static final int O_CLOEXEC = 0x80000;

    /** {@code mmap(2)} protection: readable. */
    public static final int PROT_READ = 1;

    /** {@code mmap(2)} protection: writable. */
    public static final int PROT_WRITE = 2;

    /** {@code mmap(2)} flag: writes are seen by all who map the object. */
    public static final int MAP_SHARED = 0x01;

    /** {@code mmap(2)} flag: private copy. */
    public static final int MAP_PRIVATE = 0x02;

    /** {@code mmap(2)} flag: zeroed memory without a file behind it. */
    public static final int MAP_ANONYMOUS = 0x20;

    /** {@code mmap(2)} flag: fault all pages in now. */
    public static final int MAP_POPULATE = 0x8000;

    /** {@code madvise(2)}: transparent huge pages, where the kernel grants them. */
    public static final int MADV_HUGEPAGE = 14;

    /** {@code madvise(2)}: fault all pages in now, writable; since Linux 5.14. */
    public static final int MADV_POPULATE_WRITE = 23;

    /** {@code mmap(2)} flag: huge pages of the default size from the reserved pool. */
    public static final int MAP_HUGETLB = 0x40000;

    /** What {@link #mmap} answers on failure. */
    public static final long MAP_FAILED = -1L;

    /** {@code setns(2)}, {@code unshare(2)} type: network namespace. */
    public static final int CLONE_NEWNET = 0x40000000;

    /** {@code poll(2)} event: readable. */
    public static final short POLLIN = 0x1;

    /** {@code poll(2)} event: writable. */
    public static final short POLLOUT = 0x4;

    private static final NativeBinding BINDING = NativeBinding.of(
            Libc.class,
            "libc.so.6",
            "fastpath needs Linux with glibc, and a java.io.tmpdir from which JNA may load its stub (not noexec)");

    private Libc() {}

    /**
     * Say clearly if the C library could not be bound; to be called once at start.
     *
     * @throws MissingLibraryException naming what to do.
     */
    public static void require() {
        BINDING.require();
    }

    /** {@return the error number that the last bound function of this thread left behind} */
    public static int errno() {
        return Native.getLastError();
    }

    /**
     * Pass a result on, or throw what the failure means.
     *
     * @param result of a function that answers a negative value on failure.
     * @param call the call with its arguments, for the exception's text.
     * @param advice what the operator can do.
     * @return {@code result}.
     * @throws NativeException if {@code result} is negative.
     */
    public static long check(final long result, final String call, final String advice) {
        if (result < 0) {
            throw new NativeException(call, errno(), advice);
        }
        return result;
    }

    /** socket(2): open a socket of an address family; answers its descriptor. */
    public static native int socket(int domain, int type, int protocol);

    /** bind(2): give a socket its address ({@code struct sockaddr} at {@code address}). */
    public static native int bind(int fd, long address, int addressLength);

    /** connect(2): give a socket its peer. */
    public static native int connect(int fd, long address, int addressLength);

    /** getsockname(2): read a socket's own address; the length (int32) is read and written through its pointer. */
    public static native int getsockname(int fd, long address, long addressLengthPointer);

    /** setsockopt(2): set one option from the bytes at {@code value}. */
    public static native int setsockopt(int fd, int level, int option, long value, int valueLength);

    /** getsockopt(2): read one option; the length (int32) is read and written through its pointer. */
    public static native int getsockopt(int fd, int level, int option, long value, long valueLengthPointer);

    /** sendto(2): send bytes, or with none wake an AF_XDP transmit ring; answers the bytes sent. */
    public static native long sendto(int fd, long buffer, long length, int flags, long address, int addressLength);

    /** recvfrom(2): receive bytes, or with none wake an AF_XDP receive path; answers the bytes received. */
    public static native long recvfrom(
            int fd, long buffer, long length, int flags, long address, long addressLengthPointer);

    /** poll(2): wait for events on {@code count} {@code struct pollfd} of 8 bytes; answers how many have events. */
    public static native int poll(long pollfds, long count, int timeoutMs);

    /** ioctl(2) with one pointer or number as its argument. */
    public static native int ioctl(int fd, long request, long argument);

    /** open(2) of the C string at {@code path}; answers a descriptor. */
    public static native int open(long path, int flags, int mode);

    /** read(2): answers the bytes read, 0 at the end. */
    public static native long read(int fd, long buffer, long length);

    /** write(2): answers the bytes written. */
    public static native long write(int fd, long buffer, long length);

    /** close(2): release a descriptor. */
    public static native int close(int fd);

    /** madvise(2): say how memory will be used. */
    public static native int madvise(long address, long length, int advice);

    /** mmap(2): map memory; answers its address, or {@link #MAP_FAILED}. */
    public static native long mmap(long address, long length, int protection, int flags, int fd, long offset);

    /** munmap(2): remove a mapping. */
    public static native int munmap(long address, long length);

    /** mount(2): all pointers are C strings, {@code data} may be 0. */
    public static native int mount(long source, long target, long type, long flags, long data);

    /** umount2(2) of the C string at {@code target}. */
    public static native int umount2(long target, int flags);

    /** setns(2): move the calling thread into the namespace behind a descriptor. */
    public static native int setns(int fd, int namespaceType);

    /** unshare(2): give the calling thread namespaces of its own. */
    public static native int unshare(int flags);

    /** sched_setaffinity(2): bind a thread (0: the calling one) to the CPUs of a bit mask. */
    public static native int sched_setaffinity(int tid, long maskLength, long mask);

    /** sched_getaffinity(2): read a thread's CPU mask. */
    public static native int sched_getaffinity(int tid, long maskLength, long mask);

    /** getrlimit(2) into {@code struct rlimit}: two uint64, soft then hard. */
    public static native int getrlimit(int resource, long limit);

    /** setrlimit(2) from {@code struct rlimit}: two uint64, soft then hard. */
    public static native int setrlimit(int resource, long limit);

    /** if_nametoindex(3): the index of an interface of the calling thread's network namespace, 0 if there is none. */
    public static native int if_nametoindex(long name);

    /** if_indextoname(3): write the name (16 bytes at most) of an interface, answer 0 if there is none. */
    public static native long if_indextoname(int ifindex, long name);

    /** statfs(2): write {@code struct statfs} (120 bytes on 64-bit Linux); its first long is the file system's magic. */
    public static native int statfs(long path, long statfs);

    /** vasprintf(3): print a format with a {@code va_list} into memory to be freed, whose address goes to the pointer. */
    public static native int vasprintf(long stringPointer, long format, long arguments);

    /** free(3): release what C code allocated for us. */
    public static native void free(long address);

    /** gettid(2): the kernel's id of the calling thread. */
    public static native int gettid();
}

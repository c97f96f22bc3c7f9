package io.fastpath.afxdpnative.sys;

/**
 * The limit on locked memory (RLIMIT_MEMLOCK), against which the kernel counts a UMEM, and before 5.11 also BPF maps.
 *
 * <p>A process with CAP_IPC_LOCK is not bound by it for UMEM, and newer kernels charge BPF memory to the cgroup; so
 * failing to raise it is no failure yet.
 */
public final class MemoryLock {
    private static final int RLIMIT_MEMLOCK = 8;
    private static final int RLIMIT_LENGTH = 16;
    private static final long RLIM_INFINITY = -1L;

    private MemoryLock() {}

    /**
     * Try to lift the limit for this process, as far as it may: to no limit, else the soft limit to the hard one.
     *
     * @return the soft limit in bytes afterwards, {@link Long#MAX_VALUE} for none.
     */
    public static long raise() {
        try (NativeMemory limit = NativeMemory.allocate(RLIMIT_LENGTH)) {
            limit.buffer().putLong(0, RLIM_INFINITY);
            limit.buffer().putLong(Long.BYTES, RLIM_INFINITY);
            if (Libc.setrlimit(RLIMIT_MEMLOCK, limit.address()) < 0) {
                Libc.check(Libc.getrlimit(RLIMIT_MEMLOCK, limit.address()), "getrlimit(RLIMIT_MEMLOCK)", "");
                limit.buffer().putLong(0, limit.buffer().getLong(Long.BYTES));
                Libc.check(Libc.setrlimit(RLIMIT_MEMLOCK, limit.address()), "setrlimit(RLIMIT_MEMLOCK)", "");
            }
            final long soft = limit.buffer().getLong(0);
            return soft < 0 ? Long.MAX_VALUE : soft;
        }
    }
}

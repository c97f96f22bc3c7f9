package io.fastpath.afxdpnative.cpu;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;

/**
 * Binds the calling thread to a CPU, and tells which there are. CPUs are numbered from 0 as in {@code /proc/cpuinfo}.
 *
 * <p>Any thread, each for itself. Source: sched_setaffinity(2).
 */
public final class CpuAffinity {
    /** Bytes of a CPU mask: 8192 CPUs, the most that the kernel can be built for. */
    private static final int MASK_LENGTH = 1024;

    private static final Path ONLINE = Path.of("/sys/devices/system/cpu/online");
    private static final Path POSSIBLE = Path.of("/sys/devices/system/cpu/possible");

    private CpuAffinity() {}

    /**
     * Bind the calling thread to one CPU.
     *
     * @param cpu its number.
     * @throws NativeException with EINVAL if the CPU is offline, or not allowed to this process.
     */
    public static void pinCurrentThread(final int cpu) {
        final BitSet wanted = new BitSet();
        wanted.set(cpu);
        setCurrentThread(wanted);
    }

    /**
     * Let the calling thread run on any of several CPUs.
     *
     * @param cpus their numbers.
     * @throws NativeException with EINVAL if one of them is offline, or not allowed to this process.
     */
    public static void setCurrentThread(final BitSet cpus) {
        final String call = "sched_setaffinity(CPU " + cpus + ')';
        if (cpus.length() > MASK_LENGTH * Byte.SIZE) {
            throw unavailable(call, Errno.EINVAL.number());
        }
        try (NativeMemory mask = NativeMemory.allocate(MASK_LENGTH)) {
            mask.buffer().putBytes(0, cpus.toByteArray());
            if (Libc.sched_setaffinity(0, MASK_LENGTH, mask.address()) < 0) {
                throw unavailable(call, Libc.errno());
            }
        }
        // The kernel silently drops CPUs outside our cpuset from the mask, so what counts is what it kept.
        if (!currentThread().equals(cpus)) {
            throw unavailable(call, Errno.EINVAL.number());
        }
    }

    /** {@return the CPUs that the calling thread may run on now} */
    public static BitSet currentThread() {
        try (NativeMemory mask = NativeMemory.allocate(MASK_LENGTH)) {
            Libc.check(Libc.sched_getaffinity(0, MASK_LENGTH, mask.address()), "sched_getaffinity()", "");
            final byte[] bytes = new byte[MASK_LENGTH];
            mask.buffer().getBytes(0, bytes);
            return BitSet.valueOf(bytes);
        }
    }

    /** {@return the CPUs of the machine that are online, whether this process may use them or not} */
    public static BitSet online() {
        return read(ONLINE);
    }

    /** {@return the CPUs that the machine can ever have, for tables with an entry per CPU} */
    public static BitSet possible() {
        return read(POSSIBLE);
    }

    private static BitSet read(final Path file) {
        try {
            return parseCpuList(Files.readString(file).strip());
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't read " + file, ex);
        }
    }

    /** Parse the kernel's list format, for example {@code 0-3,8}. */
    static BitSet parseCpuList(final String list) {
        final BitSet cpus = new BitSet();
        for (final String range : list.split(",")) {
            if (!range.isEmpty()) {
                final String[] ends = range.split("-");
                cpus.set(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]) + 1);
            }
        }
        return cpus;
    }

    private static NativeException unavailable(final String call, final int errno) {
        return new NativeException(
                call,
                errno,
                "choose from the CPUs that are online, " + online() + ", and allowed to this process, "
                        + currentThread() + " for this thread (cpuset, taskset)");
    }
}

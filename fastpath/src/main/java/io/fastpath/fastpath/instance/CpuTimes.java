package io.fastpath.fastpath.instance;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which CPUs had no time left, by the lines {@code cpuN} of {@code /proc/stat} (proc_stat(5)): ticks in user, nice, system,
 * idle, iowait, irq, softirq and steal since boot. One thread.
 */
final class CpuTimes {
    private static final int IDLE = 4;
    private static final int IOWAIT = 5;
    private static final int STEAL = 8;
    private static final double IDLE_MAX = 0.05;

    private final Set<Integer> ignored;
    private final Map<Integer, long[]> last = new HashMap<>();

    /**
     * Times, none of them known yet.
     *
     * @param ignored CPUs that are busy by design: the workers'
     */
    CpuTimes(final Set<Integer> ignored) {
        this.ignored = Set.copyOf(ignored);
    }

    /**
     * Whether a CPU was idle for less than a twentieth of the time since the last call.
     *
     * @param lines of {@code /proc/stat}
     * @return false at the first call
     */
    boolean isOneSaturated(final List<String> lines) {
        boolean isSaturated = false;
        for (final String line : lines) {
            if (line.startsWith("cpu") && line.length() > 3 && Character.isDigit(line.charAt(3))) {
                isSaturated |= isSaturated(line.split(" +"));
            }
        }
        return isSaturated;
    }

    private boolean isSaturated(final String[] words) {
        final int cpu = Integer.parseInt(words[0].substring(3));
        long total = 0;
        for (int i = 1; i < words.length && i <= STEAL; i++) {
            total += Long.parseLong(words[i]);
        }
        final long idle = Long.parseLong(words[IDLE]) + Long.parseLong(words[IOWAIT]);
        final long[] before = last.put(cpu, new long[] {total, idle});
        return before != null
                && total > before[0]
                && idle - before[1] < IDLE_MAX * (total - before[0])
                && !ignored.contains(cpu);
    }
}

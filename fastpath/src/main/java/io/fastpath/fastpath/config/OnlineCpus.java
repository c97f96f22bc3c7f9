package io.fastpath.fastpath.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The machine's online CPUs, from {@code /sys/devices/system/cpu/online}: {@code 0-3,8}. Any thread. */
public final class OnlineCpus {
    private static final Path FILE = Path.of("/sys/devices/system/cpu/online");

    private OnlineCpus() {}

    /** {@return their numbers in order; empty where the kernel does not say} */
    public static Set<Integer> read() {
        try {
            return parse(Files.readString(FILE).strip());
        } catch (final IOException ex) {
            return Set.of();
        }
    }

    /**
     * {@return the numbers of a kernel CPU list}
     *
     * @param list ranges with commas; empty for none.
     */
    static Set<Integer> parse(final String list) {
        final Set<Integer> cpus = new TreeSet<>();
        for (final String range : list.isEmpty() ? new String[0] : list.split(",")) {
            final String[] ends = range.split("-");
            final int last = Integer.parseInt(ends[ends.length - 1]);
            for (int cpu = Integer.parseInt(ends[0]); cpu <= last; cpu++) {
                cpus.add(cpu);
            }
        }
        return cpus;
    }

    /**
     * {@return the numbers as people read them}
     *
     * @param cpus any.
     */
    static String format(final Set<Integer> cpus) {
        return cpus.stream().sorted().map(String::valueOf).collect(Collectors.joining(", "));
    }
}

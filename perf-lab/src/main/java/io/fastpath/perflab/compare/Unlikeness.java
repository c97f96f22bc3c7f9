package io.fastpath.perflab.compare;

import io.fastpath.perflab.environment.Environment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What makes figures of two runs incomparable, but for the code that they measured. Pure functions. */
final class Unlikeness {
    private Unlikeness() {}

    /**
     * {@return a line for each difference; empty if like is compared with like}
     *
     * @param left environment of a run.
     * @param right of the other.
     */
    static List<String> between(final Environment left, final Environment right) {
        final List<String> differences = new ArrayList<>();
        add(differences, "kernel", left.kernel(), right.kernel());
        add(differences, "CPU", left.cpuModel(), right.cpuModel());
        add(differences, "CPUs", left.cpuCount(), right.cpuCount());
        add(differences, "JDK", left.jdk(), right.jdk());
        add(differences, "JVM flags", flags(left), flags(right));
        add(differences, "network", left.network(), right.network());
        return differences;
    }

    /** Where the tree lies makes no difference. */
    private static List<String> flags(final Environment environment) {
        return environment.jvmFlags().stream()
                .filter(flag ->
                        !flag.startsWith("-Dfastpath.launcher=") && !flag.startsWith("-Djna.boot.library.path="))
                .toList();
    }

    private static void add(final List<String> differences, final String what, final Object left, final Object right) {
        if (!Objects.equals(left, right)) {
            differences.add(what + ": " + left + " / " + right);
        }
    }
}

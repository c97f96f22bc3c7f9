package io.fastpath.fastpath.lab;

import java.util.Arrays;
import java.util.Optional;

/** What may befall a balancer while connections are open. */
public enum Fault {
    /** The process dies; later another one adopts its connections. */
    KILL("kill", "kill -9: no process is there, until another one adopts the connections"),

    /** The process is stopped; later it goes on. */
    STOP("stop", "SIGSTOP: the process stands still, until SIGCONT"),

    /** Full collections of a large heap, one after the other. */
    GC("gc", "full garbage collections of a large heap, one after the other"),

    /** More packets than the process can take. */
    OVERLOAD("overload", "a flood of small datagrams, more than the process can take"),

    /** Another process takes over from the one that runs. */
    UPGRADE("upgrade", "fastpath upgrade: another process takes over from the one that runs");

    private final String label;
    private final String sentence;

    Fault(final String label, final String sentence) {
        this.label = label;
        this.sentence = sentence;
    }

    /**
     * The fault of a name.
     *
     * @param label as {@link #label()} says
     * @return empty if there is none
     */
    public static Optional<Fault> of(final String label) {
        return Arrays.stream(values())
                .filter(fault -> fault.label.equals(label))
                .findFirst();
    }

    /**
     * Its name on the command line.
     *
     * @return lower-case
     */
    public String label() {
        return label;
    }

    /**
     * What happens.
     *
     * @return for people
     */
    public String sentence() {
        return sentence;
    }

    @Override
    public String toString() {
        return label;
    }
}

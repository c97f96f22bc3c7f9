package io.fastpath.fastpath.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that can't be used. The message holds one line per problem. */
public final class ConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Problem> problems;
    private final int omittedCount;

    /**
     * @param problems in the order of lines; not empty.
     * @param omittedCount how many more there were.
     */
    public ConfigException(final List<Problem> problems, final int omittedCount) {
        super(message(problems, omittedCount));
        this.problems = List.copyOf(problems);
        this.omittedCount = omittedCount;
    }

    /** {@return the problems, in the order of lines} */
    public List<Problem> problems() {
        return problems;
    }

    /** {@return how many more there were than {@link #problems()} holds} */
    public int omittedCount() {
        return omittedCount;
    }

    private static String message(final List<Problem> problems, final int omittedCount) {
        final String lines = problems.stream().map(Problem::toString).collect(Collectors.joining("\n"));
        return omittedCount == 0 ? lines : lines + "\n" + problems.get(0).file() + ": and " + omittedCount + " more";
    }
}

package io.fastpath.fastpath.cli;

/** What a command's exit code says; in the help of {@code fastpath} too. */
public final class ExitCode {
    /** Done, and all is well. */
    public static final int OK = 0;

    /** It failed, or the answer is no: one line on stderr says why. */
    public static final int FAILURE = 1;

    /** The command line is wrong. */
    public static final int USAGE = 2;

    /** There is no such running instance, or not exactly one to choose. */
    public static final int NOT_RUNNING = 3;

    /** {@code doctor}: fastpath will run, but something should be changed. */
    public static final int WARNINGS = 4;

    private ExitCode() {}
}

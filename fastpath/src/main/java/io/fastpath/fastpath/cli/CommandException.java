package io.fastpath.fastpath.cli;

/** Ends a command with a line for people and an exit code. */
public final class CommandException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final int exitCode;

    /**
     * @param message one line; empty to end without a word.
     * @param exitCode one of {@link ExitCode}.
     */
    public CommandException(final String message, final int exitCode) {
        super(message);
        this.exitCode = exitCode;
    }

    /**
     * @param message one line.
     * @param exitCode one of {@link ExitCode}.
     * @param cause shown with {@code --debug}.
     */
    public CommandException(final String message, final int exitCode, final Throwable cause) {
        super(message, cause);
        this.exitCode = exitCode;
    }

    /** {@return one of {@link ExitCode}} */
    public int exitCode() {
        return exitCode;
    }
}

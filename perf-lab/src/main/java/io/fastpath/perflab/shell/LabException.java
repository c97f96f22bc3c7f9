package io.fastpath.perflab.shell;

/** The lab can't go on; the text says what failed, with what the tool or process printed, and what to do. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message one line, and the output that explains it.
     */
    public LabException(final String message) {
        super(message);
    }

    /**
     * A failure that follows from another.
     *
     * @param message one line, and the output that explains it.
     * @param cause what happened first.
     */
    public LabException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /**
     * {@return the failure of a thread that was interrupted while it waited; the thread stays marked}
     *
     * @param waitingFor what it waited for.
     * @param cause as thrown.
     */
    public static LabException interrupted(final String waitingFor, final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LabException("interrupted while waiting for " + waitingFor, cause);
    }
}

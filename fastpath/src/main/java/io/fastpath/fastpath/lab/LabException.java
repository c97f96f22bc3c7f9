package io.fastpath.fastpath.lab;

/** The lab could not be built, driven or removed; the text names the command or the server, and what it said. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with a text.
     *
     * @param message one line, and the output that explains it
     */
    public LabException(final String message) {
        super(message);
    }

    /**
     * A failure with a cause.
     *
     * @param message one line, and the output that explains it
     * @param cause below it
     */
    public LabException(final String message, final Throwable cause) {
        super(message, cause);
    }

    /**
     * The failure of a thread that was interrupted while it waited; the thread stays marked.
     *
     * @param waitingFor what it waited for
     * @param cause as thrown
     * @return the failure
     */
    public static LabException interrupted(final String waitingFor, final InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new LabException("interrupted while waiting for " + waitingFor, cause);
    }
}

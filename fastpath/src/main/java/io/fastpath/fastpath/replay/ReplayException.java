package io.fastpath.fastpath.replay;

/** A replay can't be done; the message says why and what to do. */
public final class ReplayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message for people
     */
    public ReplayException(final String message) {
        super(message);
    }

    /**
     * A failure.
     *
     * @param message for people
     * @param cause of it
     */
    public ReplayException(final String message, final Throwable cause) {
        super(message, cause);
    }
}

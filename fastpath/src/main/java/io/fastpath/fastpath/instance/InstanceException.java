package io.fastpath.fastpath.instance;

/** An instance can't start, go on or be removed; the text is one line for the operator: what, and what to do. */
public final class InstanceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with a text.
     *
     * @param message one line
     */
    public InstanceException(final String message) {
        super(message);
    }

    /**
     * A failure with a cause.
     *
     * @param message one line
     * @param cause below it
     */
    public InstanceException(final String message, final Throwable cause) {
        super(message, cause);
    }
}

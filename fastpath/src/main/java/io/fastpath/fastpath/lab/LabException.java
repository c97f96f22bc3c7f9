package io.fastpath.fastpath.lab;

/** The lab could not be built, driven or removed; the text names the command or the server, and what it said. */
public final class LabException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure with a text.
     *
     * @param message one line
     */
    public LabException(final String message) {
        super(message);
    }

    /**
     * A failure with a cause.
     *
     * @param message one line
     * @param cause below it
     */
    public LabException(final String message, final Throwable cause) {
        super(message, cause);
    }
}

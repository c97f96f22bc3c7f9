package io.fastpath.fastpath.control;

/** An instance that could not be asked; the message is one line for people. */
public final class ControlException extends Exception {
    private static final long serialVersionUID = 1L;

    private final Kind kind;

    /** Why. */
    public enum Kind {
        /** There is no such running instance, or not exactly one to choose. */
        NOT_RUNNING,
        /** It is there, and the question failed. */
        FAILED
    }

    /**
     * @param kind why.
     * @param message one line.
     * @param cause below it; may be null.
     */
    public ControlException(final Kind kind, final String message, final Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** {@return why} */
    public Kind kind() {
        return kind;
    }
}

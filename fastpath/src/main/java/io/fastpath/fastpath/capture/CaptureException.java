package io.fastpath.fastpath.capture;

/** A file is no capture, or none that is understood; the message names the file, the place and the reason. */
public final class CaptureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param message for people
     */
    public CaptureException(final String message) {
        super(message);
    }
}

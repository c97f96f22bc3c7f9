package io.fastpath.fastpath.control;

/** The instance's name is taken by a living process; the message is one line with its pid. */
public final class InstanceBusyException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * @param instance its name.
     * @param pid as text, as the lock file has it; may be empty.
     */
    public InstanceBusyException(final String instance, final String pid) {
        super("instance " + instance + " is already running" + (pid.isEmpty() ? "" : " (pid " + pid + ")"));
    }
}

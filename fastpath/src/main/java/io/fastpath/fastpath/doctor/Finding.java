package io.fastpath.fastpath.doctor;

/**
 * One thing that was looked at. Immutable.
 *
 * @param subject {@code system}, {@code configuration}, or the interface's name.
 * @param check what was looked at, a stable word.
 * @param level how bad.
 * @param fact what was found.
 * @param advice what to do; empty where nothing has to be done.
 */
public record Finding(String subject, String check, Level level, String fact, String advice) {
    /** Subject of what is the machine's. */
    public static final String SYSTEM = "system";

    /** Subject of what is the configuration's. */
    public static final String CONFIGURATION = "configuration";

    static Finding ok(final String subject, final String check, final String fact) {
        return new Finding(subject, check, Level.OK, fact, "");
    }

    static Finding note(final String subject, final String check, final String fact, final String advice) {
        return new Finding(subject, check, Level.NOTE, fact, advice);
    }

    static Finding warning(final String subject, final String check, final String fact, final String advice) {
        return new Finding(subject, check, Level.WARNING, fact, advice);
    }

    static Finding failure(final String subject, final String check, final String fact, final String advice) {
        return new Finding(subject, check, Level.FAILURE, fact, advice);
    }
}

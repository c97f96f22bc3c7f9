package io.fastpath.afxdpnative.sys;

/** A shared library that fastpath needs can't be loaded; the message is one line saying which, why, and what to install. */
public final class MissingLibraryException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String library;

    /**
     * @param library the file name the loader was asked for, for example {@code libbpf.so.1}.
     * @param advice what the operator has to do, for example the package to install.
     * @param cause what the loader said.
     */
    public MissingLibraryException(final String library, final String advice, final Throwable cause) {
        super("can't load " + library + " (" + firstLine(cause) + "): " + advice, cause);
        this.library = library;
    }

    /** {@return the file name the loader was asked for} */
    public String library() {
        return library;
    }

    private static String firstLine(final Throwable cause) {
        final String text = String.valueOf(cause.getMessage());
        final int end = text.indexOf('\n');
        return end < 0 ? text : text.substring(0, end);
    }
}

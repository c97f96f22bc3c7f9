package io.fastpath.fastpath.cli;

import picocli.CommandLine.IVersionProvider;

/** Which fastpath this is, from the jar's manifest. Any thread. */
public final class Version implements IVersionProvider {
    /** {@return for example {@code 0.1.0}; {@code development} outside a jar} */
    public static String text() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "fastpath " + text() + " on Java " + Runtime.version().feature()
        };
    }
}

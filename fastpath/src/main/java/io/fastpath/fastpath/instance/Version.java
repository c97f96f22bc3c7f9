package io.fastpath.fastpath.instance;

/** The version of this fastpath. */
public final class Version {
    private Version() {}

    /**
     * The version that the jar's manifest tells.
     *
     * @return for example {@code 0.1.0}; {@code development} where the classes come from no jar
     */
    public static String text() {
        final String version = Version.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}

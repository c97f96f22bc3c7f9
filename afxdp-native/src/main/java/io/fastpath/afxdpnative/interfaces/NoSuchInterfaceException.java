package io.fastpath.afxdpnative.interfaces;

import java.util.List;

/** An interface that was named isn't there; the message is one line with its name and those that exist. */
public final class NoSuchInterfaceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String name;

    /**
     * @param name that was looked for.
     * @param existing names of the interfaces that are there.
     */
    public NoSuchInterfaceException(final String name, final List<String> existing) {
        super("no interface \"" + name + "\" in this network namespace; there are: " + String.join(", ", existing));
        this.name = name;
    }

    /** {@return the name that was looked for} */
    public String name() {
        return name;
    }
}

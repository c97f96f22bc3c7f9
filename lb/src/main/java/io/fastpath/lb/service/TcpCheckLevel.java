package io.fastpath.lb.service;

import java.util.Locale;

/** How TCP segments are judged by their sequence numbers. */
public enum TcpCheckLevel {
    /** Not at all. */
    OFF(0),
    /** What may be forged changes nothing, and is sent on. */
    LOOSE(1),
    /** And what is out of its connection's windows is dropped. */
    STRICT(3);

    private final int code;

    TcpCheckLevel(final int code) {
        this.code = code;
    }

    /**
     * The bits that stand for it in a service's flags and in a flow's kind.
     *
     * @return shifted down
     */
    public int code() {
        return code;
    }

    /**
     * The word for it.
     *
     * @return in lower case
     */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TcpCheckLevel ofCode(final int code) {
        for (final TcpCheckLevel level : values()) {
            if (level.code == code) {
                return level;
            }
        }
        throw new IllegalArgumentException("TCP check " + code + " is none of the known ones");
    }
}

package io.fastpath.afxdpnative.netlink;

/** RFC 2863 operational state of a link; the order is the kernel's numbering ({@code linux/if.h}, {@code IF_OPER_}). */
public enum OperState {
    /** The driver doesn't tell; the kernel treats it as up. */
    UNKNOWN,
    /** Hardware is missing. */
    NOT_PRESENT,
    /** Can't pass packets. */
    DOWN,
    /** The interface below is down. */
    LOWER_LAYER_DOWN,
    /** In a test mode. */
    TESTING,
    /** Waits for an external event, for example 802.1X. */
    DORMANT,
    /** Passes packets. */
    UP;

    private static final OperState[] VALUES = values();

    /** {@return the state of a kernel number, {@link #UNKNOWN} for one not known here} @param number IF_OPER_. */
    static OperState of(final int number) {
        return number < VALUES.length ? VALUES[number] : UNKNOWN;
    }
}

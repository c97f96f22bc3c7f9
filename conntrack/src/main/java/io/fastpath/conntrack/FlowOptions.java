package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;

/**
 * How a connection is entered: bits of one int, because they are told per packet. The low byte is what its slots' tracking
 * byte begins with. C twin: {@code enum fp_flow_option}.
 */
public final class FlowOptions {
    /** By a SYN or a datagram. */
    public static final int NONE = 0;

    /**
     * By a segment from the connection's middle. It is held to be half open until the client's next segment: a single one,
     * which anybody can forge, takes nobody's place.
     */
    public static final int PICK_UP = 0x100;

    /** By an ACK that brings a SYN cookie back, see {@link FlowHandle#isProxied}; its sequence numbers are not checked. */
    public static final int PROXIED = 0x200;

    /** Counted among its service's and its client's. */
    public static final int COUNT = 0x400;

    private static final int CHECK_SHIFT = 12;
    private static final int CHECK_MASK = 3;
    private static final int TRACKING_MASK = 0xff;

    private FlowOptions() {}

    /**
     * By a SYN that came again.
     *
     * @param count how often, up to {@link FlowDescriptor#SYNS_LIMIT}
     * @return the option
     */
    public static int syns(final int count) {
        return count << FlowDescriptor.SYNS_SHIFT;
    }

    /**
     * With its sequence numbers noted, by what a service says of its TCP connections.
     *
     * @param check 0 for not at all, 1 for noted, 3 for strict: the kind's bits, shifted down
     * @return the option
     */
    public static int check(final int check) {
        return check << CHECK_SHIFT;
    }

    /**
     * Whether a segment from the middle enters it.
     *
     * @param options any
     * @return true if so
     */
    public static boolean picksUp(final int options) {
        return (options & PICK_UP) != 0;
    }

    /** The kind's bits. */
    static int kind(final int options) {
        final int counted = (options & COUNT) == 0 ? 0 : FlowDescriptor.KIND_COUNTED;
        return counted | proxiedOrChecked(options);
    }

    private static int proxiedOrChecked(final int options) {
        return (options & PROXIED) != 0
                ? FlowDescriptor.KIND_PROXIED
                : (options >>> CHECK_SHIFT & CHECK_MASK) * FlowDescriptor.KIND_CHECKED;
    }

    static int tracking(final int options) {
        return options & TRACKING_MASK;
    }
}

package io.fastpath.kernelbpf.layout;

/** How a service's packets reach its backends. C twin: {@code enum fp_forwarding}; the code is the ordinal. */
public enum Forwarding {
    /** Source becomes an address of the node, destination the backend. */
    FULL_NAT("full-nat"),

    /** Destination only; replies come back through the node, which the backend's routes must see to. */
    NAT("nat"),

    /** MAC addresses only; the backend is on the link, has the VIP itself, and answers the client past the node. */
    DSR_L2("dsr-l2"),

    /** The packet within an IP packet to the backend, which has the VIP itself and answers the client past the node. */
    DSR_IPIP("dsr-ipip"),

    /** The packet within a UDP datagram to the backend (GUE, variant 1), otherwise as {@link #DSR_IPIP}. */
    DSR_GUE("dsr-gue"),

    /** The same with Geneve, which tells the backend VIP and port besides (RFC 8926). */
    DSR_GENEVE("dsr-geneve");

    private static final Forwarding[] VALUES = values();

    private final String label;

    Forwarding(final String label) {
        this.label = label;
    }

    /**
     * The number that stands in shared memory.
     *
     * @return from 0
     */
    public int code() {
        return ordinal();
    }

    /**
     * Whether the backend answers the client itself: packets reach it as they were sent, and replies are not seen.
     *
     * @return true for all modes from {@link #DSR_L2} on
     */
    public boolean isDirect() {
        return isDirect(ordinal());
    }

    /**
     * The same for a code.
     *
     * @param code as {@link #code()} gave
     * @return true for all modes from {@link #DSR_L2} on
     */
    public static boolean isDirect(final int code) {
        return code >= DSR_L2.ordinal();
    }

    /**
     * Whether VIP and backend may be of different families.
     *
     * @return true for {@link #FULL_NAT}, which translates, and for tunnels
     */
    public boolean isAcross() {
        return this == FULL_NAT || isTunnel();
    }

    /**
     * Whether packets reach the backend within others, so that VIP and backend may be of different families.
     *
     * @return true for all modes from {@link #DSR_IPIP} on
     */
    public boolean isTunnel() {
        return isTunnel(ordinal());
    }

    /**
     * The same for a code.
     *
     * @param code as {@link #code()} gave
     * @return true for all modes from {@link #DSR_IPIP} on
     */
    public static boolean isTunnel(final int code) {
        return code > DSR_L2.ordinal();
    }

    /**
     * The name that configurations use.
     *
     * @return in lower case with dashes
     */
    public String label() {
        return label;
    }

    /**
     * The mode of a code.
     *
     * @param code as {@link #code()} gave
     * @return the mode
     * @throws IllegalArgumentException for an unknown code
     */
    public static Forwarding ofCode(final int code) {
        if (code < 0 || code >= VALUES.length) {
            throw new IllegalArgumentException("forwarding code " + code + " is not one of 0.." + (VALUES.length - 1));
        }
        return VALUES[code];
    }
}

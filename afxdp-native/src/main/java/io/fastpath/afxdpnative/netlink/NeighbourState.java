package io.fastpath.afxdpnative.netlink;

/** State bits of a neighbour entry. Source: {@code linux/neighbour.h}, {@code NUD_}; RFC 4861 section 7.3.2. */
public final class NeighbourState {
    /** Gone, or never there. */
    public static final int NONE = 0;

    /** Being resolved. */
    public static final int INCOMPLETE = 0x01;

    /** Proved a short time ago. */
    public static final int REACHABLE = 0x02;

    /** Not proved for a while; usable. */
    public static final int STALE = 0x04;

    /** Used while stale; proof is waited for. */
    public static final int DELAY = 0x08;

    /** Used while stale; proof is asked for. */
    public static final int PROBE = 0x10;

    /** Resolution failed. */
    public static final int FAILED = 0x20;

    /** The link needs no resolution. */
    public static final int NOARP = 0x40;

    /** Set by the operator. */
    public static final int PERMANENT = 0x80;

    private static final int VALID = REACHABLE | STALE | DELAY | PROBE | NOARP | PERMANENT;

    private NeighbourState() {}

    /**
     * {@return whether the link-layer address may be used in this state}
     *
     * @param state bits.
     */
    public static boolean isValid(final int state) {
        return (state & VALID) != 0;
    }
}

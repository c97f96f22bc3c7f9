package io.fastpath.fastpath.nexthop;

/**
 * What tells one next hop from another: egress interface, gateway, VLAN tags. Mutable, so that a worker can ask for a
 * route without allocating; owned by one thread.
 */
public final class NextHopKey {
    private int ifindex;
    private long gateway0;
    private long gateway1;
    private int tagCount;
    private int outerTag;
    private int innerTag;

    /**
     * A hop without tags.
     *
     * @param ifindex egress interface
     * @param gateway0 word 0 of the neighbour's address
     * @param gateway1 word 1 of the neighbour's address
     * @return this
     */
    public NextHopKey set(final int ifindex, final long gateway0, final long gateway1) {
        this.ifindex = ifindex;
        this.gateway0 = gateway0;
        this.gateway1 = gateway1;
        return tags(0, 0, 0);
    }

    /**
     * Gives the hop tags; those beyond the count are taken as 0.
     *
     * @param count from 0 to 2
     * @param outer TPID and TCI as they stand in memory, or 0
     * @param inner TPID and TCI as they stand in memory, or 0
     * @return this
     */
    public NextHopKey tags(final int count, final int outer, final int inner) {
        tagCount = count;
        outerTag = count > 0 ? outer : 0;
        innerTag = count > 1 ? inner : 0;
        return this;
    }

    /**
     * Egress interface.
     *
     * @return its index
     */
    public int ifindex() {
        return ifindex;
    }

    /**
     * The neighbour to send to.
     *
     * @return word 0 of its address
     */
    public long gateway0() {
        return gateway0;
    }

    /**
     * The neighbour to send to.
     *
     * @return word 1 of its address
     */
    public long gateway1() {
        return gateway1;
    }

    /**
     * How many VLAN tags a packet gets.
     *
     * @return from 0 to 2
     */
    public int tagCount() {
        return tagCount;
    }

    /**
     * Outer tag.
     *
     * @return TPID and TCI as they stand in memory, 0 for none
     */
    public int outerTag() {
        return outerTag;
    }

    /**
     * Inner tag.
     *
     * @return TPID and TCI as they stand in memory, 0 for none
     */
    public int innerTag() {
        return innerTag;
    }

    @Override
    public String toString() {
        return "hop[ifindex=" + ifindex + " gateway=" + Long.toHexString(gateway0) + ":" + Long.toHexString(gateway1)
                + " tags=" + tagCount + " " + Integer.toHexString(outerTag) + " " + Integer.toHexString(innerTag) + "]";
    }
}

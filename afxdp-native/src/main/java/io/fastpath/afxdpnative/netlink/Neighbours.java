package io.fastpath.afxdpnative.netlink;

import java.util.Collection;
import java.util.List;

/**
 * The kernel's neighbours at one moment. Immutable; any thread may look up, and a look-up allocates nothing.
 *
 * <p>An open-addressed table at most half full; the kernel bounds its size ({@code net.ipv4.neigh.default.gc_thresh3}).
 */
public final class Neighbours {
    /** A table without entries. */
    public static final Neighbours EMPTY = of(List.of());

    private final List<Neighbour> all;
    private final Neighbour[] slots;

    private Neighbours(final List<Neighbour> all) {
        this.all = all;
        slots = new Neighbour[Math.max(2, Integer.highestOneBit(all.size()) * 4)];
        all.forEach(this::insert);
    }

    /**
     * Build the table.
     *
     * @param neighbours at most one of each interface and address.
     * @return the table.
     */
    public static Neighbours of(final Collection<Neighbour> neighbours) {
        return new Neighbours(List.copyOf(neighbours));
    }

    /**
     * Find an entry.
     *
     * @param ifindex interface.
     * @param high word of the address, see {@link IpAddress}.
     * @param low word of the address.
     * @return the entry, or null.
     */
    public Neighbour find(final int ifindex, final long high, final long low) {
        int slot = slot(ifindex, high, low);
        while (slots[slot] != null) {
            final Neighbour candidate = slots[slot];
            final IpAddress address = candidate.address();
            if (address.low() == low && address.high() == high && candidate.ifindex() == ifindex) {
                return candidate;
            }
            slot = slot + 1 & slots.length - 1;
        }
        return null;
    }

    /**
     * Find the Ethernet address to send to.
     *
     * @param ifindex interface.
     * @param high word of the address, see {@link IpAddress}.
     * @param low word of the address.
     * @return the Ethernet address, or {@link MacAddress#NONE} if there is no usable entry.
     */
    public long usableMac(final int ifindex, final long high, final long low) {
        final Neighbour entry = find(ifindex, high, low);
        return entry != null && entry.isUsable() ? entry.mac() : MacAddress.NONE;
    }

    /** {@return all entries} */
    public List<Neighbour> all() {
        return all;
    }

    private void insert(final Neighbour neighbour) {
        final IpAddress address = neighbour.address();
        int slot = slot(neighbour.ifindex(), address.high(), address.low());
        while (slots[slot] != null) {
            slot = slot + 1 & slots.length - 1;
        }
        slots[slot] = neighbour;
    }

    private int slot(final int ifindex, final long high, final long low) {
        final long hash = (high * 31 + low + ifindex) * 0x9E3779B97F4A7C15L;
        return (int) (hash >>> 40) & slots.length - 1;
    }
}

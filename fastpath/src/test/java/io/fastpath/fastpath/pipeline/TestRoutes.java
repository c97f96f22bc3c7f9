package io.fastpath.fastpath.pipeline;

import io.fastpath.fastpath.nexthop.NextHopKey;
import io.fastpath.fastpath.nexthop.RouteLookup;
import io.fastpath.lb.Address;
import java.util.ArrayList;
import java.util.List;

/** A routing table for tests: prefixes of whole bytes, the longest wins. Look-ups allocate nothing. */
public final class TestRoutes implements RouteLookup {
    private record Entry(Address prefix, int byteCount, int ifindex, Address gateway, int tag) {}

    private final List<Entry> entries = new ArrayList<>();

    /** Adds a route; a null gateway means that the destination is on the link. */
    public TestRoutes add(final String prefix, final int byteCount, final int ifindex, final String gateway) {
        return add(prefix, byteCount, ifindex, gateway, 0);
    }

    /** Adds a route over a VLAN device. */
    public TestRoutes add(
            final String prefix, final int byteCount, final int ifindex, final String gateway, final int tag) {
        final Address address = Address.parse(prefix);
        final int mappedBytes = address.isIpv4() ? 12 : 0;
        entries.add(new Entry(
                address, mappedBytes + byteCount, ifindex, gateway == null ? null : Address.parse(gateway), tag));
        entries.sort((first, second) -> second.byteCount - first.byteCount);
        return this;
    }

    public TestRoutes clear() {
        entries.clear();
        return this;
    }

    @Override
    public boolean lookup(final long destination0, final long destination1, final NextHopKey hop) {
        for (int i = 0; i < entries.size(); i++) {
            final Entry entry = entries.get(i);
            if (matches(entry, destination0, destination1)) {
                if (entry.gateway == null) {
                    hop.set(entry.ifindex, destination0, destination1);
                } else {
                    hop.set(entry.ifindex, entry.gateway.word0(), entry.gateway.word1());
                }
                hop.tags(entry.tag == 0 ? 0 : 1, entry.tag, 0);
                return true;
            }
        }
        return false;
    }

    private static boolean matches(final Entry entry, final long word0, final long word1) {
        return ((entry.prefix.word0() ^ word0) & mask(entry.byteCount)) == 0
                && ((entry.prefix.word1() ^ word1) & mask(entry.byteCount - 8)) == 0;
    }

    /** The first bytes of a word in memory are its low ones. */
    private static long mask(final int byteCount) {
        if (byteCount <= 0) {
            return 0;
        }
        return byteCount >= 8 ? -1L : (1L << 8 * byteCount) - 1;
    }
}

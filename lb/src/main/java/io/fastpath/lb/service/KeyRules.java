package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Which services can be beside each other: distinct keys, no ports in two ranges, and no more than look-ups probe for. One use. */
public final class KeyRules {
    /** Ranges of a VIP and protocol, besides the one of all ports. */
    private static final int RANGE_LIMIT = ServiceDescriptor.RANGE_LIMIT - 1;

    private final Set<ServiceKey> keys = new HashSet<>();
    private final Map<List<Object>, Set<Ports>> ranges = new HashMap<>();
    private final Map<Boolean, Set<Integer>> hostBits = new HashMap<>();

    /**
     * Takes a key in.
     *
     * @param key of a service
     * @return why it can't be beside those before, without naming it; null if it can
     */
    public String refusal(final ServiceKey key) {
        if (!keys.add(key)) {
            return "another service has " + key + " already";
        }
        if (!key.virtual().isSingle()) {
            final Set<Integer> lengths = hostBits.computeIfAbsent(key.vip().isIpv4(), family -> new HashSet<>());
            lengths.add(key.virtual().hostBits());
            if (lengths.size() > ControlDescriptor.PREFIX_LENGTHS) {
                return key.virtual() + " is of a fifth prefix length of its family; allowed are "
                        + ControlDescriptor.PREFIX_LENGTHS + ", because each costs other packets two look-ups";
            }
        }
        return key.ports().isSingle() || key.ports().isAny() ? null : rangeRefusal(key);
    }

    private String rangeRefusal(final ServiceKey key) {
        final Set<Ports> others =
                ranges.computeIfAbsent(List.of(key.virtual(), key.protocol()), vip -> new HashSet<>());
        for (final Ports other : others) {
            if (other.overlaps(key.ports())) {
                return "ports " + key.ports() + " overlap with ports " + other + " of another service of "
                        + key.protocol().label() + " " + key.virtual();
            }
        }
        others.add(key.ports());
        return others.size() <= RANGE_LIMIT
                ? null
                : key.protocol().label() + " " + key.virtual() + " has more than " + RANGE_LIMIT
                        + " ranges of ports, each of which costs a new connection a look-up";
    }
}

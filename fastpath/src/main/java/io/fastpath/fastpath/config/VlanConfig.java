package io.fastpath.fastpath.config;

import io.fastpath.kernelbpf.layout.VlanDescriptor;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What becomes of the tags of packets that arrive at an interface, where their next hop has none of its own. Immutable.
 *
 * @param ids VLAN ids by what they become; the tags of others come off.
 */
public record VlanConfig(Map<Integer, Integer> ids) {
    /** All tags come off. */
    public static final VlanConfig STRIP = new VlanConfig(Map.of());

    /** All tags stay. */
    public static final VlanConfig KEEP = new VlanConfig(all());

    /** The lowest id that names a VLAN; 0 is a priority alone, and 4095 is reserved (IEEE 802.1Q, 9.6). */
    static final int ID_MIN = 1;

    static final int ID_MAX = VlanDescriptor.IDS - 2;

    /** Copies the map. */
    public VlanConfig {
        ids = Map.copyOf(ids);
    }

    /** {@return whether any tag stays} */
    public boolean isKept() {
        return !ids.isEmpty();
    }

    /** {@return as in a configuration} */
    @Override
    public String toString() {
        if (ids.isEmpty()) {
            return "strip";
        }
        return equals(KEEP)
                ? "keep"
                : "map "
                        + new TreeMap<>(ids)
                                .entrySet().stream()
                                        .map(entry -> entry.getKey() + " to " + entry.getValue())
                                        .collect(Collectors.joining(", "));
    }

    private static Map<Integer, Integer> all() {
        final Map<Integer, Integer> ids = new HashMap<>();
        for (int id = ID_MIN; id <= ID_MAX; id++) {
            ids.put(id, id);
        }
        return ids;
    }
}

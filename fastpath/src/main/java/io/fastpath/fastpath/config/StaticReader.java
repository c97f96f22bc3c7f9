package io.fastpath.fastpath.config;

import io.fastpath.lb.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads the section {@code static}. One thread. */
final class StaticReader {
    /** What every IPv6 link carries. */
    private static final int MTU_LOWEST = 1280;

    /** Beyond it no lookup by list is quick any more, and no node has more that matter to a replay. */
    private static final int ENTRY_LIMIT = 1024;

    private static final Kind<Integer> MTU = Kinds.integer("an MTU", MTU_LOWEST, 9000);
    private static final int MTU_DEFAULT = 1500;
    private static final Kind<Prefix> PREFIX =
            new Kind<>("a prefix such as 10.8.0.0/24 or ::/0, with no bit set behind its length", Prefix::parse);
    private static final Kind<Long> MAC =
            new Kind<>("a unicast MAC address such as 02:fc:00:00:00:01", StaticReader::mac);
    private static final Kind<Address> ANY_ADDRESS = new Kind<>("an IPv4 or IPv6 address", StaticReader::address);

    private final Section section;
    private final Kind<String> link;

    private StaticReader(final Section section, final List<InterfaceConfig> interfaces) {
        this.section = section;
        final Set<String> names = interfaces.stream().map(InterfaceConfig::name).collect(Collectors.toSet());
        link = new Kind<>("the name of one of the interfaces above", text -> names.contains(text) ? text : null);
    }

    /**
     * Reads the section.
     *
     * @param root of the file
     * @param interfaces as read
     * @return what could be read; empty where there is no such section
     */
    static StaticConfig read(final Section root, final List<InterfaceConfig> interfaces) {
        final boolean isThere = root.node("static") != null;
        final StaticReader reader = new StaticReader(root.section("static"), interfaces);
        final StaticConfig config = new StaticConfig(reader.links(), reader.routes(), reader.neighbours());
        reader.section.end();
        if (isThere && config.links().isEmpty()) {
            reader.section.problem("links", "is missing or empty; it must list the interfaces' MAC addresses");
        }
        reader.check(config);
        return config;
    }

    private List<StaticConfig.Link> links() {
        final List<StaticConfig.Link> links = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        for (final Section each : section.sections("links")) {
            final String name = each.required("name", link);
            final Long mac = each.required("mac", MAC);
            final int mtu = each.optional("mtu", MTU_DEFAULT, MTU);
            each.end();
            if (name != null && !names.add(name)) {
                each.problem("name", name + " is listed twice");
            }
            if (name != null && mac != null) {
                links.add(new StaticConfig.Link(name, mac, mtu));
            }
        }
        return links;
    }

    private List<StaticConfig.Route> routes() {
        final List<StaticConfig.Route> routes = new ArrayList<>();
        final Map<Prefix, Integer> lines = new HashMap<>();
        for (final Section each : limited("routes")) {
            final Prefix prefix = each.required("to", PREFIX);
            final Address via = each.optional("via", null, ANY_ADDRESS);
            final String name = each.required("interface", link);
            each.end();
            if (prefix == null || name == null) {
                continue;
            }
            if (via != null && via.isIpv4() != prefix.address().isIpv4()) {
                each.problem("via", via + " is of another family than " + prefix);
            }
            final Integer first = lines.putIfAbsent(prefix, each.line("to"));
            if (first != null) {
                each.problem("to", prefix + " stands twice (first in line " + first + ")");
            }
            routes.add(new StaticConfig.Route(prefix, via, name));
        }
        return routes;
    }

    private List<StaticConfig.Neighbour> neighbours() {
        final List<StaticConfig.Neighbour> neighbours = new ArrayList<>();
        final Set<String> known = new HashSet<>();
        for (final Section each : limited("neighbours")) {
            final Address address = each.required("address", ANY_ADDRESS);
            final Long mac = each.required("mac", MAC);
            final String name = each.required("interface", link);
            each.end();
            if (address == null || mac == null || name == null) {
                continue;
            }
            if (!known.add(name + ' ' + address)) {
                each.problem("address", address + " is listed twice for " + name);
            }
            neighbours.add(new StaticConfig.Neighbour(address, mac, name));
        }
        return neighbours;
    }

    private List<Section> limited(final String key) {
        final List<Section> sections = section.sections(key);
        if (sections.size() > ENTRY_LIMIT) {
            section.problem(key, sections.size() + " entries are too many (0-" + ENTRY_LIMIT + ")");
            return List.of();
        }
        return sections;
    }

    /** Both engines must know a gateway's MAC from the start: the kernel's look-up gives no way over another one. */
    private void check(final StaticConfig config) {
        final Set<String> linked =
                config.links().stream().map(StaticConfig.Link::name).collect(Collectors.toSet());
        for (final StaticConfig.Route route : config.routes()) {
            if (!linked.contains(route.link())) {
                section.problem(
                        "links", "lacks " + route.link() + ", which the route to " + route.prefix() + " leaves by");
            }
            if (route.via() != null
                    && config.neighbours().stream()
                            .noneMatch(neighbour -> neighbour.address().equals(route.via())
                                    && neighbour.link().equals(route.link()))) {
                section.problem(
                        "routes",
                        "the gateway " + route.via() + " of " + route.prefix() + " is none of the neighbours of "
                                + route.link());
            }
        }
        for (final StaticConfig.Neighbour neighbour : config.neighbours()) {
            if (!linked.contains(neighbour.link())) {
                section.problem("links", "lacks " + neighbour.link() + ", where " + neighbour.address() + " is");
            }
        }
    }

    private static Address address(final String text) {
        try {
            return Address.parse(text);
        } catch (final IllegalArgumentException e) {
            return null;
        }
    }

    private static Long mac(final String text) {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            return null;
        }
        final long mac = Long.parseLong(text.replace(":", ""), 16);
        return mac == 0 || (mac >>> 40 & 1) != 0 ? null : mac;
    }
}

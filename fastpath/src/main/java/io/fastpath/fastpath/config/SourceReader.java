package io.fastpath.fastpath.config;

import io.fastpath.fastpath.prefilter.Prefix;
import io.fastpath.lb.service.SourceSpec;
import io.fastpath.lb.service.SourceSpec.Rule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads whose connections a service takes, and compares that with the other services. One thread. */
final class SourceReader {
    /** A rule is two ranges at most, and the table has 16,384 for old and new lists. */
    private static final int RULE_LIMIT = 4000;

    private static final Kind<Prefix> PREFIX = new Kind<>(
            "a prefix such as 192.0.2.0/24 or 2001:db8::/32, or an address, with no bits set beyond the length",
            SourceReader::prefix);

    private SourceReader() {}

    private static Prefix prefix(final String text) {
        try {
            return Prefix.parse(text);
        } catch (final IllegalArgumentException ex) {
            return null;
        }
    }

    /**
     * Reads {@code allow} and {@code sources}.
     *
     * @param service the section.
     * @return what could be read.
     */
    static SourceSpec read(final Section service) {
        final List<Rule> rules = new ArrayList<>();
        final Map<Prefix, Integer> lines = new HashMap<>();
        service.list("allow", PREFIX).forEach(prefix -> add(service, "allow", prefix, null, lines, rules));
        for (final Section section : service.sections("sources")) {
            final String name = section.required("service", Kinds.LABEL);
            section.list("prefixes", PREFIX).forEach(prefix -> add(section, "prefixes", prefix, name, lines, rules));
            section.needsItems("prefixes", "at least one prefix");
            section.end();
        }
        return new SourceSpec(service.node("allow") == null, rules);
    }

    private static void add(
            final Section section,
            final String key,
            final Located<Prefix> prefix,
            final String service,
            final Map<Prefix, Integer> lines,
            final List<Rule> rules) {
        final Integer line = lines.putIfAbsent(prefix.value(), prefix.line());
        if (line != null) {
            section.problem(key, prefix.value() + " stands twice (first in line " + line + ")");
        } else {
            rules.add(new Rule(prefix.value().address(), prefix.value().bits(), service));
        }
    }

    /**
     * Compares the services' sources, and notes what is wrong.
     *
     * @param root of the file.
     * @param services as read.
     */
    static void check(final Section root, final List<ServiceDraft> services) {
        int count = 0;
        for (final ServiceDraft service : services) {
            count += service.selection().sources().rules().size();
            service.selection().sources().rules().forEach(rule -> check(service, rule, services));
        }
        if (count > RULE_LIMIT) {
            root.problem(
                    "services",
                    count + " prefixes in allow and sources are too many (0-" + RULE_LIMIT + " in all services)");
        }
    }

    private static void check(final ServiceDraft service, final Rule rule, final List<ServiceDraft> services) {
        if (service.vip() != null
                && rule.address().isIpv4() != service.vip().address().isIpv4()) {
            service.section()
                    .problem(
                            rule.service() == null ? "allow" : "sources",
                            rule.address() + "/" + rule.bits() + " is of another family than the VIP " + service.vip());
        }
        if (rule.service() == null) {
            return;
        }
        final ServiceDraft other = services.stream()
                .filter(candidate -> rule.service().equals(candidate.name()))
                .findFirst()
                .orElse(null);
        if (other == null || other == service) {
            service.section().problem("sources", rule.service() + " is not the name of another service");
        } else if (other.protocol() != service.protocol()
                || other.vip() != null
                        && service.vip() != null
                        && other.vip().address().isIpv4()
                                != service.vip().address().isIpv4()) {
            service.section()
                    .problem("sources", rule.service() + " is a service of another protocol or family than this one");
        }
    }
}

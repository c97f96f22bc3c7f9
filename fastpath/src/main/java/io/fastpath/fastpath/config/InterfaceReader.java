package io.fastpath.fastpath.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the {@code interfaces} list. One thread. */
final class InterfaceReader {
    /** Slots of the interface table ({@code FP_INTERFACE_SLOTS}), half of them, so that probing stays short. */
    static final int INTERFACE_LIMIT = 32;

    /** Queues of an interface ({@code FP_QUEUES_PER_INTERFACE}). */
    static final int QUEUE_LIMIT = 64;

    private static final Kind<InterfaceMode> MODE = Kinds.choice(InterfaceMode.values(), InterfaceMode::label);
    private static final Kind<ChecksumMode> CHECKSUM = Kinds.choice(ChecksumMode.values(), ChecksumMode::label);
    private static final Kind<Integer> QUEUE = Kinds.integer("a queue index", 0, QUEUE_LIMIT - 1);
    private static final Kind<QueueSelection> QUEUES = new Kind<>(
            "\"all\", a number of queues (1-" + QUEUE_LIMIT + ") or a list of queue indexes", InterfaceReader::queues);

    private static final Kind<Integer> VLAN_ID = Kinds.integer("a VLAN id", VlanConfig.ID_MIN, VlanConfig.ID_MAX);
    private static final Kind<VlanConfig> VLAN =
            new Kind<>("one of strip, keep, {map: {10: 20}}", InterfaceReader::vlan);

    private InterfaceReader() {}

    /**
     * Reads the interfaces.
     *
     * @param root of the file.
     * @return what could be read.
     */
    static List<InterfaceConfig> read(final Section root) {
        final List<Section> sections = root.sections("interfaces");
        root.needsItems("interfaces", "at least one interface");
        if (sections.size() > INTERFACE_LIMIT) {
            root.problem("interfaces", sections.size() + " interfaces are too many (1-" + INTERFACE_LIMIT + ")");
        }
        final List<InterfaceConfig> interfaces = new ArrayList<>();
        final Set<String> names = new HashSet<>();
        for (final Section section : sections) {
            final InterfaceConfig config = one(section);
            if (config.name() != null && !names.add(config.name())) {
                section.problem("name", config.name() + " is listed twice");
            }
            interfaces.add(config);
        }
        return interfaces;
    }

    private static InterfaceConfig one(final Section section) {
        final InterfaceConfig config = new InterfaceConfig(
                section.required("name", Kinds.INTERFACE_NAME),
                queues(section),
                section.optional("mode", InterfaceMode.AUTO, MODE),
                section.optional("checksum", ChecksumMode.INCREMENTAL, CHECKSUM),
                vlan(section));
        section.end();
        return config;
    }

    private static VlanConfig vlan(final Section section) {
        if (!(section.node("vlan") instanceof YamlNode.Mapping)) {
            return section.optional("vlan", VlanConfig.STRIP, VLAN);
        }
        final Section form = section.section("vlan");
        final Section map = form.section("map");
        final YamlNode node = form.node("map");
        if (node == null
                || node instanceof final YamlNode.Mapping empty
                        && empty.entries().isEmpty()) {
            form.problem("map", "is missing or empty; it must have VLAN ids such as {10: 20}");
        }
        form.end();
        final Map<Integer, Integer> ids = new HashMap<>();
        final List<YamlNode.Entry> entries =
                node instanceof final YamlNode.Mapping mapping ? mapping.entries() : List.of();
        for (final YamlNode.Entry entry : entries) {
            final Integer from = VLAN_ID.parser().apply(entry.key());
            final Integer to = map.optional(entry.key(), null, VLAN_ID);
            if (from == null) {
                map.problem(entry.key(), entry.key() + " is not " + VLAN_ID.allowed());
            } else if (to != null) {
                ids.put(from, to);
            }
        }
        return new VlanConfig(ids);
    }

    private static VlanConfig vlan(final String text) {
        return switch (text) {
            case "strip" -> VlanConfig.STRIP;
            case "keep" -> VlanConfig.KEEP;
            default -> null;
        };
    }

    private static QueueSelection queues(final Section section) {
        if (!(section.node("queues") instanceof YamlNode.Sequence)) {
            return section.optional("queues", QueueSelection.ALL, QUEUES);
        }
        final List<Integer> indexes = new ArrayList<>();
        for (final Located<Integer> queue : section.list("queues", QUEUE)) {
            if (indexes.contains(queue.value())) {
                section.problem("queues", "queue " + queue.value() + " is listed twice");
            }
            indexes.add(queue.value());
        }
        if (indexes.isEmpty()) {
            section.problem("queues", "an empty list is not " + QUEUES.allowed());
        }
        return new QueueSelection(QueueSelection.Form.LISTED, indexes.size(), indexes);
    }

    private static QueueSelection queues(final String text) {
        if (text.equals("all")) {
            return QueueSelection.ALL;
        }
        final Integer count = Kinds.integer("", 1, QUEUE_LIMIT).parser().apply(text);
        return count == null ? null : new QueueSelection(QueueSelection.Form.FIRST, count, List.of());
    }
}

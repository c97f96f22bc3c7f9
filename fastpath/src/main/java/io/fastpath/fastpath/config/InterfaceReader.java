package io.fastpath.fastpath.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
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
                section.optional("checksum", ChecksumMode.INCREMENTAL, CHECKSUM));
        section.end();
        return config;
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

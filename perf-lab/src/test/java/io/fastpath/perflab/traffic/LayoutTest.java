package io.fastpath.perflab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.subject.RedirectPlanDescriptor;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Compares the layouts as Java has them with what the C compiler makes of the headers. */
final class LayoutTest {
    private static final List<Field> FIELDS = List.of(
            new Field("traffic_plan", "destination_mac", TrafficPlanDescriptor.DESTINATION_MAC_OFFSET),
            new Field("traffic_plan", "source_mac", TrafficPlanDescriptor.SOURCE_MAC_OFFSET),
            new Field("traffic_plan", "destination_be", TrafficPlanDescriptor.DESTINATION_BE_OFFSET),
            new Field("traffic_plan", "destination_port_be", TrafficPlanDescriptor.DESTINATION_PORT_BE_OFFSET),
            new Field("traffic_plan", "first_source_port", TrafficPlanDescriptor.FIRST_SOURCE_PORT_OFFSET),
            new Field("traffic_plan", "first_source", TrafficPlanDescriptor.FIRST_SOURCE_OFFSET),
            new Field("traffic_plan", "flow_count", TrafficPlanDescriptor.FLOW_COUNT_OFFSET),
            new Field("traffic_plan", "interface_index", TrafficPlanDescriptor.INTERFACE_INDEX_OFFSET),
            new Field("traffic_plan", "interval_ns", TrafficPlanDescriptor.INTERVAL_NS_OFFSET),
            new Field("traffic_progress", "sent", TrafficProgressDescriptor.SENT_OFFSET),
            new Field("traffic_progress", "next_due_ns", TrafficProgressDescriptor.NEXT_DUE_NS_OFFSET),
            new Field("traffic_progress", "next_flow", TrafficProgressDescriptor.NEXT_FLOW_OFFSET),
            new Field("redirect_plan", "destination_mac", RedirectPlanDescriptor.DESTINATION_MAC_OFFSET),
            new Field("redirect_plan", "source_mac", RedirectPlanDescriptor.SOURCE_MAC_OFFSET),
            new Field("redirect_plan", "interface_index", RedirectPlanDescriptor.INTERFACE_INDEX_OFFSET),
            new Field("sink_plan", "destination_mac", SinkPlanDescriptor.DESTINATION_MAC_OFFSET),
            new Field("sink_plan", "destination_port_be", SinkPlanDescriptor.DESTINATION_PORT_BE_OFFSET),
            new Field("sink_plan", "first_destination", SinkPlanDescriptor.FIRST_DESTINATION_OFFSET),
            new Field("sink_plan", "destination_count", SinkPlanDescriptor.DESTINATION_COUNT_OFFSET),
            new Field("sink_counters", "packets", SinkCountersDescriptor.PACKETS_OFFSET),
            new Field("sink_counters", "bytes", SinkCountersDescriptor.BYTES_OFFSET),
            new Field("sink_counters", "others", SinkCountersDescriptor.OTHERS_OFFSET),
            new Field("sink_counters", "sampled", SinkCountersDescriptor.SAMPLED_OFFSET),
            new Field("sink_counters", "misdirected", SinkCountersDescriptor.MISDIRECTED_OFFSET),
            new Field("sink_counters", "bad_checksum", SinkCountersDescriptor.BAD_CHECKSUM_OFFSET),
            new Field("sink_counters", "until_sample", SinkCountersDescriptor.UNTIL_SAMPLE_OFFSET));

    private static final List<Field> LENGTHS = List.of(
            new Field("traffic_plan", "", TrafficPlanDescriptor.LENGTH),
            new Field("traffic_progress", "", TrafficProgressDescriptor.LENGTH),
            new Field("redirect_plan", "", RedirectPlanDescriptor.LENGTH),
            new Field("sink_plan", "", SinkPlanDescriptor.LENGTH),
            new Field("sink_counters", "", SinkCountersDescriptor.LENGTH));

    @Test
    void shouldAgreeWithTheHeaders() throws IOException {
        try (SourceTree sources = SourceTree.unpack()) {
            Files.writeString(sources.folder().resolve("probe.c"), probe());
            final String offsets = Shell.runLine(sources.compileC("probe").toString());

            final List<String> expected = new ArrayList<>();
            FIELDS.forEach(field -> expected.add(field.struct + '.' + field.name + ' ' + field.value));
            LENGTHS.forEach(length -> expected.add(length.struct + ' ' + length.value));
            assertThat(offsets.lines()).containsExactlyElementsOf(expected);
        }
    }

    private static String probe() {
        final StringBuilder source = new StringBuilder("""
                #include <stddef.h>
                #include <stdio.h>
                #include "lab_redirect.h"
                #include "lab_sink.h"
                #include "lab_traffic.h"
                int main(void)
                {
                """);
        for (final Field field : FIELDS) {
            source.append("printf(\"%s.%s %%zu\\n\", offsetof(struct lab_%s, %s));\n"
                    .formatted(field.struct, field.name, field.struct, field.name));
        }
        for (final Field length : LENGTHS) {
            source.append("printf(\"%s %%zu\\n\", sizeof(struct lab_%s));\n".formatted(length.struct, length.struct));
        }
        return source.append("return 0;\n}\n").toString();
    }

    private record Field(String struct, String name, int value) {}
}

package io.fastpath.perflab.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.Shell;
import io.fastpath.perflab.sources.SourceTree;
import java.io.IOException;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;

/** Compares the layout as Java has it with what the C compiler makes of the header. */
final class CostPlanLayoutTest {
    private static final String PROBE = """
            #include <stddef.h>
            #include <stdio.h>
            #include "lab_cost.h"
            #define PLAN(field) offsetof(struct lab_cost_plan, field)
            #define VARIANT(field) offsetof(struct lab_cost_variant, field)
            int main(void)
            {
                printf("%zu %zu %zu %zu %zu %zu %zu %zu %zu\\n", PLAN(first), PLAN(count), PLAN(next),
                       PLAN(word_offset), PLAN(address_offset), PLAN(ports_offset), PLAN(check_offset), PLAN(frame),
                       sizeof(struct lab_cost_plan));
                printf("%zu %zu %zu %zu %zu\\n", VARIANT(word), VARIANT(address), VARIANT(ports), VARIANT(check),
                       sizeof(struct lab_cost_variant));
                printf("%d\\n", LAB_COST_FRAME_LENGTH);
                return 0;
            }
            """;

    @Test
    void shouldAgreeWithTheHeader() throws IOException {
        try (SourceTree sources = SourceTree.unpack()) {
            Files.writeString(sources.folder().resolve("cost_probe.c"), PROBE);

            assertThat(Shell.runLine(sources.compileC("cost_probe").toString()).lines())
                    .containsExactly(
                            numbers(
                                    CostPlanDescriptor.FIRST_OFFSET,
                                    CostPlanDescriptor.COUNT_OFFSET,
                                    CostPlanDescriptor.NEXT_OFFSET,
                                    CostPlanDescriptor.WORD_OFFSET_OFFSET,
                                    CostPlanDescriptor.ADDRESS_OFFSET_OFFSET,
                                    CostPlanDescriptor.PORTS_OFFSET_OFFSET,
                                    CostPlanDescriptor.CHECK_OFFSET_OFFSET,
                                    CostPlanDescriptor.FRAME_OFFSET,
                                    CostPlanDescriptor.LENGTH),
                            numbers(
                                    CostPlanDescriptor.VARIANT_WORD_OFFSET,
                                    CostPlanDescriptor.VARIANT_ADDRESS_OFFSET,
                                    CostPlanDescriptor.VARIANT_PORTS_OFFSET,
                                    CostPlanDescriptor.VARIANT_CHECK_OFFSET,
                                    CostPlanDescriptor.VARIANT_LENGTH),
                            numbers(CostPlanDescriptor.FRAME_LENGTH));
        }
    }

    private static String numbers(final int... values) {
        final StringBuilder line = new StringBuilder();
        for (final int value : values) {
            line.append(line.isEmpty() ? "" : " ").append(value);
        }
        return line.toString();
    }
}

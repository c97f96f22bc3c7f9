package io.fastpath.perflab.subject;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.LabException;
import org.junit.jupiter.api.Test;

final class EngineCountsTest {
    private static final String REPORT = """
            {"counters": {"flow_opened": 9, "flow_closed": 2},
             "kernel": {"forwarded_request": %d, "forwarded_reply": 10, "xdp_kernel_placed": 1,
                        "xdp_kernel_no_socket": 2, "xdp_kernel_stale": 3, "xdp_kernel_full": 4},
             "userspace": {"forwarded_request": 60, "forwarded_reply": 10}}
            """;

    @Test
    void shouldTellWhoForwarded() throws JsonProcessingException {
        final EngineCounts counts = counts(40).since(counts(20));

        assertThat(counts.kernelPackets()).isEqualTo(20);
        assertThat(counts.workerPackets()).isZero();
        assertThat(counts.openFlows()).as("not a difference").isEqualTo(7);
        assertThat(counts(20).kernelShare()).isCloseTo(0.3, within(1e-9));
        assertThat(counts(20).spilledShare()).isCloseTo(0.09, within(1e-9));
        assertThat(counts(20).inWords()).contains("by Java 70.0 %", "full 4, stale 3, no socket 2", "7 flows open");
    }

    @Test
    void shouldNotTakeAMissingCounterForZero() {
        assertThatThrownBy(() -> EngineCounts.of(new ObjectMapper().readTree("{\"kernel\": {}}")))
                .isInstanceOf(LabException.class)
                .hasMessageContaining("forwarded_request");
    }

    private static EngineCounts counts(final int requests) throws JsonProcessingException {
        return EngineCounts.of(new ObjectMapper().readTree(REPORT.formatted(requests)));
    }
}

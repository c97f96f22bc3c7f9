package io.fastpath.fastpath.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.fastpath.fastpath.lab.DatagramGap;
import io.fastpath.fastpath.lab.DatagramReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class FaultResultTest {
    private static final DatagramReport DATAGRAMS =
            new DatagramReport(100, 2, 1, 0, 3.5, 4, 2, 2, 20, 30, 40, 50, 60, List.of(new DatagramGap(7, 3.5)));

    @Test
    void shouldPassOnlyIfNothingBroke() {
        assertThat(result(0, 0, 100).passed()).isTrue();
        assertThat(result(1, 0, 100).passed()).isFalse();
        assertThat(result(0, 1, 100).passed()).isFalse();
        assertThat(result(0, 0, 99).shortcomings()).containsExactly("there was too little traffic to prove anything");
    }

    @Test
    void shouldTellMoreThanTheDemoWithoutAFault() {
        final JsonNode json = new ObjectMapper().valueToTree(result(0, 0, 100));
        assertThat(json.path("requests").asLong()).isEqualTo(10);
        assertThat(json.path("connectionsBroken").isIntegralNumber()).isTrue();
        assertThat(json.path("longestGapMs").asDouble()).isEqualTo(3.5);
        assertThat(json.path("takeovers").asInt()).isEqualTo(1);
        assertThat(json.at("/datagrams/gaps").isMissingNode()).isTrue();
        assertThat(json.at("/datagrams/lost").asLong()).isEqualTo(2);
    }

    private static FaultResult result(final long broken, final long failures, final long opened) {
        final DemoResult demo = new DemoResult(10, failures, 10, 0, Map.of(), List.of(), Map.of(), Map.of(), 1, null);
        return new FaultResult(demo, "kill", 100, opened, broken, 5, 5_000, 9, 3.5, 1, Map.of(), DATAGRAMS);
    }
}

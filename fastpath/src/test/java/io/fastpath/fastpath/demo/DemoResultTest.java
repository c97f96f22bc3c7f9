package io.fastpath.fastpath.demo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class DemoResultTest {
    @Test
    void shouldPassOnlyIfAllWasAnsweredByAll() {
        assertThat(result(10, 0, 10, 0, List.of()).passed()).isTrue();
        assertThat(result(0, 0, 10, 0, List.of()).passed()).isFalse();
        assertThat(result(10, 0, 0, 0, List.of()).passed()).isFalse();
        assertThat(result(10, 1, 10, 0, List.of()).passed()).isFalse();
        assertThat(result(10, 0, 10, 1, List.of()).passed()).isFalse();
        assertThat(result(10, 0, 10, 0, List.of("web backend-2")).passed()).isFalse();
    }

    @Test
    void shouldSayWhatIsMissing() {
        assertThat(result(10, 0, 10, 0, List.of()).shortcomings()).isEmpty();
        assertThat(result(0, 2, 10, 3, List.of("echo backend-2")).shortcomings())
                .containsExactly(
                        "no HTTP request was made",
                        "2 failed; the first said: refused",
                        "3 datagrams had no echo",
                        "echo backend-2 answered nothing");
    }

    @Test
    void shouldShowFlowsByService() throws Exception {
        final JsonNode backends = new ObjectMapper().readTree("""
                [{"service": "web", "address": "10.8.0.11", "flowsOpened": 5},
                 {"service": "echo", "address": "10.8.0.11", "flowsOpened": 1},
                 {"service": "web", "address": "10.8.0.12", "flowsOpened": 6}]""");
        assertThat(DemoScreen.opened(backends)).isEqualTo("web .11 5 .12 6  echo .11 1");
    }

    private static DemoResult result(
            final long requests,
            final long failures,
            final long exchanges,
            final long lost,
            final List<String> idleBackends) {
        return new DemoResult(
                requests,
                failures,
                exchanges,
                lost,
                Map.of(),
                idleBackends,
                Map.of(),
                Map.of(),
                1,
                failures == 0 ? null : "refused");
    }
}

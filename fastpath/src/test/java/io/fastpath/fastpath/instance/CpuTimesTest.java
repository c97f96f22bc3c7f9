package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class CpuTimesTest {
    private final CpuTimes times = new CpuTimes(Set.of(1));

    @Test
    void shouldFindACpuWithoutTimeLeft() {
        times.isOneSaturated(lines("100 0 0 1000 0 0 0 0", "0 0 0 0 0 0 0 0"));
        assertThat(times.isOneSaturated(lines("110 0 10 1004 0 0 76 0", "0 0 0 0 0 0 0 0")))
                .isTrue();
        assertThat(times.isOneSaturated(lines("120 0 20 1010 0 0 150 0", "0 0 0 0 0 0 0 0")))
                .as("6 of 100 ticks idle")
                .isFalse();
    }

    @Test
    void shouldCountWaitingForADiskAsTimeLeft() {
        times.isOneSaturated(lines("0 0 0 0 0 0 0 0", ""));
        assertThat(times.isOneSaturated(lines("90 0 0 0 10 0 0 0", ""))).isFalse();
    }

    @Test
    void shouldNotMindAWorkersCpuNorOneThatStandsStill() {
        times.isOneSaturated(lines("5 0 0 5 0 0 0 0", "0 0 0 5 0 0 0 0"));
        assertThat(times.isOneSaturated(lines("5 0 0 5 0 0 0 0", "100 0 0 5 0 0 0 0")))
                .isFalse();
    }

    @Test
    void shouldKnowNothingAtTheFirstLook() {
        assertThat(times.isOneSaturated(lines("100 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0")))
                .isFalse();
    }

    @Test
    void shouldReadTheKernelsFile() throws IOException {
        final List<String> lines = Files.readAllLines(Path.of("/proc/stat"));
        assertThat(new CpuTimes(Set.of()).isOneSaturated(lines)).isFalse();
        assertThat(lines).anyMatch(line -> line.startsWith("cpu0 "));
    }

    private static List<String> lines(final String cpu0, final String cpu1) {
        return List.of(
                "cpu  1 2 3 4 5 6 7 8 9 10",
                "cpu0 " + cpu0 + " 0 0",
                cpu1.isEmpty() ? "intr 5" : "cpu1 " + cpu1 + " 0 0",
                "ctxt 7");
    }
}

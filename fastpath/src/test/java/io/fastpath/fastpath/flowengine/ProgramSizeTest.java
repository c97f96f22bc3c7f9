package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** How much of the verifier's patience the flow operations take: what is left of a million is for all the rest. */
class ProgramSizeTest {
    private static final int SHARE = 250_000;
    private static final String FIELD = "verified_insns:";

    @Test
    void shouldLeaveRoomForTheRestOfTheEngine() throws IOException {
        try (FlowEngineRig rig = new FlowEngineRig(512, 2, FlowEngineRig.sources(1, "10.8.0.1"), 1)) {
            final int verifiedCount = Files.readAllLines(Path.of("/proc/self/fdinfo/" + rig.fd())).stream()
                    .filter(line -> line.startsWith(FIELD))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring(FIELD.length()).strip()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no " + FIELD + " (Linux 5.16)"));
            System.out.println("flow operations: " + verifiedCount + " instructions verified");
            assertThat(verifiedCount).isBetween(1, SHARE);
        }
    }
}

package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * How much of the verifier's patience the program takes. The kernel gives up at a million instructions (BPF_COMPLEXITY_LIMIT_INSNS
 * in {@code include/linux/bpf.h}); kernels differ in how soon they see that two paths are the same.
 */
class VerifiedSizeTest {
    private static final int KERNEL_LIMIT = 1_000_000;
    private static final String FIELD = "verified_insns:";

    @Test
    void shouldStayFarFromTheVerifiersLimit() throws IOException {
        try (SteerRig rig = SteerRig.onLoopback(512, 64, 1)) {
            final Path info = Path.of("/proc/self/fdinfo/" + rig.program().fd());
            final int verifiedCount = Files.readAllLines(info).stream()
                    .filter(line -> line.startsWith(FIELD))
                    .mapToInt(line ->
                            Integer.parseInt(line.substring(FIELD.length()).strip()))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(info + " has no " + FIELD + " (Linux 5.16)"));
            System.out.println("xdp_steer: " + verifiedCount + " instructions verified");
            assertThat(verifiedCount).isBetween(1, KERNEL_LIMIT / 2);
        }
    }
}

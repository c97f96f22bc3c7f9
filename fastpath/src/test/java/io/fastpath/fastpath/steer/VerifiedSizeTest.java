package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.kernelbpf.KernelObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Supplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * How much of the verifier's patience each program takes. The kernel gives up at a million instructions
 * (BPF_COMPLEXITY_LIMIT_INSNS in {@code include/linux/bpf.h}); kernels differ in how soon they see that two paths are the same.
 */
class VerifiedSizeTest {
    private static final int KERNEL_LIMIT = 1_000_000;
    private static final String FIELD = "verified_insns:";

    @ParameterizedTest
    @EnumSource
    void shouldStayFarFromTheVerifiersLimit(final Program program) throws IOException {
        try (BpfObject object = BpfObject.open(program.elf.get(), program.functionName)) {
            object.select(program.functionName);
            object.load();
            final int verifiedCount = verifiedCount(object.program(program.functionName));
            System.out.println(program.functionName + ": " + verifiedCount + " instructions verified");
            assertThat(verifiedCount).isBetween(1, KERNEL_LIMIT / 2);
        }
    }

    private static int verifiedCount(final BpfProgram program) throws IOException {
        final Path info = Path.of("/proc/self/fdinfo/" + program.fd());
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith(FIELD))
                .mapToInt(
                        line -> Integer.parseInt(line.substring(FIELD.length()).strip()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(info + " has no " + FIELD + " (Linux 5.16)"));
    }

    /** What is loaded: the instance's programs, and the lab's. */
    enum Program {
        XDP_STEER(KernelObjects::xdpSteer, KernelObjects.XDP_STEER_PROGRAM),
        XDP_SHADOW(KernelObjects::xdpSteer, KernelObjects.XDP_SHADOW_PROGRAM),
        XDP_DECAP(KernelObjects::xdpDecap, KernelObjects.XDP_DECAP_PROGRAM),
        XDP_PASS(KernelObjects::xdpPass, KernelObjects.XDP_PASS_PROGRAM),
        FLOW_OPERATIONS(KernelObjects::flowOperations, KernelObjects.FLOW_OPERATIONS_PROGRAM),
        LAB_ANSWER(KernelObjects::answers, KernelObjects.LAB_ANSWER_PROGRAM),
        LAB_READ(KernelObjects::packetFunctions, KernelObjects.LAB_READ_PROGRAM),
        LAB_PLAN(KernelObjects::packetFunctions, KernelObjects.LAB_PLAN_PROGRAM),
        LAB_REWRITE(KernelObjects::packetFunctions, KernelObjects.LAB_REWRITE_PROGRAM),
        VLAN_PUSH(KernelObjects::vlanPush, KernelObjects.VLAN_PUSH_PROGRAM),
        VLAN_POP(KernelObjects::vlanPop, KernelObjects.VLAN_POP_PROGRAM);

        private final Supplier<byte[]> elf;
        private final String functionName;

        Program(final Supplier<byte[]> elf, final String functionName) {
            this.elf = elf;
            this.functionName = functionName;
        }
    }
}

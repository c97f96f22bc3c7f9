package io.fastpath.kernelbpf;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.btf.Btf;
import io.fastpath.kernelbpf.btf.ElfSections;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class KernelObjectsTest {
    private static final int EM_BPF = 247;

    private static Stream<Arguments> objects() {
        return Stream.of(
                Arguments.of(KernelObjects.XDP_STEER_PROGRAM, "xdp", KernelObjects.xdpSteer()),
                Arguments.of(KernelObjects.XDP_PASS_PROGRAM, "xdp", KernelObjects.xdpPass()),
                Arguments.of(KernelObjects.LAB_READ_PROGRAM, "xdp", KernelObjects.packetFunctions()),
                Arguments.of(KernelObjects.LAB_PLAN_PROGRAM, "xdp", KernelObjects.packetFunctions()),
                Arguments.of(KernelObjects.LAB_REWRITE_PROGRAM, "xdp", KernelObjects.packetFunctions()),
                Arguments.of(KernelObjects.LAB_ANSWER_PROGRAM, "xdp", KernelObjects.answers()),
                Arguments.of(KernelObjects.FLOW_OPERATIONS_PROGRAM, "xdp", KernelObjects.flowOperations()),
                Arguments.of(KernelObjects.VLAN_PUSH_PROGRAM, "tc", KernelObjects.vlanPush()),
                Arguments.of(KernelObjects.VLAN_POP_PROGRAM, "tc", KernelObjects.vlanPop()));
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldHoldItsProgramWithTypesAndLicense(final String program, final String section, final byte[] object) {
        final ElfSections elf = new ElfSections(object);

        assertThat(elf.machine()).isEqualTo(EM_BPF);
        assertThat(elf.section(section).remaining()).isPositive();
        assertThat(elf.section(".BTF.ext").remaining()).isPositive();
        assertThat(StandardCharsets.US_ASCII.decode(elf.section("license")).toString())
                .isEqualTo("GPL\0");
        assertThat(new Btf(object).hasFunction(program)).isTrue();
    }

    @Test
    void shouldTagWithTheLabsVlan() throws IOException {
        assertThat(Path.of("src/main/bpf/lab/lab_vlan.h"))
                .content()
                .contains("#define LAB_VLAN_ID " + KernelObjects.LAB_VLAN_ID + "\n");
    }

    @ParameterizedTest
    @MethodSource("objects")
    void shouldNameNoPlaceOfTheMachineItWasBuiltOn(final String program, final String section, final byte[] object) {
        assertThat(new String(object, StandardCharsets.ISO_8859_1))
                .doesNotContain(Path.of("").toAbsolutePath().toString());
    }
}

package io.fastpath.kernelbpf.decap;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.btf.Btf;
import org.junit.jupiter.api.Test;

/** What the decapsulation program's BTF says is what its loader says. */
final class DecapLayoutTest {
    private final Btf btf = new Btf(KernelObjects.xdpDecap());

    @Test
    void shouldHaveTheCountersOfTheProgram() {
        btf.enumerators("fp_decap_count")
                .forEach((name, code) -> assertThat(DecapCounter.valueOf(name.replace("FP_DECAP_", ""))
                                .ordinal())
                        .isEqualTo(code));
        assertThat(btf.enumerators("fp_decap_count")).hasSize(DecapCounter.values().length);
    }

    @Test
    void shouldHaveTheRecordsOfTheProgram() {
        assertThat(btf.struct("fp_decap_row").sizeOrType()).isEqualTo(DecapDescriptor.ROW_LENGTH);
        assertThat(btf.struct("fp_decap_settings").sizeOrType()).isEqualTo(DecapDescriptor.SETTINGS_LENGTH);
    }
}

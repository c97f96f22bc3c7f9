package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.kernelbpf.layout.Counter;

/** Forwarding mode {@code full-nat} by the kernel engine alone. */
final class KernelFullNatTest extends ForwardingTest {
    KernelFullNatTest() {
        super("full-nat", EngineMode.KERNEL);
    }

    @Override
    void assertThatPacketsWereTakenAsPlaced() {
        assertThat(balancer().counter(Counter.XDP_KERNEL_PLACED)).isPositive();
        for (final Counter steered : Counter.values()) {
            if (steered.name().startsWith("XDP_STEERED")) {
                assertThat(balancer().counter(steered)).as(steered.label()).isZero();
            }
        }
    }
}

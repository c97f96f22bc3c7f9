package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.kernelbpf.layout.Counter;

/** Forwarding mode {@code full-nat}, Java first. */
final class FullNatTest extends ForwardingTest {
    FullNatTest() {
        super("full-nat", EngineMode.USERSPACE);
    }

    @Override
    void assertThatPacketsWereTakenAsPlaced() {
        assertThat(balancer().counter(Counter.XDP_STEERED_SERVICE)).isPositive();
        assertThat(balancer().counter(Counter.XDP_KERNEL_PLACED)).isZero();
    }
}

package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.kernelbpf.layout.Counter;

/** Forwarding mode {@code nat} by both engines: Java opens what the kernel goes on with. */
final class HybridNatTest extends ForwardingTest {
    HybridNatTest() {
        super("nat", EngineMode.HYBRID);
    }

    @Override
    void assertThatPacketsWereTakenAsPlaced() {
        final long opened = balancer().counter(Counter.FLOW_OPENED);
        assertThat(balancer().counter(Counter.XDP_STEERED_SERVICE)).isBetween(1L, 3 * opened);
        assertThat(balancer().counter(Counter.XDP_KERNEL_PLACED)).isGreaterThan(2 * opened);
    }
}

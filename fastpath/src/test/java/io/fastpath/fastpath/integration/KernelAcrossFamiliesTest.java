package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.kernelbpf.layout.Counter;

/** Forwarding mode {@code full-nat} to backends of the other family, by the kernel engine alone. */
final class KernelAcrossFamiliesTest extends ForwardingTest {
    KernelAcrossFamiliesTest() {
        super(EngineMode.KERNEL, TestBalancer.servicesAcross("full-nat") + BulkTransfer.services("full-nat", true));
    }

    /** No test here: fragments don't go across, as the packet cases have it. */
    @Override
    void shouldExchangeDatagramsLargerThanTheMtu(final String vip) {}

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

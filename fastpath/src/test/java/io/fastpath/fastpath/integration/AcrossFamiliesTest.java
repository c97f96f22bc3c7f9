package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.kernelbpf.layout.Counter;

/** Forwarding mode {@code full-nat} to backends of the other family, Java first. */
final class AcrossFamiliesTest extends ForwardingTest {
    AcrossFamiliesTest() {
        super(EngineMode.USERSPACE, TestBalancer.servicesAcross("full-nat") + BulkTransfer.services("full-nat", true));
    }

    /** No test here: fragments don't go across, as the packet cases have it. */
    @Override
    void shouldExchangeDatagramsLargerThanTheMtu(final String vip) {}

    @Override
    void assertThatPacketsWereTakenAsPlaced() {
        assertThat(balancer().counter(Counter.XDP_STEERED_SERVICE)).isPositive();
        assertThat(balancer().counter(Counter.XDP_KERNEL_PLACED)).isZero();
    }
}

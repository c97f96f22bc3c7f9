package io.fastpath.fastpath.integration;

/** Forwarding mode {@code nat}: the backends see the client's own address. */
final class NatTest extends ForwardingTest {
    NatTest() {
        super("nat");
    }
}

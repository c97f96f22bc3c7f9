package io.fastpath.fastpath.integration;

/** Forwarding mode {@code full-nat}. */
final class FullNatTest extends ForwardingTest {
    FullNatTest() {
        super("full-nat");
    }
}

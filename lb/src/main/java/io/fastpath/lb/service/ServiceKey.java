package io.fastpath.lb.service;

import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;

/**
 * What tells one service from another. Immutable; any thread.
 *
 * @param vip the virtual address
 * @param port in host order
 * @param protocol of the transport
 */
public record ServiceKey(Address vip, int port, Protocol protocol) {
    /**
     * The port in network order.
     *
     * @return as {@link Endpoint#portBe(int)} says
     */
    public int portBe() {
        return Endpoint.portBe(port);
    }

    /**
     * The usual text.
     *
     * @return such as {@code tcp 10.7.0.100:80}
     */
    @Override
    public String toString() {
        return protocol.label() + " " + new Endpoint(vip, port);
    }
}

package io.fastpath.lb.service;

import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;

/**
 * What tells one service from another. Immutable; any thread.
 *
 * @param virtual address or prefix
 * @param ports one, a range, or all
 * @param protocol of the transport
 */
public record ServiceKey(Vip virtual, Ports ports, Protocol protocol) {
    /**
     * The key of a service with one address and one port.
     *
     * @param vip the virtual address
     * @param port in host order
     * @param protocol of the transport
     */
    public ServiceKey(final Address vip, final int port, final Protocol protocol) {
        this(new Vip(vip), Ports.of(port), protocol);
    }

    /**
     * The virtual address.
     *
     * @return of a prefix the first
     */
    public Address vip() {
        return virtual.address();
    }

    /**
     * The port.
     *
     * @return in host order; of a range the first
     */
    public int port() {
        return ports.first();
    }

    /**
     * The port in network order.
     *
     * @return as {@link Endpoint#portBe(int)} says
     */
    public int portBe() {
        return Endpoint.portBe(port());
    }

    /**
     * Address and ports.
     *
     * @return such as {@code 10.7.0.100:80}, {@code [2001:db8::]/64:8000-8100}, {@code 10.9.0.0/24:any}
     */
    public String endpoint() {
        final String text = virtual.toString();
        if (virtual.address().isIpv4()) {
            return text + ":" + ports;
        }
        final String address = virtual.address().toString();
        return "[" + address + "]" + text.substring(address.length()) + ":" + ports;
    }

    /**
     * The usual text.
     *
     * @return such as {@code tcp 10.7.0.100:80}
     */
    @Override
    public String toString() {
        return protocol.label() + " " + endpoint();
    }
}

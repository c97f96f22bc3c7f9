package io.fastpath.fastpath.control;

/**
 * A connection in the flow table. Immutable; the components' names are the JSON's, and don't change.
 *
 * @param protocol tcp or udp.
 * @param state label of {@link io.fastpath.kernelbpf.layout.FlowState}.
 * @param client address.
 * @param clientPort in host order.
 * @param vip address.
 * @param port of the VIP, in host order.
 * @param service name; empty where only shared memory is left to ask.
 * @param forwarding label of {@link io.fastpath.kernelbpf.layout.Forwarding}.
 * @param backend address.
 * @param backendPort in host order.
 * @param snat address that the backend sees; empty but with full-nat.
 * @param snatPort that the backend sees; 0 but with full-nat.
 * @param idleMs since its last packet, in either direction.
 */
public record FlowReport(
        String protocol,
        String state,
        String client,
        int clientPort,
        String vip,
        int port,
        String service,
        String forwarding,
        String backend,
        int backendPort,
        String snat,
        int snatPort,
        long idleMs) {}

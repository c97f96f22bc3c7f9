package io.fastpath.fastpath.control;

import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;

/**
 * Which connections {@code flows} is asked for: those that match every part given. Immutable; a part that is null
 * matches all.
 *
 * @param protocol tcp or udp.
 * @param client address.
 * @param clientPort in host order.
 * @param vip address.
 * @param port of the VIP, in host order.
 * @param backend address.
 * @param backendPort in host order.
 * @param service name.
 * @param state label of {@link FlowState}.
 */
public record FlowFilter(
        String protocol,
        String client,
        Integer clientPort,
        String vip,
        Integer port,
        String backend,
        Integer backendPort,
        String service,
        String state) {
    /** Matches every connection. */
    public static final FlowFilter ALL = new FlowFilter(null, null, null, null, null, null, null, null, null);

    /**
     * Checks the parts.
     *
     * @throws IllegalArgumentException that names the part, its value and what is allowed
     */
    public FlowFilter {
        if (protocol != null) {
            Protocol.ofLabel(protocol);
        }
        checkAddress("client", client);
        checkAddress("vip", vip);
        checkAddress("backend", backend);
        checkPort("client port", clientPort);
        checkPort("port", port);
        checkPort("backend port", backendPort);
        if (state != null && stateCode(state) < 0) {
            throw new IllegalArgumentException("state \"" + state + "\" is unknown; allowed: " + states());
        }
    }

    private static void checkAddress(final String part, final String text) {
        if (text != null) {
            try {
                Address.parse(text);
            } catch (final IllegalArgumentException ex) {
                throw new IllegalArgumentException(part + ": " + ex.getMessage(), ex);
            }
        }
    }

    private static void checkPort(final String part, final Integer number) {
        if (number != null && (number < 0 || number > Endpoint.PORT_MAX)) {
            throw new IllegalArgumentException(part + " " + number + " is not in 0-" + Endpoint.PORT_MAX);
        }
    }

    /**
     * {@return the code of a live state's label, or -1}
     *
     * @param label as {@link FlowState#label} gives.
     */
    static int stateCode(final String label) {
        for (int code = 0; code < FlowState.COUNT; code++) {
            if (FlowState.isLive(code) && FlowState.label(code).equals(label)) {
                return code;
            }
        }
        return -1;
    }

    /** {@return the labels of all live states, for messages} */
    public static String states() {
        final StringBuilder labels = new StringBuilder();
        for (int code = 0; code < FlowState.COUNT; code++) {
            if (FlowState.isLive(code)) {
                labels.append(labels.isEmpty() ? "" : ", ").append(FlowState.label(code));
            }
        }
        return labels.toString();
    }
}

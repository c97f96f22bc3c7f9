package io.fastpath.fastpath.control;

import io.fastpath.conntrack.FlowFlyweight;
import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;

/**
 * A {@link FlowFilter} worked out into numbers, so that a connection that does not match costs a few compares and no
 * object. One thread.
 */
final class FlowMatcher {
    private static final int ANY = -1;

    private final int protocol;
    private final Address client;
    private final int clientPortBe;
    private final Address vip;
    private final int portBe;
    private final Address backend;
    private final int backendPortBe;
    private final String service;
    private final int state;
    private final ServiceNames names;
    private final SharedMemory backends;

    /**
     * @param filter checked already.
     * @param names of services.
     * @param backends the backend table.
     */
    FlowMatcher(final FlowFilter filter, final ServiceNames names, final SharedMemory backends) {
        this.names = names;
        this.backends = backends;
        protocol = filter.protocol() == null
                ? ANY
                : Protocol.ofLabel(filter.protocol()).number();
        client = address(filter.client());
        clientPortBe = portBe(filter.clientPort());
        vip = address(filter.vip());
        portBe = portBe(filter.port());
        backend = address(filter.backend());
        backendPortBe = portBe(filter.backendPort());
        service = filter.service();
        state = filter.state() == null ? ANY : FlowFilter.stateCode(filter.state());
    }

    private static Address address(final String text) {
        return text == null ? null : Address.parse(text);
    }

    private static int portBe(final Integer port) {
        return port == null ? ANY : Endpoint.portBe(port);
    }

    /**
     * {@return whether a connection matches every part}
     *
     * @param flow to look at.
     */
    boolean matches(final FlowFlyweight flow) {
        return matches(state, flow.state())
                && matches(protocol, flow.protocol())
                && matches(clientPortBe, flow.clientPortBe())
                && matches(portBe, flow.vipPortBe())
                && matches(client, flow.client0(), flow.client1())
                && matches(vip, flow.vip0(), flow.vip1())
                && matchesBackend(flow.backendIndex(), flow.vipPortBe())
                && (service == null || service.equals(names.of(flow.serviceIndex())));
    }

    private boolean matchesBackend(final int backendIndex, final int vipPortBe) {
        if (backend == null && backendPortBe == ANY) {
            return true;
        }
        final long record = BackendDescriptor.recordOffset(backendIndex);
        final long address = record + BackendDescriptor.ADDRESS_OFFSET;
        if (record + BackendDescriptor.LENGTH > backends.length()) {
            return false;
        }
        final int ownPortBe = backends.getShort(record + BackendDescriptor.PORT_BE_OFFSET) & 0xffff;
        return matches(backendPortBe, ownPortBe == 0 ? vipPortBe : ownPortBe)
                && matches(
                        backend, backends.getLong(address), backends.getLong(address + AddressDescriptor.WORD1_OFFSET));
    }

    private static boolean matches(final int wanted, final int found) {
        return wanted == ANY || wanted == found;
    }

    private static boolean matches(final Address wanted, final long word0, final long word1) {
        return wanted == null || wanted.word0() == word0 && wanted.word1() == word1;
    }
}

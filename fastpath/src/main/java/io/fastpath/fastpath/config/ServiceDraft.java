package io.fastpath.fastpath.config;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;

/**
 * A service as read, before it was compared with the others. Any value that was wrong is null; then a problem was noted.
 *
 * @param section it stands in, for further problems.
 */
record ServiceDraft(
        Section section,
        String name,
        Address vip,
        Integer port,
        Protocol protocol,
        Forwarding forwarding,
        Integer maglevSize,
        SelectionSpec selection,
        List<BackendDraft> backends) {

    /**
     * A backend as read.
     *
     * @param section it stands in.
     */
    record BackendDraft(Section section, Address address, Integer port, Integer weight) {
        /** {@return whether address and port are known} */
        boolean hasEndpoint() {
            return address != null && port != null;
        }

        /** {@return the backend; only where no problem was noted} */
        BackendSpec toSpec() {
            return new BackendSpec(address, port, weight);
        }
    }

    /** {@return whether address, port and protocol are known} */
    boolean hasTuple() {
        return vip != null && port != null && protocol != null;
    }

    /** {@return the service; only where no problem was noted} */
    ServiceSpec toSpec() {
        return new ServiceSpec(
                name,
                vip,
                port,
                protocol,
                forwarding,
                maglevSize,
                selection,
                backends.stream().map(BackendDraft::toSpec).toList());
    }
}

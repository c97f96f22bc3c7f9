package io.fastpath.fastpath.config;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.DrainSpec;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.TrackingSpec;
import io.fastpath.lb.service.Vip;
import java.util.List;

/**
 * A service as read, before it was compared with the others. Any value that was wrong is null; then a problem was noted.
 *
 * @param section it stands in, for further problems.
 */
record ServiceDraft(
        Section section,
        String name,
        Vip vip,
        Ports ports,
        Protocol protocol,
        Forwarding forwarding,
        Integer maglevSize,
        SelectionSpec selection,
        TrackingSpec tracking,
        LimitsConfig limits,
        MssLimit mss,
        DrainSpec drain,
        List<BackendDraft> backends) {

    /**
     * A backend as read.
     *
     * @param section it stands in.
     */
    record BackendDraft(Section section, Address address, Integer port, Integer weight, boolean isDraining) {
        /** {@return whether address and port are known; port 0 stands for the client's} */
        boolean hasEndpoint() {
            return address != null && port != null;
        }

        /** {@return the backend; only where no problem was noted} */
        BackendSpec toSpec() {
            return new BackendSpec(address, port, weight).withholding(isDraining ? BackendDescriptor.WITHHELD_ALL : 0);
        }
    }

    /** {@return address, ports and protocol; null where one of them is not known} */
    ServiceKey key() {
        return vip == null || ports == null || protocol == null ? null : new ServiceKey(vip, ports, protocol);
    }

    /** {@return the service; only where no problem was noted} */
    ServiceSpec toSpec() {
        return new ServiceSpec(
                name,
                key(),
                forwarding,
                maglevSize,
                selection,
                mss,
                drain,
                tracking,
                backends.stream().map(BackendDraft::toSpec).toList());
    }
}

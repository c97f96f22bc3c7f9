package io.fastpath.fastpath.control;

import io.fastpath.lb.LbMemory;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.TableReader;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Names of services by their index: shared memory holds the index, the configuration the name. Immutable. */
final class ServiceNames {
    private final Map<Integer, String> names = new HashMap<>();

    /**
     * @param memory with the services in force.
     * @param specs as configured.
     */
    ServiceNames(final LbMemory memory, final List<ServiceSpec> specs) {
        final Map<ServiceKey, String> byKey = new HashMap<>();
        specs.forEach(spec -> byKey.put(spec.key(), spec.name()));
        for (final ServiceEntry entry : TableReader.services(memory)) {
            names.put(entry.index(), byKey.getOrDefault(entry.key(), ""));
        }
    }

    /**
     * {@return the name of a service; empty where it is not known}
     *
     * @param serviceIndex its slot in the service table.
     */
    String of(final int serviceIndex) {
        return names.getOrDefault(serviceIndex, "");
    }
}

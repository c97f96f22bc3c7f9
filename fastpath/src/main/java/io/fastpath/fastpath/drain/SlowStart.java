package io.fastpath.fastpath.drain;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.service.ServiceSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives backends that have come to others their weight in steps. How far one is stands in its {@code withheld}; only the
 * time of the next step is remembered here, so a new process goes on where the last one was. Under the lock of {@link Drains}.
 */
final class SlowStart {
    /** Withheld at the beginning: all but the first step. */
    static final int FIRST;

    /** Each is a change of the Maglev table, which moves no more flows than it must. */
    private static final int STEPS = 20;

    private static final int STEP = BackendDescriptor.WITHHELD_ALL / STEPS;

    static {
        FIRST = BackendDescriptor.WITHHELD_ALL - STEP;
    }

    private final Map<String, Long> nextStepNs = new HashMap<>();

    /** {@return the services of which a backend's weight grows now, as they are to be} */
    List<ServiceSpec> step(final Collection<ServiceSpec> services, final long nowNs) {
        final List<ServiceSpec> grown = new ArrayList<>();
        for (final ServiceSpec service : services) {
            if (service.backends().stream().noneMatch(SlowStart::isStarting)) {
                nextStepNs.remove(service.name());
                continue;
            }
            final long stepNs = Math.max(1, service.drain().slowStartNs() / STEPS);
            final long next = nextStepNs.computeIfAbsent(service.name(), name -> nowNs + stepNs);
            if (nowNs - next >= 0) {
                final int steps = (int) Math.min(STEPS, 1 + (nowNs - next) / stepNs);
                nextStepNs.put(service.name(), next + steps * stepNs);
                grown.add(service.with(service.backends().stream()
                        .map(backend -> grown(backend, steps))
                        .toList()));
            }
        }
        return grown;
    }

    private static BackendSpec grown(final BackendSpec backend, final int steps) {
        return isStarting(backend) ? backend.withholding(Math.max(0, backend.withheld() - steps * STEP)) : backend;
    }

    static boolean isStarting(final BackendSpec backend) {
        return backend.withheld() > 0 && backend.withheld() < BackendDescriptor.WITHHELD_ALL;
    }
}

package io.fastpath.fastpath.config;

import io.fastpath.fastpath.tables.RateTable;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.SelectionSpec;
import java.util.ArrayList;
import java.util.List;

/** Reads the {@code services} list; {@link CrossChecks} compares its members afterwards. One thread. */
final class ServiceReader {
    /** Two backends share so few slots within half a percent; the highest size has a hundred for each possible backend. */
    private static final int MAGLEV_SIZE_LOWEST = 251;

    private static final Kind<Protocol> PROTOCOL = Kinds.choice(Protocol.values(), Protocol::label);
    private static final Kind<Forwarding> FORWARDING = Kinds.choice(Forwarding.values(), Forwarding::label);
    private static final Kind<HashInput> HASH = Kinds.choice(HashInput.values(), HashInput::label);
    private static final Kind<Integer> MAGLEV_SIZE = Kinds.prime(MAGLEV_SIZE_LOWEST, MaglevSize.LIMIT);
    private static final Kind<Integer> WEIGHT = Kinds.integer("a weight", 0, BackendSpec.WEIGHT_LIMIT);

    private static final Kind<Integer> RATE = Kinds.integer("new connections in a second", 1, RateTable.LIMIT);

    private ServiceReader() {}

    /**
     * Reads the services.
     *
     * @param root of the file.
     * @return what could be read.
     */
    static List<ServiceDraft> read(final Section root) {
        final List<ServiceDraft> services =
                root.sections("services").stream().map(ServiceReader::one).toList();
        root.needsItems("services", "at least one service");
        return services;
    }

    private static ServiceDraft one(final Section section) {
        final ServiceDraft service = new ServiceDraft(
                section,
                section.required("name", Kinds.LABEL),
                section.required("vip", Kinds.VIP),
                section.required("port", Kinds.SERVICE_PORTS),
                section.required("protocol", PROTOCOL),
                section.optional("forwarding", Forwarding.FULL_NAT, FORWARDING),
                section.optional("maglevSize", MaglevSize.DEFAULT, MAGLEV_SIZE),
                new SelectionSpec(section.optional("hash", HashInput.TUPLE, HASH)),
                limits(section.section("limits")),
                section.optional("mss", MssLimit.NONE, Kinds.MSS),
                backends(section));
        section.end();
        return service;
    }

    private static LimitsConfig limits(final Section section) {
        final LimitsConfig limits = new LimitsConfig(
                section.optional("newPerSecond", 0, RATE), section.optional("newPerSecondPerClient", 0, RATE));
        section.end();
        return limits;
    }

    private static List<ServiceDraft.BackendDraft> backends(final Section service) {
        final List<ServiceDraft.BackendDraft> backends = new ArrayList<>();
        for (final Section section : service.sections("backends")) {
            backends.add(new ServiceDraft.BackendDraft(
                    section,
                    section.required("address", Kinds.ADDRESS),
                    section.optional("port", 0, Kinds.PORT),
                    section.optional("weight", 1, WEIGHT)));
            section.end();
        }
        service.needsItems("backends", "at least one backend");
        return backends;
    }
}

package io.fastpath.lb.selection;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.Algorithm;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.SelectionKey;
import io.fastpath.lb.maglev.MaglevTable;
import io.fastpath.lb.selection.Explanation.Outcome;
import io.fastpath.lb.selection.Explanation.Share;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.SourceSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Says from a configuration alone which backend a new flow gets, and why. It needs no running instance: Maglev tables
 * and the selection hash depend on the configuration only, so {@link Selector} picks the same. Flows that exist
 * already stay where they are, whatever this says. Any thread.
 */
public final class Explainer {
    /** Ranges don't overlap, and all ports are the most there can be. */
    private static final Comparator<ServiceSpec> SPECIFIC_FIRST = Comparator.<ServiceSpec>comparingInt(
                    service -> service.key().virtual().hostBits())
            .thenComparingInt(service ->
                    service.key().ports().last() - service.key().ports().first());

    private final List<ServiceSpec> services;
    private final TupleHash selectionHash = SelectionKey.hash();

    /**
     * An explainer.
     *
     * @param services of the configuration
     * @throws IllegalArgumentException when two services have one key or name
     */
    public Explainer(final List<ServiceSpec> services) {
        ServiceSpec.checkDistinct(services);
        this.services = List.copyOf(services);
    }

    /**
     * Explains a tuple.
     *
     * @param protocol of the transport
     * @param source client endpoint
     * @param destination endpoint that the client speaks to
     * @return what a new flow gets, and why
     * @throws IllegalArgumentException when the two are not of one family
     */
    public Explanation explain(final Protocol protocol, final Endpoint source, final Endpoint destination) {
        if (source.address().isIpv4() != destination.address().isIpv4()) {
            throw new IllegalArgumentException(
                    "source " + source + " and destination " + destination + " are not of one family");
        }
        return services.stream()
                .filter(service -> service.protocol() == protocol)
                .filter(service -> service.key().virtual().contains(destination.address())
                        && service.key().ports().contains(destination.port()))
                .min(SPECIFIC_FIRST)
                .map(service -> routed(service, source, destination))
                .orElseGet(() -> noService(protocol, source, destination));
    }

    private Explanation routed(final ServiceSpec service, final Endpoint source, final Endpoint destination) {
        final SourceSpec.Rule rule = service.selection().sources().rule(source.address());
        if (!service.selection().sources().allows(source.address())) {
            return nothing(
                    Outcome.NOT_ALLOWED,
                    service.protocol(),
                    source,
                    destination,
                    "service " + service.name() + " does not allow " + source.address());
        }
        return services.stream()
                .filter(other -> rule != null && other.name().equals(rule.service()))
                .findFirst()
                .map(other -> explain(other, source, destination))
                .orElseGet(() -> explain(service, source, destination));
    }

    private Explanation explain(final ServiceSpec service, final Endpoint source, final Endpoint destination) {
        final MaglevTable table = service.table();
        final int hash = hash(service, source, destination);
        final int slot = TupleHash.slot(hash, table.size());
        final BackendSpec backend = backend(table, slot);
        final BackendSpec successor = backend == null ? null : successor(service, backend, slot);
        return new Explanation(
                backend == null ? Outcome.NO_BACKEND : Outcome.BACKEND,
                service.protocol().label(),
                source.toString(),
                destination.toString(),
                service.name(),
                String.format(Locale.ROOT, "0x%08x", hash),
                table.size(),
                slot,
                text(backend, destination),
                text(successor, destination),
                shares(service, table, destination),
                reason(service, hash, slot, text(backend, destination)));
    }

    private int hash(final ServiceSpec service, final Endpoint source, final Endpoint destination) {
        return Selector.hash(
                selectionHash,
                service.selection().hash().code(),
                source.address().word0(),
                source.address().word1(),
                destination.address().word0(),
                destination.address().word1(),
                source.portBe() | destination.portBe() << 16,
                service.protocol().number());
    }

    private static BackendSpec successor(final ServiceSpec service, final BackendSpec removed, final int slot) {
        final List<BackendSpec> others = service.backends().stream()
                .filter(backend -> !backend.equals(removed))
                .toList();
        return backend(service.with(others).table(), slot);
    }

    private static BackendSpec backend(final MaglevTable table, final int slot) {
        final int position = table.position(slot);
        return position == MaglevTable.NONE ? null : table.backends().get(position);
    }

    private static List<Share> shares(final ServiceSpec service, final MaglevTable table, final Endpoint destination) {
        final int[] counts = table.slotCounts();
        final double weightSum =
                service.backends().stream().mapToLong(BackendSpec::share).sum();
        final List<BackendSpec> sorted = new ArrayList<>(service.backends());
        sorted.sort(Comparator.comparing(BackendSpec::endpoint));
        final List<Share> shares = new ArrayList<>();
        for (final BackendSpec backend : sorted) {
            final int position = table.backends().indexOf(backend);
            final int count = position < 0 ? 0 : counts[position];
            final double weightShare = weightSum == 0 ? 0 : backend.share() / weightSum;
            shares.add(new Share(
                    text(backend, destination), backend.weight(), count, (double) count / table.size(), weightShare));
        }
        return shares;
    }

    private static String reason(final ServiceSpec service, final int hash, final int slot, final String backend) {
        if (backend == null) {
            return "no backend of service " + service.name() + " takes new flows";
        }
        if (service.selection().algorithm() == Algorithm.WEIGHTED_ROUND_ROBIN) {
            return "service " + service.name() + " takes its backends in turn, so the backend of a tuple is not known"
                    + " beforehand: named is that of the first turn at this slot";
        }
        return String.format(
                Locale.ROOT,
                "hash 0x%08x%s x %d / 2^32 is slot %d, and in the %s table of service %s that is %s's%s%s",
                hash,
                hashed(service.selection().hash()),
                service.maglevSize(),
                slot,
                service.selection().algorithm() == Algorithm.RENDEZVOUS ? "rendezvous" : "Maglev",
                service.name(),
                backend,
                byLoad(service.selection().algorithm()),
                service.forwarding().isDirect()
                        ? ", which answers the client itself ("
                                + service.forwarding().label() + ")"
                        : "");
    }

    private static String byLoad(final Algorithm algorithm) {
        return switch (algorithm) {
            case RANDOM_OF_TWO -> ", or another one's that has fewer open flows by weight";
            case WEIGHTED_LEAST_CONNECTIONS -> ", as long as all have equally many open flows by weight";
            default -> "";
        };
    }

    private static String hashed(final HashInput input) {
        return switch (input) {
            case TUPLE -> "";
            case SOURCE -> " of the source address alone";
            case SOURCE_AND_PORT -> " of the source address and the destination port";
        };
    }

    private Explanation noService(final Protocol protocol, final Endpoint source, final Endpoint destination) {
        final String others = services.stream()
                .filter(service -> service.key().virtual().contains(destination.address()))
                .map(service -> service.protocol().label() + " " + service.key().ports() + " (" + service.name() + ")")
                .collect(Collectors.joining(", "));
        final String reason = others.isEmpty()
                ? destination.address() + " is no VIP"
                : "no service is " + protocol.label() + " " + destination + "; this VIP has " + others;
        return nothing(Outcome.NO_SERVICE, protocol, source, destination, reason);
    }

    private static Explanation nothing(
            final Outcome outcome,
            final Protocol protocol,
            final Endpoint source,
            final Endpoint destination,
            final String reason) {
        return new Explanation(
                outcome,
                protocol.label(),
                source.toString(),
                destination.toString(),
                null,
                null,
                0,
                Selector.NONE,
                null,
                null,
                List.of(),
                reason);
    }

    private static String text(final BackendSpec backend, final Endpoint destination) {
        return backend == null ? null : backend.endpoint(destination.port()).toString();
    }
}

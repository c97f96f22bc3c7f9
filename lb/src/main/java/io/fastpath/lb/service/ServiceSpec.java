package io.fastpath.lb.service;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.maglev.MaglevTable;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A service as configured. Immutable; any thread.
 *
 * @param name for people, logs and labels; not in shared memory
 * @param key address or prefix, ports and protocol
 * @param forwarding how packets reach the backends
 * @param maglevSize slots of the Maglev table, a prime
 * @param selection how backends are picked
 * @param mss largest segment size that passes; anything but {@link MssLimit#NONE} for TCP only
 * @param drain what becomes of flows whose backend takes no new ones
 * @param tracking how connections are tracked
 * @param backends with distinct endpoints, of the VIP's family but in tunnel modes; may be empty: then new flows are dropped
 */
public record ServiceSpec(
        String name,
        ServiceKey key,
        Forwarding forwarding,
        int maglevSize,
        SelectionSpec selection,
        MssLimit mss,
        DrainSpec drain,
        TrackingSpec tracking,
        List<BackendSpec> backends) {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

    /**
     * Checks the values.
     *
     * @throws IllegalArgumentException that names the service, the value and what is allowed
     */
    public ServiceSpec {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("service name \"" + name
                    + "\" is not 1 to 63 letters, digits, '.', '_' or '-', a letter or digit first");
        }
        final String where = "service " + name + ": ";
        try {
            MaglevSize.check(maglevSize);
        } catch (final IllegalArgumentException cause) {
            throw new IllegalArgumentException(where + cause.getMessage(), cause);
        }
        if (!mss.equals(MssLimit.NONE) && key.protocol() != Protocol.TCP) {
            throw new IllegalArgumentException(where + "mss is for TCP");
        }
        final String refusal = pickUpRefusal(tracking, forwarding, key.protocol());
        if (refusal != null) {
            throw new IllegalArgumentException(where + "midStream " + refusal);
        }
        if (tracking.isChecked() && key.protocol() != Protocol.TCP) {
            throw new IllegalArgumentException(where + "tcpCheck is for TCP");
        }
        backends = List.copyOf(backends);
        checkBackends(where, key.virtual(), maglevSize, backends, forwarding.isAcross());
        if (forwarding.isDirect()) {
            checkPorts(where, key.ports(), backends);
        }
    }

    /**
     * A service that lets any segment size pass, drains as its protocol wants it, and whose connections begin with their SYN.
     *
     * @param name for people
     * @param key address or prefix, ports and protocol
     * @param forwarding how packets reach the backends
     * @param maglevSize slots of the Maglev table, a prime
     * @param selection how backends are picked
     * @param backends may be empty
     */
    public ServiceSpec(
            final String name,
            final ServiceKey key,
            final Forwarding forwarding,
            final int maglevSize,
            final SelectionSpec selection,
            final List<BackendSpec> backends) {
        this(
                name,
                key,
                forwarding,
                maglevSize,
                selection,
                MssLimit.NONE,
                DrainSpec.of(key.protocol()),
                TrackingSpec.DEFAULT,
                backends);
    }

    /**
     * A service with a Maglev table of {@link MaglevSize#DEFAULT} slots.
     *
     * @param name for people
     * @param vip the virtual address
     * @param port in host order
     * @param protocol of the transport
     * @param forwarding how packets reach the backends
     * @param backends may be empty
     */
    public ServiceSpec(
            final String name,
            final Address vip,
            final int port,
            final Protocol protocol,
            final Forwarding forwarding,
            final List<BackendSpec> backends) {
        this(name, vip, port, protocol, forwarding, MaglevSize.DEFAULT, backends);
    }

    /**
     * A service whose new flows are hashed by the whole tuple.
     *
     * @param name for people
     * @param vip the virtual address
     * @param port in host order
     * @param protocol of the transport
     * @param forwarding how packets reach the backends
     * @param maglevSize slots of the Maglev table, a prime
     * @param backends may be empty
     */
    public ServiceSpec(
            final String name,
            final Address vip,
            final int port,
            final Protocol protocol,
            final Forwarding forwarding,
            final int maglevSize,
            final List<BackendSpec> backends) {
        this(name, key(name, vip, port, protocol), forwarding, maglevSize, SelectionSpec.DEFAULT, backends);
    }

    private static ServiceKey key(final String name, final Address vip, final int port, final Protocol protocol) {
        try {
            return new ServiceKey(vip, port, protocol);
        } catch (final IllegalArgumentException cause) {
            throw new IllegalArgumentException("service " + name + ": " + cause.getMessage(), cause);
        }
    }

    /**
     * Why a service can't pick connections up.
     *
     * @param tracking that is asked for
     * @param forwarding of the service
     * @param protocol of the service
     * @return a reason, or null where it can, or is not to
     */
    public static String pickUpRefusal(
            final TrackingSpec tracking, final Forwarding forwarding, final Protocol protocol) {
        if (!tracking.picksUp()) {
            return null;
        }
        if (protocol != Protocol.TCP) {
            return "is for TCP: a UDP flow begins with any datagram";
        }
        return forwarding == Forwarding.FULL_NAT
                ? "with full-nat a backend knows a connection by its source port, which is lost with the flow table: no"
                        + " backend would know a connection that is picked up"
                : null;
    }

    /**
     * The virtual address.
     *
     * @return of a prefix the first
     */
    public Address vip() {
        return key.vip();
    }

    /**
     * The port.
     *
     * @return in host order; of a range the first
     */
    public int port() {
        return key.port();
    }

    /**
     * The protocol.
     *
     * @return of the transport
     */
    public Protocol protocol() {
        return key.protocol();
    }

    /**
     * How many backends take new flows.
     *
     * @return those with a share above 0
     */
    public int weightedCount() {
        return (int) backends.stream().filter(backend -> backend.share() > 0).count();
    }

    /**
     * The table that its algorithm makes of its backends.
     *
     * @return with a slot for each value of the hash, or of the turn
     */
    public MaglevTable table() {
        return MaglevTable.build(selection.algorithm(), backends, maglevSize);
    }

    /**
     * Whether segments of unknown TCP connections are answered with a reset.
     *
     * @return true where connections may be ended
     */
    public boolean resets() {
        return protocol() == Protocol.TCP && drain.ends();
    }

    /**
     * The same service with other backends.
     *
     * @param others to take the place of these
     * @return the service
     */
    public ServiceSpec with(final List<BackendSpec> others) {
        return new ServiceSpec(name, key, forwarding, maglevSize, selection, mss, drain, tracking, others);
    }

    /**
     * Checks that no two services have one name, and that their keys go together ({@link KeyRules}).
     *
     * @param specs to check
     * @throws IllegalArgumentException that names the services
     */
    public static void checkDistinct(final List<ServiceSpec> specs) {
        final KeyRules rules = new KeyRules();
        final Set<String> names = new HashSet<>();
        for (final ServiceSpec spec : specs) {
            if (!names.add(spec.name)) {
                throw new IllegalArgumentException("service name " + spec.name + " is there twice");
            }
            final String refusal = rules.refusal(spec.key());
            if (refusal != null) {
                throw new IllegalArgumentException("service " + spec.name + ": " + refusal);
            }
        }
    }

    private static void checkPorts(final String where, final Ports ports, final List<BackendSpec> backends) {
        for (final BackendSpec backend : backends) {
            if (backend.port() != 0 && !ports.equals(Ports.of(backend.port()))) {
                throw new IllegalArgumentException(where + "backend " + backend.endpoint()
                        + " has another port than the" + " VIP, and direct server return changes no ports");
            }
        }
    }

    private static void checkBackends(
            final String where,
            final Vip vip,
            final int maglevSize,
            final List<BackendSpec> backends,
            final boolean isAcross) {
        if (backends.size() > maglevSize) {
            throw new IllegalArgumentException(where + backends.size() + " backends don't fit in a Maglev table of "
                    + maglevSize + " slots; a hundred slots per backend are good");
        }
        final Set<Endpoint> endpoints = new HashSet<>();
        for (final BackendSpec backend : backends) {
            if (!endpoints.add(backend.endpoint())) {
                throw new IllegalArgumentException(
                        where + "backend " + backend.endpoint() + " is there twice; give it one weight instead");
            }
            if (!isAcross && backend.address().isIpv4() != vip.address().isIpv4()) {
                throw new IllegalArgumentException(
                        where + "backend " + backend.endpoint() + " is not of the family of VIP " + vip);
            }
            if (vip.contains(backend.address())) {
                throw new IllegalArgumentException(where + "backend " + backend.endpoint()
                        + (vip.isSingle() ? " is the VIP itself" : " is in the VIP prefix " + vip)
                        + ": packets would go round");
            }
        }
    }
}

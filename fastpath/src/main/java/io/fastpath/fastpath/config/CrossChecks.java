package io.fastpath.fastpath.config;

import io.fastpath.fastpath.config.ServiceDraft.BackendDraft;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.KeyRules;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.Vip;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** Checks of services against each other and against the SNAT addresses. One thread; values that are null were reported. */
final class CrossChecks {
    /** Services at most: slots are numbered with 16 bits, and the open-addressed table must stay sparse. */
    static final int SERVICE_LIMIT = 16_384;

    /** Lines of 32 entries are not shared, so each copy may take up to one more. */
    private static final int MAGLEV_LINE_ENTRIES = ServiceDescriptor.MAGLEV_LINE_ENTRIES;

    private final List<ServiceDraft> services;
    private final SnatConfig snat;
    private final Map<String, Integer> lineOfName = new HashMap<>();
    private final Map<String, Integer> lineOfTuple = new HashMap<>();
    private final KeyRules rules = new KeyRules();
    private final Set<Address> vips = new HashSet<>();
    private final Set<Vip> prefixes = new HashSet<>();

    private CrossChecks(final List<ServiceDraft> services, final SnatConfig snat) {
        this.services = services;
        this.snat = snat;
    }

    /**
     * Checks, and notes what is wrong.
     *
     * @param root of the file.
     * @param services as read.
     * @param snat as read.
     */
    static void check(final Section root, final List<ServiceDraft> services, final SnatConfig snat) {
        final CrossChecks checks = new CrossChecks(services, snat);
        services.stream().map(ServiceDraft::vip).filter(Objects::nonNull).forEach(checks::note);
        services.forEach(checks::service);
        SourceReader.check(root, services);
        checks.sums(root);
    }

    private void note(final Vip vip) {
        if (vip.isSingle()) {
            vips.add(vip.address());
        } else {
            prefixes.add(vip);
        }
    }

    private void sums(final Section root) {
        if (services.size() > SERVICE_LIMIT) {
            root.problem("services", services.size() + " services are too many (1-" + SERVICE_LIMIT + ")");
        }
        long backendCount = 0;
        long entryCount = 0;
        for (final ServiceDraft service : services) {
            backendCount += service.backends().size();
            entryCount += 2L * (service.maglevSize() + MAGLEV_LINE_ENTRIES);
        }
        if (backendCount > LbMemory.BACKEND_LIMIT) {
            root.problem(
                    "services",
                    backendCount + " backends are too many (1-" + LbMemory.BACKEND_LIMIT + " in all services)");
        }
        if (entryCount > TableSizes.MAGLEV_ENTRY_LIMIT) {
            root.problem(
                    "services",
                    entryCount + " Maglev entries are too many (at most " + TableSizes.MAGLEV_ENTRY_LIMIT
                            + " in all services, two copies each); take a smaller maglevSize");
        }
    }

    private void service(final ServiceDraft service) {
        unique(service.section(), "name", service.name(), lineOfName);
        if (service.key() != null
                && unique(service.section(), "vip", service.key().toString(), lineOfTuple)) {
            final String refusal = rules.refusal(service.key());
            if (refusal != null) {
                service.section().problem(service.vip().isSingle() ? "port" : "vip", refusal);
            }
        }
        if (service.protocol() == Protocol.UDP
                && service.mss() != null
                && !service.mss().equals(MssLimit.NONE)) {
            service.section().problem("mss", "mss is for services with protocol tcp: UDP tells no segment size");
        }
        for (final Address address : snat.addresses()) {
            if (service.vip() != null && service.vip().contains(address)) {
                final String what = service.vip().isSingle() ? "is" : "contains " + address + ",";
                service.section()
                        .problem(
                                "vip",
                                service.vip() + " " + what
                                        + " an address of snat.addresses; a VIP must be another one");
            }
        }
        if (service.backends().size() > service.maglevSize()) {
            service.section()
                    .problem(
                            "backends",
                            service.backends().size() + " backends don't fit in " + service.maglevSize()
                                    + " Maglev slots; a hundred slots per backend are good (maglevSize)");
        }
        cookies(service);
        tracking(service);
        backends(service);
    }

    /** Who doesn't see what the backend answers can't make a handshake in its place. */
    private static void cookies(final ServiceDraft service) {
        if (!service.limits().hasSynCookies()) {
            return;
        }
        if (service.tracking().picksUp()) {
            service.section().problem("midStream", "with synCookies an ACK of no connection must bring a cookie back");
        }
        if (service.protocol() == Protocol.UDP) {
            service.section().problem("synCookies", "UDP has no handshake that a cookie could stand for");
        }
        if (service.forwarding() != null && service.forwarding().isDirect()) {
            service.section()
                    .problem(
                            "synCookies",
                            "in " + service.forwarding().label() + " the backend answers the client itself, so nobody"
                                    + " could make the handshake in its place; full-nat and nat can have SYN cookies");
        }
    }

    private static void tracking(final ServiceDraft service) {
        if (service.protocol() == Protocol.UDP && service.tracking().isChecked()) {
            service.section().problem("tcpCheck", "is for TCP: datagrams have no sequence numbers");
        }
        if (service.forwarding() != null && service.protocol() != null) {
            final String refusal =
                    ServiceSpec.pickUpRefusal(service.tracking(), service.forwarding(), service.protocol());
            if (refusal != null) {
                service.section().problem("midStream", refusal);
            }
        }
    }

    private void backends(final ServiceDraft service) {
        final Map<String, Integer> lineOfEndpoint = new HashMap<>();
        boolean ipv4SnatMissing = false;
        boolean ipv6SnatMissing = false;
        for (final BackendDraft backend : service.backends()) {
            if (backend.hasEndpoint()) {
                final String endpoint = backend.port() == 0
                        ? backend.address().toString()
                        : new Endpoint(backend.address(), backend.port()).toString();
                unique(backend.section(), "address", endpoint, lineOfEndpoint);
            }
            if (backend.address() != null) {
                address(service, backend);
                port(service, backend);
                final boolean missing = !snat.serves(backend.address().isIpv4());
                ipv4SnatMissing |= missing && backend.address().isIpv4();
                ipv6SnatMissing |= missing && !backend.address().isIpv4();
            }
        }
        if (service.forwarding() == Forwarding.FULL_NAT && (ipv4SnatMissing || ipv6SnatMissing)) {
            service.section()
                    .problem(
                            "forwarding",
                            "full-nat needs an " + (ipv4SnatMissing ? "IPv4" : "IPv6") + " address in snat.addresses");
        }
    }

    private void address(final ServiceDraft service, final BackendDraft backend) {
        final Address address = backend.address();
        if (service.vip() != null
                && service.forwarding() != null
                && !service.forwarding().isAcross()
                && service.vip().address().isIpv4() != address.isIpv4()) {
            backend.section()
                    .problem(
                            "address",
                            address + " is of another family than the VIP " + service.vip() + ", and "
                                    + service.forwarding().label()
                                    + " needs one; full-nat and the tunnels (dsr-ipip, dsr-gue, dsr-geneve) don't");
        }
        if (vips.contains(address)) {
            backend.section().problem("address", address + " is a VIP; a backend must be another host");
        }
        for (final Vip prefix : prefixes) {
            if (prefix.contains(address)) {
                backend.section()
                        .problem(
                                "address",
                                address + " is in the VIP prefix " + prefix + "; a backend must be another host");
            }
        }
        if (snat.addresses().contains(address)) {
            backend.section().problem("address", address + " is in snat.addresses; a backend must be another host");
        }
    }

    private static void port(final ServiceDraft service, final BackendDraft backend) {
        final boolean isKept = backend.port() == null
                || backend.port() == 0
                || service.ports() == null
                || service.ports().equals(Ports.of(backend.port()));
        if (service.forwarding() != null && service.forwarding().isDirect() && !isKept) {
            backend.section()
                    .problem(
                            "port",
                            backend.port() + " is not the VIP's port " + service.ports() + ", and "
                                    + service.forwarding().label()
                                    + " changes no ports; leave it out, or make both the same");
        }
    }

    private static boolean unique(
            final Section section, final String key, final String value, final Map<String, Integer> lineOf) {
        if (value == null) {
            return true;
        }
        final Integer firstLine = lineOf.putIfAbsent(value, section.line(key));
        if (firstLine != null) {
            section.problem(key, value + " stands twice (first in line " + firstLine + ")");
        }
        return firstLine == null;
    }
}

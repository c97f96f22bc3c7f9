package io.fastpath.fastpath.config;

import io.fastpath.lb.maglev.MaglevSize;
import io.fastpath.lb.service.ServiceSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What a configuration says that is allowed, but probably not meant. Any thread. */
public final class ConfigWarnings {
    private static final Path LOCAL_PORTS = Path.of("/proc/sys/net/ipv4/ip_local_port_range");
    private static final int FIRST_UNPRIVILEGED_PORT = 1024;

    private ConfigWarnings() {}

    /**
     * {@return sentences, each beginning with the key that is meant}
     *
     * @param config checked.
     */
    public static List<String> of(final InstanceConfig config) {
        return of(config, localPorts());
    }

    /**
     * {@return sentences, each beginning with the key that is meant}
     *
     * @param config checked.
     * @param localPorts that the kernel gives to the node's own connections; null where not known.
     */
    static List<String> of(final InstanceConfig config, final PortRange localPorts) {
        final List<String> warnings = new ArrayList<>();
        if (!config.snat().addresses().isEmpty()) {
            snat(config.snat().ports(), localPorts, warnings);
        }
        prefilter(config.prefilter(), warnings);
        config.services().forEach(service -> service(service, warnings));
        if (!config.network().isEmpty()) {
            warnings.add(
                    "static: is for fastpath replay alone: an instance takes links, routes and neighbours from the kernel");
        }
        return warnings;
    }

    private static void snat(final PortRange ports, final PortRange localPorts, final List<String> warnings) {
        if (localPorts != null && ports.overlaps(localPorts)) {
            warnings.add("snat.ports: " + ports + " overlaps net.ipv4.ip_local_port_range " + localPorts
                    + ": where an address of snat.addresses is the node's own, a reply to one of the node's own connections "
                    + "may be taken for a flow's; take other ports, or an address that nothing else uses");
        }
        if (ports.lowest() < FIRST_UNPRIVILEGED_PORT) {
            warnings.add("snat.ports: " + ports + " includes ports below " + FIRST_UNPRIVILEGED_PORT
                    + ", which servers may take for a privileged client's");
        }
    }

    private static void prefilter(final PrefilterConfig prefilter, final List<String> warnings) {
        for (final boolean isIpv4 : new boolean[] {true, false}) {
            if (prefilter.list().deniesAll(isIpv4)) {
                warnings.add("prefilter: denies every " + (isIpv4 ? "IPv4" : "IPv6")
                        + " client that no longer prefix allows");
            }
        }
    }

    private static void service(final ServiceSpec service, final List<String> warnings) {
        final int weighted = service.weightedCount();
        if (weighted == 0) {
            warnings.add("services " + service.name()
                    + ": every backend has weight 0 or is draining: new connections will be dropped");
        }
        if (!MaglevSize.isBalanced(service.maglevSize(), weighted)) {
            warnings.add("services " + service.name() + ": " + service.maglevSize() + " Maglev slots for " + weighted
                    + " backends spread unevenly; a hundred slots per backend are good (maglevSize)");
        }
    }

    private static PortRange localPorts() {
        try {
            return PortRange.parse(Files.readString(LOCAL_PORTS).strip().replaceAll("\\s+", "-"));
        } catch (final IOException ex) {
            return null;
        }
    }
}

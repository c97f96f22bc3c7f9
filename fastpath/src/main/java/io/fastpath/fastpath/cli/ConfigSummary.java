package io.fastpath.fastpath.cli;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.config.LimitsConfig;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.service.MssLimit;
import io.fastpath.lb.service.ServiceSpec;
import java.util.ArrayList;
import java.util.List;

/** A configuration in words: what an instance of it would do, defaults included. Pure. */
final class ConfigSummary {
    private ConfigSummary() {}

    /**
     * {@return the lines}
     *
     * @param config checked.
     */
    static List<String> lines(final InstanceConfig config) {
        final List<String> lines = new ArrayList<>();
        lines.add("instance    " + config.instance());
        for (final InterfaceConfig served : config.interfaces()) {
            lines.add("interface   " + served.name() + ": queues " + served.queues() + ", mode "
                    + served.mode().label() + ", checksums " + served.checksum().label()
                    + (served.vlan().isKept() ? ", VLANs " + served.vlan() : ""));
        }
        lines.add("workers     on CPUs " + config.workers().cpus() + ", "
                + config.workers().idle().label());
        lines.add("frames      " + config.umem().framesPerQueue(config.rings()) + " of "
                + config.umem().frameSize() + " bytes for each queue"
                + (config.umem().hugePages() ? ", on huge pages" : ""));
        final boolean isChecked = config.services().stream()
                .anyMatch(service -> service.tracking().isChecked());
        final int slotLength = FlowDescriptor.LENGTH + (isChecked ? FlowTcpDescriptor.LENGTH : 0);
        lines.add("flows       " + config.flows().capacity() + " connections, "
                + Quantities.bytes((long) config.flows().slotCount() * slotLength));
        if (!config.snat().addresses().isEmpty()) {
            lines.add("snat        " + config.snat().addresses() + " ports "
                    + config.snat().ports());
        }
        if (config.prefilter().isGiven()) {
            lines.add("prefilter   " + config.prefilter().list().count(true) + " IPv4 and "
                    + config.prefilter().list().count(false) + " IPv6 prefixes");
        }
        if (config.services().stream().anyMatch(service -> service.forwarding().isTunnel())) {
            lines.add("tunnels     " + config.tunnels());
        }
        config.services().forEach(service -> lines.add(service(service) + limits(config.limits(service.name()))));
        return lines;
    }

    private static String service(final ServiceSpec service) {
        final int weight =
                service.backends().stream().mapToInt(BackendSpec::weight).sum();
        return "service     " + service.name() + ": " + service.key() + ", "
                + service.forwarding().label() + ", "
                + Quantities.count(service.backends().size(), "backend") + " with weight " + weight
                + " in all, " + service.maglevSize() + " Maglev slots"
                + (service.selection().hash() == HashInput.TUPLE
                        ? ""
                        : ", hash " + service.selection().hash().label())
                + (service.mss().equals(MssLimit.NONE) ? "" : ", mss " + service.mss())
                + (service.tracking().picksUp() ? ", midStream pickup" : "")
                + (service.tracking().isChecked()
                        ? ", tcpCheck " + service.tracking().tcpCheck().label()
                        : "");
    }

    private static String limits(final LimitsConfig limits) {
        return (limits.newPerSecond() == 0 ? "" : ", " + limits.newPerSecond() + " new connections a second")
                + (limits.openFlows() == 0 ? "" : ", " + limits.openFlows() + " connections")
                + (limits.openFlowsPerClient() == 0 ? "" : ", " + limits.openFlowsPerClient() + " of each client")
                + (limits.newPerSecondPerClient() == 0 ? "" : ", " + limits.newPerSecondPerClient() + " of each client")
                + switch (limits.synCookies()) {
                    case NEVER -> "";
                    case AUTO -> ", SYN cookies above " + limits.synCookiesAbove() + " SYNs a second";
                    case ALWAYS -> ", SYN cookies always";
                };
    }
}

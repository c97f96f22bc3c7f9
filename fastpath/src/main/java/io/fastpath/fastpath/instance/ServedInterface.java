package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.List;

/**
 * An interface of the configuration, found on the machine.
 *
 * @param config what the configuration says of it
 * @param facts what the machine says of it
 * @param queues that are served; they exist
 */
record ServedInterface(InterfaceConfig config, InterfaceFacts facts, List<Integer> queues) {
    /** Bytes that a packet may have in a frame beside the IP packet: Ethernet header and two VLAN tags. */
    static final int LINK_HEADER_LENGTH = 14 + 2 * 4;

    /**
     * Finds and checks all interfaces of a configuration.
     *
     * @param config of the instance
     * @return the interfaces, in its order
     * @throws InstanceException if one is not fit to be served, saying why
     */
    static List<ServedInterface> findAll(final InstanceConfig config) {
        final int limit = UmemPlan.packetLengthLimit(config);
        return config.interfaces().stream()
                .map(candidate -> find(candidate, limit))
                .toList();
    }

    /**
     * Finds and checks an interface.
     *
     * @param config of the interface
     * @param packetLengthLimit longest packet that fits a frame
     * @return the interface
     * @throws InstanceException if it is not fit to be served, saying why
     */
    static ServedInterface find(final InterfaceConfig config, final int packetLengthLimit) {
        final InterfaceFacts facts = InterfaceFacts.of(config.name());
        final int available = facts.queues().rxTotal();
        final List<Integer> queues = config.queues().resolve(available);
        for (final int queue : queues) {
            if (queue >= available) {
                throw new InstanceException(
                        "interface " + config.name() + " has " + available + " queue(s), so there is no " + "queue "
                                + queue + ": change `queues`, or `ethtool -L " + config.name() + " combined N`");
            }
        }
        if (queues.stream().anyMatch(queue -> queue >= InterfaceDescriptor.QUEUES_PER_INTERFACE)) {
            throw new InstanceException(
                    "interface " + config.name() + " has " + available + " queues, of which the first "
                            + InterfaceDescriptor.QUEUES_PER_INTERFACE + " can be served: `ethtool -L " + config.name()
                            + " combined " + InterfaceDescriptor.QUEUES_PER_INTERFACE + "`");
        }
        if (!facts.link().isUp()) {
            throw new InstanceException(
                    "interface " + config.name() + " is down: `ip link set " + config.name() + " up`");
        }
        if (facts.mtu() + LINK_HEADER_LENGTH > packetLengthLimit) {
            throw new InstanceException("interface " + config.name() + " has an MTU of " + facts.mtu()
                    + ", but a frame holds packets of up to " + (packetLengthLimit - LINK_HEADER_LENGTH)
                    + ": set `umem.frameSize` to 4096, or lower the MTU");
        }
        return new ServedInterface(config, facts, queues);
    }

    String name() {
        return config.name();
    }

    int ifindex() {
        return facts.ifindex();
    }
}

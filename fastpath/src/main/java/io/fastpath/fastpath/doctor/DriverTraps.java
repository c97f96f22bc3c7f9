package io.fastpath.fastpath.doctor;

import java.util.List;
import java.util.Map;

/**
 * What is known to go wrong with drivers, with the symptom first: an operator who meets it later shall recognise it.
 * Gathered from public issue threads; each line names one. Immutable.
 */
final class DriverTraps {
    /**
     * A trap.
     *
     * @param symptom that one sees.
     * @param advice against it.
     */
    record Trap(String symptom, String advice) {}

    private static final Map<String, List<Trap>> TRAPS = Map.of(
            "ixgbe",
            List.of(
                    new Trap(
                            "with more than half of the CPUs (or 64) as queues, attaching fails: XDP wants a transmit queue per CPU",
                            "ethtool -L IFACE combined N, with N at most the CPU count and 64"),
                    new Trap(
                            "the machine loses its connection while a zero-copy queue sends at full rate: the other transmit"
                                    + " queues starve",
                            "keep the management address on another interface"),
                    new Trap(
                            "the link goes down for seconds when XDP is attached or removed",
                            "expect it at start and detach"),
                    new Trap("attaching fails above an MTU of about 3050", "ip link set dev IFACE mtu 3000")),
            "i40e",
            List.of(
                    new Trap(
                            "the link goes down for a moment when XDP is attached or removed",
                            "expect it at start and detach"),
                    new Trap("attaching fails above an MTU of about 3046", "ip link set dev IFACE mtu 3000")),
            "ice",
            List.of(
                    new Trap(
                            "ethtool -L while an instance runs can destroy the queue that a socket is bound to; nothing is received"
                                    + " after that",
                            "change the number of queues only while the instance is down"),
                    new Trap(
                            "attaching fails for want of queues: XDP takes one transmit queue per CPU more",
                            "ethtool -L IFACE combined N with a smaller N")),
            "mlx5_core",
            List.of(
                    new Trap(
                            "the link goes down for 1 to 10 seconds at each attach and removal (cilium#13526)",
                            "expect it at start and detach"),
                    new Trap(
                            "up to kernel 6.0, zero-copy queues have ids of their own, from the number of channels upwards",
                            "on such kernels use mode: copy, or steer flows to the upper half of the queue ids"),
                    new Trap(
                            "attaching fails above an MTU of about 3498 or with LRO",
                            "lower the MTU; ethtool -K IFACE lro off")),
            "ena",
            List.of(
                    new Trap(
                            "attaching fails with more than half of the queues in use: XDP needs the other half to send",
                            "ethtool -L IFACE combined N, with N at most half of the maximum"),
                    new Trap(
                            "the device resets under load in zero-copy mode (amzn-drivers#221)",
                            "use mode: copy until your driver's release notes say otherwise"),
                    new Trap("attaching fails above an MTU of 3498", "ip link set dev IFACE mtu 3498")),
            "veth",
            List.of(new Trap(
                    "frames that fastpath sends are dropped at the other end, and counted nowhere, or arrive slowly",
                    "the peer must have GRO on (ethtool -K PEER gro on) or an XDP program of its own")),
            "virtio_net",
            List.of(
                    new Trap(
                            "attaching fails: \"Can't set XDP while host is implementing GRO_HW/CSUM\"",
                            "ethtool -K IFACE rx-gro-hw off; or in the host, switch off guest_tso4, guest_tso6, guest_csum"),
                    new Trap(
                            "attaching fails or is slow: XDP wants a queue pair per CPU more than the channels in use",
                            "give the guest twice as many queue pairs as channels (queues=2N), ethtool -L IFACE combined N")),
            "bnxt_en",
            List.of(new Trap("attaching fails above an MTU of 3502 (cilium#35426)", "ip link set dev IFACE mtu 3502")),
            "sfc",
            List.of(new Trap(
                    "attaching succeeds and nothing is ever received by the sockets (onload#337)",
                    "use mode: generic")));

    private DriverTraps() {}

    /**
     * {@return the traps of a driver, with the interface's name in the advice}
     *
     * @param driver its name.
     * @param interfaceName to put in.
     */
    static List<Trap> of(final String driver, final String interfaceName) {
        return TRAPS.getOrDefault(driver, List.of()).stream()
                .map(trap -> new Trap(trap.symptom(), trap.advice().replace("IFACE", interfaceName)))
                .toList();
    }
}

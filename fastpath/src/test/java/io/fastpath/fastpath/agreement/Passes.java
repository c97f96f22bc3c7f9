package io.fastpath.fastpath.agreement;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.EnumSet;
import java.util.Set;

/**
 * Frames that the XDP program leaves to the kernel's stack. A worker never gets to see them; if it did, it would drop them,
 * or take a neighbour's ARP in. The program reads less than the pipeline does, and says less of why.
 */
final class Passes {
    private static final Set<Counter> ALL =
            EnumSet.range(Counter.XDP_PASS_TRUNCATED, Counter.XDP_PASS_UNKNOWN_INTERFACE);

    /** What the pipeline finds in the frame itself. */
    private static final Set<Counter> BY_FRAME = EnumSet.of(
            Counter.DROP_TRUNCATED,
            Counter.DROP_NOT_IP,
            Counter.DROP_IP_HEADER,
            Counter.DROP_IP_CHECKSUM,
            Counter.DROP_IP_LENGTH,
            Counter.DROP_FRAGMENT,
            Counter.DROP_FRAGMENT_ORPHAN,
            Counter.DROP_EXTENSION_HEADER,
            Counter.DROP_PROTOCOL,
            Counter.DROP_TCP_HEADER,
            Counter.DROP_UDP_LENGTH,
            Counter.DROP_MARTIAN,
            Counter.DROP_VLAN);

    /** What the pipeline says of what is well-formed and for somebody else. */
    private static final Set<Counter> NOT_OURS = EnumSet.of(
            Counter.DROP_NO_SERVICE,
            Counter.DROP_ARP,
            Counter.DROP_ICMP,
            Counter.DROP_ICMP_QUOTE,
            Counter.DROP_ICMP_UNKNOWN,
            Counter.DROP_ICMP_NESTED,
            Counter.DROP_ICMP_CHECKSUM,
            Counter.CONSUMED_ARP);

    private static final Set<Counter> CUT = EnumSet.of(Counter.DROP_ARP, Counter.DROP_ICMP);

    /** A version that is not its Ethernet type's is none to the program. */
    private static final Set<Counter> NOT_IP =
            EnumSet.of(Counter.DROP_NOT_IP, Counter.DROP_VLAN, Counter.DROP_IP_HEADER);

    private Passes() {}

    /** Whether it counts frames that are left to the kernel. */
    static boolean isPass(final Counter counter) {
        return ALL.contains(counter);
    }

    /** Whether leaving a frame to the kernel is right where the pipeline would have come to a verdict. */
    static boolean isMet(final Counter pipelines, final Counter actual) {
        return switch (actual) {
            case XDP_PASS_TRUNCATED -> BY_FRAME.contains(pipelines) || CUT.contains(pipelines);
            case XDP_PASS_PROTOCOL -> BY_FRAME.contains(pipelines);
            case XDP_PASS_NOT_IP -> NOT_IP.contains(pipelines);
            case XDP_PASS_NOT_OURS -> BY_FRAME.contains(pipelines) || NOT_OURS.contains(pipelines);
            default -> false;
        };
    }
}

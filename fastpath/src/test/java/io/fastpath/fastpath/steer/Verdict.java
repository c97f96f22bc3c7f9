package io.fastpath.fastpath.steer;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/**
 * What became of one frame.
 *
 * @param action of XDP
 * @param counted all counters that grew, and by how much
 * @param steeredCount by how much the queues' own counts grew
 * @param isUntouched whether the frame came out as it went in
 */
record Verdict(int action, Map<Counter, Long> counted, long steeredCount, boolean isUntouched) {
    /** The reasons under which a frame goes to its socket. */
    static final Set<Counter> STEERED = EnumSet.of(
            Counter.XDP_STEERED_SERVICE, Counter.XDP_STEERED_REPLY, Counter.XDP_STEERED_ARP, Counter.XDP_STEERED_ICMP);

    /** The causes for which the kernel engine has it. */
    static final Set<Counter> TAKEN = EnumSet.of(
            Counter.XDP_KERNEL_PLACED, Counter.XDP_KERNEL_NO_SOCKET, Counter.XDP_KERNEL_STALE, Counter.XDP_KERNEL_FULL);

    /** The reasons under which the kernel's stack has it. */
    static final Set<Counter> PASSED = EnumSet.of(
            Counter.XDP_PASS_TRUNCATED,
            Counter.XDP_PASS_NOT_IP,
            Counter.XDP_PASS_PROTOCOL,
            Counter.XDP_PASS_NOT_OURS,
            Counter.XDP_PASS_UNKNOWN_INTERFACE);

    /** All that a frame with this reason may do: one action, one reason, and no byte changed. */
    static Verdict of(final Counter reason) {
        final Map<Counter, Long> counted = new EnumMap<>(Map.of(Counter.XDP_PACKETS, 1L, reason, 1L));
        return STEERED.contains(reason)
                ? new Verdict(XdpTestResult.XDP_REDIRECT, counted, 1, true)
                : new Verdict(XdpTestResult.XDP_PASS, counted, 0, true);
    }

    /** Whether the kernel engine took the frame, for this cause and no other. */
    boolean isTakenFor(final Counter cause) {
        return steeredCount == 0
                && counted.containsKey(Counter.RX_PACKETS)
                && TAKEN.stream().allMatch(counter -> counted.getOrDefault(counter, 0L) == (counter == cause ? 1 : 0));
    }

    /** The one reason that was counted besides the frame itself; null if that isn't so. */
    Counter reason() {
        return counted.keySet().stream()
                .filter(counter -> counter != Counter.XDP_PACKETS)
                .reduce((one, other) -> null)
                .orElse(null);
    }
}

package io.fastpath.afxdpnative.bpf;

/**
 * What an XDP program did to a packet in a test run.
 *
 * @param action the program's answer: 0 ABORTED, 1 DROP, 2 PASS, 3 TX, 4 REDIRECT.
 * @param packet the bytes it left, without metadata.
 * @param metadata the bytes it left in front of the packet.
 * @param durationNs mean time of one run in nanoseconds.
 */
public record XdpTestResult(int action, byte[] packet, byte[] metadata, int durationNs) {
    /** {@code XDP_ABORTED}: the program failed. */
    public static final int XDP_ABORTED = 0;

    /** {@code XDP_DROP}: the packet ends here. */
    public static final int XDP_DROP = 1;

    /** {@code XDP_PASS}: on to the kernel's stack. */
    public static final int XDP_PASS = 2;

    /** {@code XDP_TX}: back out of the interface it came in by. */
    public static final int XDP_TX = 3;

    /** {@code XDP_REDIRECT}: to another interface, a CPU or an AF_XDP socket. */
    public static final int XDP_REDIRECT = 4;
}

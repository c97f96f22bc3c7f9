package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.NativeMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A packet for a test run of an XDP program, and the circumstances under which it is "received".
 *
 * @param packet from its Ethernet header on, at least 14 bytes; the kernel accepts a page less some headroom.
 * @param metadata bytes in front of the packet ({@code data_meta} to {@code data}); a multiple of 4, at most 252.
 * @param ingressIfindex the interface the program sees, of the calling thread's network namespace; 0 for the loopback
 *     device. The kernel answers EINVAL if its driver has no XDP queues set up (veth: attach a program first).
 * @param rxQueueIndex the queue the program sees; must be 0 if no interface is given.
 * @param repeatCount how often to run; the result is that of the last run, the duration the mean.
 */
public record XdpTestRun(byte[] packet, byte[] metadata, int ingressIfindex, int rxQueueIndex, int repeatCount) {
    /** {@code struct bpf_test_run_opts} in {@code bpf/bpf.h}. */
    private static final int OPTIONS_LENGTH = 80;

    private static final int DATA_IN_OFFSET = 8;
    private static final int DATA_OUT_OFFSET = 16;
    private static final int DATA_LENGTH_IN_OFFSET = 24;
    private static final int DATA_LENGTH_OUT_OFFSET = 28;
    private static final int CONTEXT_IN_OFFSET = 32;
    private static final int CONTEXT_OUT_OFFSET = 40;
    private static final int CONTEXT_LENGTH_IN_OFFSET = 48;
    private static final int CONTEXT_LENGTH_OUT_OFFSET = 52;
    private static final int RETURN_VALUE_OFFSET = 56;
    private static final int REPEAT_OFFSET = 60;
    private static final int DURATION_OFFSET = 64;
    private static final int FLAGS_OFFSET = 68;
    private static final int BATCH_COUNT_OFFSET = 76;

    /** {@code struct xdp_md}: u32 data, data_end, data_meta, ingress_ifindex, rx_queue_index, egress_ifindex. */
    private static final int CONTEXT_LENGTH = 24;

    private static final int CONTEXT_DATA_OFFSET = 0;
    private static final int CONTEXT_DATA_END_OFFSET = 4;
    private static final int CONTEXT_IFINDEX_OFFSET = 12;
    private static final int CONTEXT_QUEUE_OFFSET = 16;

    /** {@code BPF_F_TEST_XDP_LIVE_FRAMES}. */
    private static final int FLAG_LIVE_FRAMES = 1 << 1;

    /** A program may grow a packet by at most the headroom and tailroom of its page. */
    private static final int GROWTH_LENGTH = 4096;

    /**
     * A packet from nowhere in particular, run once.
     *
     * @param packet from its Ethernet header on.
     * @return the run.
     */
    public static XdpTestRun of(final byte[] packet) {
        return new XdpTestRun(packet, new byte[0], 0, 0, 1);
    }

    /**
     * {@return this run, as received on an interface's queue}
     *
     * @param ifindex of the interface.
     * @param queueIndex of its receive queue.
     */
    public XdpTestRun ingress(final int ifindex, final int queueIndex) {
        return new XdpTestRun(packet, metadata, ifindex, queueIndex, repeatCount);
    }

    /**
     * {@return this run, with bytes in front of the packet}
     *
     * @param bytes the metadata.
     */
    public XdpTestRun withMetadata(final byte[] bytes) {
        return new XdpTestRun(packet, bytes, ingressIfindex, rxQueueIndex, repeatCount);
    }

    /**
     * {@return this run, done several times}
     *
     * @param count of runs, at least 1.
     */
    public XdpTestRun repeat(final int count) {
        return new XdpTestRun(packet, metadata, ingressIfindex, rxQueueIndex, count);
    }

    XdpTestResult execute(final int programFd, final String programName) {
        final int lengthLimit = metadata.length + packet.length + GROWTH_LENGTH;
        try (NativeMemory in = input();
                NativeMemory out = NativeMemory.allocate(lengthLimit);
                NativeMemory context = context();
                NativeMemory contextOut = NativeMemory.allocate(CONTEXT_LENGTH);
                NativeMemory options = options(in, context)) {
            final UnsafeBuffer fields = options.buffer();
            fields.putLong(DATA_OUT_OFFSET, out.address());
            fields.putInt(DATA_LENGTH_OUT_OFFSET, lengthLimit);
            fields.putLong(CONTEXT_OUT_OFFSET, contextOut.address());
            fields.putInt(CONTEXT_LENGTH_OUT_OFFSET, CONTEXT_LENGTH);
            run(programFd, programName, options);
            final int metadataLength = contextOut.buffer().getInt(CONTEXT_DATA_OFFSET);
            final byte[] metadataOut = new byte[metadataLength];
            final byte[] packetOut = new byte[fields.getInt(DATA_LENGTH_OUT_OFFSET) - metadataLength];
            out.buffer().getBytes(0, metadataOut);
            out.buffer().getBytes(metadataLength, packetOut);
            return new XdpTestResult(
                    fields.getInt(RETURN_VALUE_OFFSET), packetOut, metadataOut, fields.getInt(DURATION_OFFSET));
        }
    }

    int executeLive(final int programFd, final String programName, final int batchCount) {
        try (NativeMemory in = input();
                NativeMemory context = context();
                NativeMemory options = options(in, context)) {
            options.buffer().putInt(FLAGS_OFFSET, FLAG_LIVE_FRAMES);
            options.buffer().putInt(BATCH_COUNT_OFFSET, batchCount);
            run(programFd, programName, options);
            return options.buffer().getInt(DURATION_OFFSET);
        }
    }

    private void run(final int programFd, final String programName, final NativeMemory options) {
        BpfFailure.check(
                Libbpf.bpf_prog_test_run_opts(programFd, options.address()),
                "bpf_prog_test_run_opts(" + programName + ", " + packet.length + " bytes, ifindex " + ingressIfindex
                        + ", queue " + rxQueueIndex + ')');
    }

    private NativeMemory input() {
        final NativeMemory in = NativeMemory.allocate(metadata.length + packet.length);
        in.buffer().putBytes(0, metadata);
        in.buffer().putBytes(metadata.length, packet);
        return in;
    }

    private NativeMemory context() {
        final NativeMemory context = NativeMemory.allocate(CONTEXT_LENGTH);
        context.buffer().putInt(CONTEXT_DATA_OFFSET, metadata.length);
        context.buffer().putInt(CONTEXT_DATA_END_OFFSET, metadata.length + packet.length);
        context.buffer().putInt(CONTEXT_IFINDEX_OFFSET, ingressIfindex);
        context.buffer().putInt(CONTEXT_QUEUE_OFFSET, rxQueueIndex);
        return context;
    }

    private NativeMemory options(final NativeMemory in, final NativeMemory context) {
        final NativeMemory options = NativeMemory.allocate(OPTIONS_LENGTH);
        final UnsafeBuffer fields = options.buffer();
        fields.putLong(0, OPTIONS_LENGTH);
        fields.putLong(DATA_IN_OFFSET, in.address());
        fields.putInt(DATA_LENGTH_IN_OFFSET, in.length());
        fields.putLong(CONTEXT_IN_OFFSET, context.address());
        fields.putInt(CONTEXT_LENGTH_IN_OFFSET, CONTEXT_LENGTH);
        fields.putInt(REPEAT_OFFSET, repeatCount);
        return options;
    }
}

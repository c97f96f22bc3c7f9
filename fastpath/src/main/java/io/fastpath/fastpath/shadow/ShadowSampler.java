package io.fastpath.fastpath.shadow;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.InterfaceTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.UnsafeBuffer;
import org.agrona.concurrent.ringbuffer.OneToOneRingBuffer;
import org.agrona.concurrent.ringbuffer.RingBufferDescriptor;

/**
 * Takes a sample of a worker's packets: copies a frame before the pipeline has it and again after, into a ring that the
 * shadow thread empties. What is kept are packets that a known connection forwarded. Owned by the worker's thread, which
 * allocates nothing and waits for nothing here: where the ring has no room the packet is not sampled.
 *
 * <p>A cycle is: {@link #before} the pipeline, then {@link #after} it or, if it failed, {@link #forget}.
 */
public final class ShadowSampler {
    /** Packets until the next sample where there is none ever. */
    private static final long NEVER = Long.MAX_VALUE;

    /** Bytes of the ring: some 5,000 short packets or 300 long ones, a few milliseconds of a busy worker. */
    private static final int RING_LENGTH = 1 << 20;

    private static final int FORWARDED_REQUEST = Counter.FORWARDED_REQUEST.code();
    private static final int FORWARDED_REPLY = Counter.FORWARDED_REPLY.code();

    private final int interval;
    private final DirectBuffer frames;
    private final FlowGround ground;
    private final InterfaceTable interfaces;
    private final OneToOneRingBuffer ring;
    private final ShadowFigures figures = new ShadowFigures();
    private final int[] sampled = new int[PacketBatch.CAPACITY]; // packets of the batch
    private final int[] claims = new int[PacketBatch.CAPACITY]; // their places in the ring
    private int sampledCount;
    private long countdown;
    private long random;

    private ShadowSampler() {
        interval = 0;
        frames = null;
        ground = null;
        interfaces = null;
        ring = null;
        countdown = NEVER;
    }

    private ShadowSampler(
            final int interval, final DirectBuffer frames, final SharedTables tables, final PipelineContext pipeline) {
        this.interval = interval;
        this.frames = frames;
        ground = new FlowGround(tables, pipeline);
        interfaces = pipeline.interfaceTable();
        ring = new OneToOneRingBuffer(new UnsafeBuffer(BufferUtil.allocateDirectAligned(
                RING_LENGTH + RingBufferDescriptor.TRAILER_LENGTH, BitUtil.CACHE_LINE_LENGTH)));
        random = System.nanoTime() | 1;
        countdown = nextInterval();
    }

    /**
     * A sampler that never takes a sample.
     *
     * @return the sampler
     */
    public static ShadowSampler off() {
        return new ShadowSampler();
    }

    /**
     * A sampler.
     *
     * @param interval one of so many packets on average; at least 1
     * @param frames the worker's packet memory
     * @param tables that the pipeline works on
     * @param pipeline concluded
     * @return the sampler; it begins with the next batch
     */
    static ShadowSampler of(
            final int interval, final DirectBuffer frames, final SharedTables tables, final PipelineContext pipeline) {
        return new ShadowSampler(interval, frames, tables, pipeline);
    }

    /**
     * Copies the packets whose turn it is.
     *
     * @param batch filled, not processed
     * @param nowNs CLOCK_MONOTONIC
     */
    public void before(final PacketBatch batch, final long nowNs) {
        final int count = batch.count();
        if (countdown > count) {
            countdown -= count;
            return;
        }
        int i = (int) countdown - 1;
        while (i < count) {
            claim(batch, i, nowNs);
            i += nextInterval();
        }
        countdown = i - count + 1;
    }

    /**
     * Copies what became of them, and hands over those that a known connection forwarded.
     *
     * @param batch processed, nothing dropped from it yet
     */
    public void after(final PacketBatch batch) {
        for (int k = 0; k < sampledCount; k++) {
            final int i = sampled[k];
            final int offset = claims[k];
            if (isForwarded(batch, i) && copy(batch, i, offset)) {
                ring.commit(offset);
            } else {
                ring.abort(offset);
            }
        }
        sampledCount = 0;
    }

    /** Gives up the samples of a batch that the pipeline failed on. */
    public void forget() {
        for (int k = 0; k < sampledCount; k++) {
            ring.abort(claims[k]);
        }
        sampledCount = 0;
    }

    /**
     * Counts what was compared since the last call.
     *
     * @param counters the worker's
     */
    public void carryOver(final CounterRow counters) {
        figures.carryOver(counters);
    }

    /** What became of the samples. */
    ShadowFigures figures() {
        return figures;
    }

    /** The shadow thread's end of the ring. */
    OneToOneRingBuffer ring() {
        return ring;
    }

    FlowGround ground() {
        return ground;
    }

    private void claim(final PacketBatch batch, final int i, final long nowNs) {
        final int length = batch.length(i);
        if (length > SampleDescriptor.FRAME_LENGTH_LIMIT) {
            return;
        }
        final int offset = ring.tryClaim(SampleDescriptor.MESSAGE_TYPE, SampleDescriptor.length(length));
        if (offset < 0) {
            figures.skipped();
            return;
        }
        final MutableDirectBuffer sample = ring.buffer();
        sample.putLong(offset + SampleDescriptor.RECEIVED_NS_OFFSET, nowNs);
        sample.putInt(offset + SampleDescriptor.BEFORE_LENGTH_OFFSET, length);
        sample.putBytes(offset + SampleDescriptor.BEFORE_OFFSET, frames, batch.packetOffset(i), length);
        sampled[sampledCount] = i;
        claims[sampledCount++] = offset;
    }

    private static boolean isForwarded(final PacketBatch batch, final int i) {
        final int verdict = batch.verdict(i);
        return (verdict == FORWARDED_REQUEST || verdict == FORWARDED_REPLY)
                && FlowHandle.isFlow(batch.handle(i))
                && !FlowHandle.isProxied(
                        batch.handle(i)); // what became of it depends on a record that has changed since
    }

    /** False if the frame has grown beyond its place, which no translation makes it do. */
    private boolean copy(final PacketBatch batch, final int i, final int offset) {
        final MutableDirectBuffer sample = ring.buffer();
        final int beforeLength = sample.getInt(offset + SampleDescriptor.BEFORE_LENGTH_OFFSET);
        final int length = batch.length(i);
        if (length > beforeLength + SampleDescriptor.GROWTH_LENGTH) {
            return false;
        }
        ground.note(batch.handle(i), sample, offset);
        sample.putInt(offset + SampleDescriptor.VERDICT_OFFSET, batch.verdict(i));
        sample.putInt(offset + SampleDescriptor.EGRESS_IFINDEX_OFFSET, interfaces.ifindex(batch.egressSlot(i)));
        sample.putInt(offset + SampleDescriptor.INGRESS_SLOT_OFFSET, batch.ingressSlot(i));
        sample.putInt(offset + SampleDescriptor.AFTER_LENGTH_OFFSET, length);
        sample.putBytes(offset + SampleDescriptor.afterOffset(beforeLength), frames, batch.packetOffset(i), length);
        return true;
    }

    /** Between 1 and twice the interval less 1, so that the sample doesn't fall into step with the traffic. */
    private int nextInterval() {
        random ^= random << 13; // Marsaglia's xorshift
        random ^= random >>> 7;
        random ^= random << 17;
        return 1 + (int) ((random >>> 33) * (2L * interval - 1) >>> 31);
    }
}

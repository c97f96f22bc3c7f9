package io.fastpath.fastpath.pipeline;

import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One worker of a {@link TestBalancer}: a pipeline with a UMEM of its own, whose bytes around a packet are watched. One
 * thread.
 */
public final class TestWorker {
    public static final int FRAME_LENGTH = 2048;
    public static final int HEADROOM = 256;
    private static final byte CANARY = (byte) 0xa5;

    /** The ends of a packet that is not dropped. */
    public static final Set<Counter> VERDICTS = EnumSet.of(
            Counter.FORWARDED_REQUEST,
            Counter.FORWARDED_REPLY,
            Counter.FORWARDED_ERROR,
            Counter.ANSWERED_ARP,
            Counter.ANSWERED_ECHO,
            Counter.ANSWERED_NEIGHBOR,
            Counter.ANSWERED_RESET,
            Counter.ANSWERED_SYN,
            Counter.ANSWERED_TOO_BIG,
            Counter.ANSWERED_EXPIRED,
            Counter.CONSUMED_ARP);

    /** What became of a packet. */
    public record Outcome(Counter verdict, int egressIfindex, byte[] frame) {}

    private final TestBalancer balancer;
    private final PipelineContext context;
    private final Pipeline pipeline;
    private final UnsafeBuffer umem;
    private final PacketBatch batch = new PacketBatch();

    public TestWorker(final TestBalancer balancer, final int rowIndex) {
        this.balancer = balancer;
        umem = TestFrames.allocate(PacketBatch.CAPACITY * FRAME_LENGTH);
        context = balancer.context()
                .frames(umem)
                .frameLength(FRAME_LENGTH)
                .rowIndex(rowIndex)
                .conclude();
        pipeline = new Pipeline(context);
    }

    public PipelineContext context() {
        return context;
    }

    /** One packet in a batch of its own. */
    public Outcome receive(final int ifindex, final byte[] frame) {
        return receiveAll(ifindex, frame)[0];
    }

    /** Several packets in one batch. */
    public Outcome[] receiveAll(final int ifindex, final byte[]... packets) {
        batch.clear();
        umem.setMemory(0, umem.capacity(), CANARY);
        for (int i = 0; i < packets.length; i++) {
            final int offset = i * FRAME_LENGTH + HEADROOM;
            umem.putBytes(offset, packets[i]);
            batch.add(i * FRAME_LENGTH, offset, packets[i].length, balancer.slot(ifindex));
        }
        pipeline.process(batch, balancer.nowNs());
        pipeline.count(batch);
        final Outcome[] outcomes = new Outcome[packets.length];
        for (int i = 0; i < packets.length; i++) {
            outcomes[i] = outcome(i, packets[i]);
        }
        return outcomes;
    }

    private Outcome outcome(final int i, final byte[] received) {
        final Counter verdict = Counter.ofCode(batch.verdict(i));
        final byte[] frame = new byte[batch.length(i)];
        umem.getBytes(batch.packetOffset(i), frame);
        final boolean isSent = batch.egressSlot(i) != PacketBatch.NONE;
        if (!isSent && !Arrays.equals(frame, received)) {
            throw new AssertionError("a packet with the verdict " + verdict + " was changed");
        }
        checkCanaries(i, received.length);
        final int egress = isSent ? context.interfaceTable().ifindex(batch.egressSlot(i)) : 0;
        return new Outcome(verdict, egress, isSent ? frame : null);
    }

    private void checkCanaries(final int i, final int receivedLength) {
        final int frameOffset = batch.frameOffset(i);
        final int from = Math.min(frameOffset + HEADROOM, batch.packetOffset(i));
        final int to = Math.max(frameOffset + HEADROOM + receivedLength, batch.packetOffset(i) + batch.length(i));
        for (int offset = frameOffset; offset < frameOffset + FRAME_LENGTH; offset++) {
            if ((offset < from || offset >= to) && umem.getByte(offset) != CANARY) {
                throw new AssertionError("byte " + offset + " outside of packet " + from + ".." + to + " was written");
            }
        }
    }
}

package io.fastpath.fastpath.shadow;

import io.fastpath.conntrack.FlowHandle;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.concurrent.Agent;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The shadow thread: has the kernel engine translate what workers sampled, and compares. A packet whose flow, backend or
 * next hop is another one now than when its worker had it is not compared; it is asked before the kernel engine's turn and
 * again after it. One thread; it allocates, and no worker waits for it.
 *
 * <p>A MAC that changes in the microseconds between a worker's use of it and the sample's note is the one change that
 * isn't seen: a mismatch in the first six bytes alone, with a neighbour that moved at that moment, is that.
 */
final class ShadowAgent implements Agent {
    private static final Logger LOGGER = LoggerFactory.getLogger(ShadowAgent.class);

    /** Samples of a worker before the next worker's turn. */
    private static final int SAMPLE_LIMIT = 32;

    private final List<ShadowSampler> samplers;
    private final KernelTranslator kernel;
    private final CaptureFiles captures;
    private final NanoClock clock;
    private boolean isFull;

    ShadowAgent(
            final List<ShadowSampler> samplers,
            final KernelTranslator kernel,
            final CaptureFiles captures,
            final NanoClock clock) {
        this.samplers = List.copyOf(samplers);
        this.kernel = kernel;
        this.captures = captures;
        this.clock = clock;
    }

    @Override
    public int doWork() {
        int work = 0;
        for (final ShadowSampler sampler : samplers) {
            work += sampler.ring()
                    .read((type, samples, offset, length) -> compare(sampler, samples, offset), SAMPLE_LIMIT);
        }
        return work;
    }

    @Override
    public String roleName() {
        return "fastpath-shadow";
    }

    private void compare(final ShadowSampler sampler, final MutableDirectBuffer samples, final int offset) {
        if (!sampler.ground().isAsNoted(samples, offset)) {
            sampler.figures().changed();
            return;
        }
        final int beforeLength = samples.getInt(offset + SampleDescriptor.BEFORE_LENGTH_OFFSET);
        final byte[] before = bytes(samples, offset + SampleDescriptor.BEFORE_OFFSET, beforeLength);
        final ShadowResult inKernel =
                kernel.translate(before, samples.getInt(offset + SampleDescriptor.INGRESS_SLOT_OFFSET));
        if (!sampler.ground().isAsNoted(samples, offset)) {
            sampler.figures().changed();
            return;
        }
        final ShadowResult inJava = new ShadowResult(
                samples.getInt(offset + SampleDescriptor.VERDICT_OFFSET),
                FlowHandle.slotIndex(samples.getLong(offset + SampleDescriptor.HANDLE_OFFSET)),
                samples.getInt(offset + SampleDescriptor.EGRESS_IFINDEX_OFFSET),
                bytes(
                        samples,
                        offset + SampleDescriptor.afterOffset(beforeLength),
                        samples.getInt(offset + SampleDescriptor.AFTER_LENGTH_OFFSET)));
        final String difference = inJava.differenceTo(inKernel);
        sampler.figures().compared(!difference.isEmpty());
        if (!difference.isEmpty()) {
            final long receivedNs = samples.getLong(offset + SampleDescriptor.RECEIVED_NS_OFFSET);
            report(difference, receivedNs, before, inJava.frame(), inKernel.frame());
        }
    }

    /** Logs a line per file, so their limit is that of the lines, too. */
    private void report(final String difference, final long receivedNs, final byte[]... frames) {
        if (isFull) {
            return;
        }
        final long wallNs = TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()) - (clock.nanoTime() - receivedNs);
        try {
            final Path file = captures.write(wallNs, frames);
            isFull = file == null;
            if (isFull) {
                LOGGER.error(
                        "shadow: {} files are in {}: further mismatches are only counted",
                        CaptureFiles.LIMIT,
                        captures.folder());
            } else {
                LOGGER.error("shadow: the engines make different things of a packet: {}; see {}", difference, file);
            }
        } catch (final IOException e) {
            isFull = true;
            LOGGER.error(
                    "shadow: the engines make different things of a packet: {}; no capture from now on: {}",
                    difference,
                    e.toString());
        }
    }

    private static byte[] bytes(final DirectBuffer samples, final int offset, final int length) {
        final byte[] bytes = new byte[length];
        samples.getBytes(offset, bytes);
        return bytes;
    }
}

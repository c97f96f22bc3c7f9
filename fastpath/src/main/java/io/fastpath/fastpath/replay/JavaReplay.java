package io.fastpath.fastpath.replay;

import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import org.agrona.concurrent.UnsafeBuffer;

/** The Java engine: a worker's pipeline on allocated memory, behind the steering decision. It asks nothing of a kernel. */
class JavaReplay implements ReplayEngine {
    private final ReplayWorld world;
    private final Steering steering;
    private final Pipeline pipeline;
    private final PacketBatch batch = new PacketBatch();
    private final CounterRow steered; // where the XDP program would count
    private final CounterRow counters;

    JavaReplay(final InstanceConfig config, final long startNs) {
        final SharedTables tables = SharedTables.allocate(ReplayWorld.sizes(config));
        world = new ReplayWorld(config, tables, startNs);
        steering = world.steering();
        pipeline = new Pipeline(world.pipeline());
        steered = new CounterRow(tables.region(MapNames.COUNTERS), 0);
        counters = world.pipeline().counters();
    }

    @Override
    public Outcome receive(final int ifindex, final byte[] frame, final long nowNs) {
        steered.increment(Counter.XDP_PACKETS.code());
        final Counter reason = steering.classify(frame, nowNs);
        steered.increment(reason.code());
        if (Steering.isPass(reason)) {
            return Outcome.end(reason);
        }
        final UnsafeBuffer frames = world.frames();
        frames.putBytes(ReplayWorld.HEADROOM, frame);
        batch.clear();
        batch.add(
                0,
                ReplayWorld.HEADROOM,
                frame.length,
                world.pipeline().interfaceTable().find(ifindex));
        pipeline.process(batch, nowNs);
        pipeline.count(batch);
        final Outcome outcome = outcome();
        world.serveRequests(nowNs);
        return outcome;
    }

    @Override
    public ReplayWorld world() {
        return world;
    }

    @Override
    public void close() {
        // Its memory is the collector's.
    }

    private Outcome outcome() {
        final Counter verdict = Counter.ofCode(batch.verdict(0));
        if (batch.egressSlot(0) == PacketBatch.NONE) {
            return Outcome.end(verdict);
        }
        final byte[] frame = new byte[batch.length(0)];
        world.frames().getBytes(batch.packetOffset(0), frame);
        counters.increment(Counter.TX_PACKETS.code());
        counters.add(Counter.TX_BYTES.code(), frame.length);
        final int egress = world.pipeline().interfaceTable().ifindex(batch.egressSlot(0));
        final boolean isForwarded = verdict == Counter.FORWARDED_REQUEST || verdict == Counter.FORWARDED_REPLY;
        return new Outcome(verdict, egress, frame, isForwarded ? world.backend(batch.backendIndex(0)) : null);
    }
}

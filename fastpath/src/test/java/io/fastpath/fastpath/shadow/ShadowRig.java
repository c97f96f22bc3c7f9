package io.fastpath.fastpath.shadow;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.fastpath.pipeline.Pipeline;
import io.fastpath.fastpath.pipeline.PipelineContext;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestFrames;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.agrona.concurrent.UnsafeBuffer;

/** A balancer's pipeline with a sampler, and the shadow thread's work, done by hand, on tables in the kernel. One thread. */
final class ShadowRig implements AutoCloseable {
    private static final int FRAME_LENGTH = 4096;
    private static final int HEADROOM = 256;

    private final Unwinder resources = new Unwinder();
    private final UnsafeBuffer umem = TestFrames.allocate(PacketBatch.CAPACITY * FRAME_LENGTH);
    private final PacketBatch batch = new PacketBatch();
    private final TestBalancer balancer;
    private final PipelineContext context;
    private final Pipeline pipeline;
    private final ShadowSampler sampler;
    private final ShadowAgent agent;
    private BpfObject object;

    /** Starts a described balancer. */
    ShadowRig(final int interval, final TestBalancer described, final Path folder) {
        boolean made = false;
        try {
            balancer = described.clock(System::nanoTime).memory(this::load).start();
            balancer.routesChanged();
            context = balancer.context()
                    .frames(umem)
                    .frameLength(FRAME_LENGTH)
                    .rowIndex(balancer.tables().sizes().workerRow(0))
                    .conclude();
            pipeline = new Pipeline(context);
            sampler = ShadowSampler.of(interval, umem, balancer.tables(), context);
            agent = new ShadowAgent(
                    List.of(sampler),
                    new KernelTranslator(object.program(KernelObjects.XDP_SHADOW_PROGRAM)),
                    new CaptureFiles(folder),
                    System::nanoTime);
            made = true;
        } finally {
            if (!made) {
                resources.close();
            }
        }
    }

    private SharedTables load(final TableSizes sizes) {
        object = BpfObject.open(KernelObjects.xdpSteer(), "shadow");
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.select(KernelObjects.XDP_SHADOW_PROGRAM);
        object.load();
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        return new SharedTables(sizes, regions);
    }

    TestBalancer balancer() {
        return balancer;
    }

    /** The worker's packet memory. */
    UnsafeBuffer frames() {
        return umem;
    }

    ShadowSampler sampler() {
        return sampler;
    }

    /** A batch of received packets; answers how many are forwarded. */
    int receive(final int ifindex, final byte[]... packets) {
        return receive(offset -> {}, ifindex, packets);
    }

    /**
     * The same with a defect.
     *
     * @param defect gets where in {@link #frames()} each packet is that the pipeline has translated
     */
    int receive(final IntConsumer defect, final int ifindex, final byte[]... packets) {
        batch.clear();
        for (int i = 0; i < packets.length; i++) {
            final int offset = i * FRAME_LENGTH + HEADROOM;
            umem.putBytes(offset, packets[i]);
            batch.add(i * FRAME_LENGTH, offset, packets[i].length, balancer.slot(ifindex));
        }
        sampler.before(batch, balancer.nowNs());
        pipeline.process(batch, balancer.nowNs());
        int count = 0;
        for (int i = 0; i < batch.count(); i++) {
            if (batch.egressSlot(i) != PacketBatch.NONE) {
                defect.accept(batch.packetOffset(i));
                count++;
            }
        }
        sampler.after(batch);
        return count;
    }

    /** A batch that the pipeline fails on. */
    void fail(final int ifindex, final byte[] packet) {
        batch.clear();
        umem.putBytes(HEADROOM, packet);
        batch.add(0, HEADROOM, packet.length, balancer.slot(ifindex));
        sampler.before(batch, balancer.nowNs());
        sampler.forget();
    }

    /** The shadow thread's turn, and then the worker's: answers how many samples there were. */
    int compare() {
        int count = 0;
        while (sampler.ring().size() > 0) {
            count += agent.doWork();
        }
        sampler.carryOver(context.counters());
        return count;
    }

    long compared() {
        return balancer.count(Counter.SHADOW_COMPARED);
    }

    long mismatches() {
        return balancer.count(Counter.SHADOW_MISMATCH);
    }

    @Override
    public void close() {
        resources.close();
    }
}

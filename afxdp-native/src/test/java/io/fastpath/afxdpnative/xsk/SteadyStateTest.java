package io.fastpath.afxdpnative.xsk;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.afxdpnative.lab.BpfCompiler;
import io.fastpath.afxdpnative.lab.PacketSocket;
import io.fastpath.afxdpnative.lab.TestNamespace;
import io.fastpath.afxdpnative.ring.RingSizes;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Needs root: a duty cycle under real load from another thread. What must hold: no frame lost, nothing allocated. */
class SteadyStateTest {
    private static final RingSizes SIZES = RingSizes.ofEach(2048);
    private static final int FRAME_COUNT = 4 * 2048;
    private static final int GENERATED_COUNT = 200_000;
    private static final int BATCH_COUNT = 64;
    private static final int RUN_COUNT = 6;

    /** Where and what {@code bounce_once} looks for. */
    private static final int MARK_OFFSET = 63;

    private static final byte MARK = (byte) 0x99;

    /** Kept, because asking for it allocates. */
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private TestNamespace namespace;
    private BpfObject object;

    @BeforeEach
    void setUp() {
        namespace = TestNamespace.enter();
        namespace.addVeth("left", "right", 1);
        object = BpfObject.open(BpfCompiler.compile("steer"), "steer");
        object.load();
    }

    @AfterEach
    void tearDown() {
        object.close();
        namespace.close();
    }

    @Test
    @Timeout(60)
    void shouldEchoUnderLoadWithoutAllocatingOrLosingFrames() throws Exception {
        final XskConfig queue = new XskConfig("left", TestNamespace.ifindex("left"), 0, SIZES);
        final int rightIfindex = TestNamespace.ifindex("right");
        try (TestWorker worker =
                        new TestWorker(new UmemLayout(2048, FRAME_COUNT, 0, HugePages.NONE), BindMode.COPY, queue);
                BpfLink link = object.program("steer").attachXdp(queue.ifindex(), XdpMode.NATIVE);
                BpfLink generator = object.program("bounce_once").attachXdp(rightIfindex, XdpMode.NATIVE);
                XskPoller poller = new XskPoller(worker.group.sockets())) {
            final XskSocket socket = worker.socket(0);
            worker.refill(socket);
            new XskMap(object.map("sockets")).register(0, socket);

            // The first time a path is taken, the JVM links it, which allocates. Once all were taken, a run allocates
            // nothing.
            long allocated = runUnderLoad(worker, poller, rightIfindex);
            for (int run = 1; run < RUN_COUNT && allocated != 0; run++) {
                allocated = runUnderLoad(worker, poller, rightIfindex);
            }

            assertThat(allocated).as("bytes in the best run").isZero();
            worker.flush(socket);
            final FrameCensus census = worker.census();
            assertThat(census.heldByWorker(FRAME_COUNT)).isZero();
            assertThat(census.kernelTx()).isZero();
            assertThat(generator.ifindex()).isNotEqualTo(link.ifindex());
        }
    }

    /** Generate traffic from another thread, run cycles until it is over, and tell how many bytes they allocated. */
    private long runUnderLoad(final TestWorker worker, final XskPoller poller, final int ifindex) throws Exception {
        final XdpTestRun run =
                XdpTestRun.of(PacketSocket.frame(64, 1)).ingress(ifindex, 0).repeat(GENERATED_COUNT);
        final AtomicBoolean isOver = new AtomicBoolean();
        final CompletableFuture<Integer> load = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                load.complete(object.program("bounce_once").sendLiveFrames(run, BATCH_COUNT));
            } catch (final RuntimeException ex) {
                load.completeExceptionally(ex);
            } finally {
                isOver.set(true);
            }
        });
        thread.start(); // inherits this thread's network namespace
        final long before = allocatedBytes();
        long packets = 0;
        while (!isOver.get()) {
            packets += cycle(worker, poller);
        }
        for (int i = 0; i < 1_000; i++) {
            packets += cycle(worker, poller);
        }
        final long allocated = allocatedBytes() - before;
        thread.join();
        load.get(1, TimeUnit.SECONDS);
        assertThat(packets).isGreaterThan(1_000);
        return allocated;
    }

    private static int cycle(final TestWorker worker, final XskPoller poller) {
        final XskSocket socket = worker.socket(0);
        worker.collect(socket);
        worker.refill(socket);
        final int count = echoMarked(worker, socket);
        if (socket.tx().needsWakeup()) {
            socket.wakeTx();
        }
        socket.wakeRx();
        socket.statistics().refresh();
        poller.poll(0);
        return count;
    }

    /** The mark tells the generator's end that a frame has been here, so that it goes round once only. */
    private static int echoMarked(final TestWorker worker, final XskSocket socket) {
        final int ready = socket.rx().peek(BATCH_COUNT);
        for (int i = 0; i < ready; i++) {
            worker.umem.buffer().putByte((int) socket.rx().dataOffset(i) + MARK_OFFSET, MARK);
        }
        return worker.forward(socket, socket);
    }

    private static long allocatedBytes() {
        return THREADS.getCurrentThreadAllocatedBytes();
    }
}

package io.fastpath.fastpath.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.umem.FramePool;
import io.fastpath.afxdpnative.umem.HugePages;
import io.fastpath.afxdpnative.umem.UmemLayout;
import io.fastpath.afxdpnative.xsk.Wake;
import io.fastpath.fastpath.pipeline.PacketBatch;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import io.fastpath.kernelbpf.layout.QueueDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two queues of one worker over a kernel that is played by hand: no frame is lost or doubled, whatever the rings do. */
final class QueuePortTest {
    private static final int FRAME_LENGTH = 2048;
    private static final int FRAME_COUNT = 64;
    private static final int RING_SIZE = 16;
    private static final long FRAME_MASK = -FRAME_LENGTH;

    private final SharedMemory queues =
            SharedMemory.allocate((long) InterfaceDescriptor.QUEUE_SLOTS * QueueDescriptor.LENGTH);
    private final FakeSocket[] kernel = {new FakeSocket(RING_SIZE), new FakeSocket(RING_SIZE)};
    private final QueuePort[] ports = new QueuePort[2];
    private final FramePool pool =
            new FramePool(new UmemLayout(FRAME_LENGTH, FRAME_COUNT, 0, HugePages.NONE), 0, FRAME_COUNT);
    private final PacketBatch batch = new PacketBatch();
    private FrameOrigins origins;
    private long droppedCount;

    @BeforeEach
    void open() {
        for (int i = 0; i < ports.length; i++) {
            ports[i] = new QueuePort(i, 0, kernel[i].rings(), kernel[i], queues);
        }
        origins = new FrameOrigins(ports, FRAME_COUNT, FRAME_LENGTH);
    }

    @Test
    void shouldGiveFreeFramesToTheKernelUntilItsRingIsFull() {
        assertThat(ports[0].refill(pool)).isEqualTo(RING_SIZE);
        assertThat(ports[0].refill(pool)).isZero();
        assertThat(kernel[0].filled()).isEqualTo(RING_SIZE);
        assertThat(pool.freeCount()).isEqualTo(FRAME_COUNT - RING_SIZE);
    }

    @Test
    void shouldRefuseWhatTheTxRingHasNoRoomFor() {
        for (int i = 0; i < RING_SIZE; i++) {
            assertThat(ports[0].stage(i * FRAME_LENGTH, 60)).isTrue();
        }
        assertThat(ports[0].stage(RING_SIZE * FRAME_LENGTH, 60)).isFalse();
        assertThat(kernel[0].queued()).as("before the submission").isZero();

        ports[0].submit();

        assertThat(kernel[0].queued()).isEqualTo(RING_SIZE);
        assertThat(ports[0].stage(0, 60)).as("still full").isFalse();
        ports[0].submit();
        assertThat(kernel[0].queued()).isEqualTo(RING_SIZE);
    }

    @Test
    void shouldBeDoneWithWhatAnEarlierWorkerWasGivenAndWithWhatTheKernelLost() {
        final long record = QueueDescriptor.recordOffset(InterfaceDescriptor.queueSlot(0, 0));
        queues.putLong(record + QueueDescriptor.STEERED_COUNT_OFFSET, 1000);
        final QueuePort successor = new QueuePort(0, 0, kernel[0].rings(), kernel[0], queues);
        successor.heartbeat(1);
        assertThat(queues.getLong(record + QueueDescriptor.DONE_COUNT_OFFSET)).isEqualTo(1000);

        kernel[0].lost = 7;
        successor.countLost();
        successor.countLost();
        successor.done();
        successor.heartbeat(2);
        assertThat(queues.getLong(record + QueueDescriptor.DONE_COUNT_OFFSET)).isEqualTo(1008);
    }

    @Test
    void shouldCountACompletionAtTheQueueThatTheFrameCameInBy() {
        final long frame = pool.acquire();
        origins.set(frame + 100, 1);
        ports[0].stage((int) frame + 100, 60);
        ports[0].submit();
        kernel[0].takeTx(1);
        kernel[0].complete(1);

        assertThat(ports[0].complete(pool, origins)).isEqualTo(1);

        assertThat(pool.freeCount()).isEqualTo(FRAME_COUNT);
        assertThat(doneCount(0)).isZero();
        assertThat(doneCount(1)).isEqualTo(1);
    }

    @Test
    void shouldWakeOnlyForWhatIsPendingAndABoundedNumberOfTimes() {
        kernel[0].askForWakeup();
        assertThat(ports[0].wake()).as("nothing to send").isZero();
        ports[0].stage((int) pool.acquire(), 60);
        ports[0].submit();
        kernel[0].answer = Wake.AGAIN;
        assertThat(ports[0].wake()).isEqualTo(4);
        kernel[0].answer = Wake.UNBOUND;
        assertThat(ports[0].wake()).as("an interface that is gone").isEqualTo(1);
        assertThat(ports[0].isUnbound()).isTrue();
        assertThat(ports[0].wake()).as("it stays gone").isZero();
        assertThat(ports[0].stage((int) pool.acquire(), 60))
                .as("nobody would send it")
                .isFalse();
    }

    @Test
    void shouldKnowTheOriginOfMorePortsThanAByteCounts() {
        final QueuePort[] many = new QueuePort[200];
        many[199] = ports[1];
        final FrameOrigins wide = new FrameOrigins(many, FRAME_COUNT, FRAME_LENGTH);
        wide.set(3 * FRAME_LENGTH + 17, 199);
        assertThat(wide.port(3 * FRAME_LENGTH)).isSameAs(ports[1]);
    }

    @Test
    void shouldKeepEveryFrameInOnePlaceWhateverTheRingsDo() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int cycle = 0; cycle < 20_000; cycle++) {
            kernelTurn(random);
            workerTurn(random);
            assertConserved("seed " + seed + ", cycle " + cycle);
        }
        assertThat(droppedCount)
                .as("tx rings were full at times, seed %d", seed)
                .isPositive();
        drain();
        assertThat(doneCount(0) + doneCount(1)).as("seed %d", seed).isPositive();
        assertThat(pool.freeCount() + kernel[0].filled() + kernel[1].filled())
                .as("seed %d", seed)
                .isEqualTo(FRAME_COUNT);
        final Set<Long> frames = new HashSet<>();
        while (pool.freeCount() > 0) {
            frames.add(pool.acquire());
        }
        for (final FakeSocket side : kernel) {
            while (side.filled() > 0) {
                frames.add(side.takeFill() & FRAME_MASK);
            }
        }
        assertThat(frames).as("each frame once, seed %d", seed).hasSize(FRAME_COUNT);
    }

    private void kernelTurn(final Random random) {
        for (final FakeSocket side : kernel) {
            for (int i = random.nextInt(8); i > 0 && side.filled() > 0; i--) {
                side.bring(side.takeFill() + 256, 60);
            }
            if (random.nextInt(4) == 0) {
                side.takeTx(random.nextInt(side.queued() + 1));
            }
            if (random.nextInt(4) == 0) {
                side.complete(random.nextInt(Math.min(side.sendingCount(), RING_SIZE) + 1));
            }
        }
    }

    private void workerTurn(final Random random) {
        for (final QueuePort port : ports) {
            port.complete(pool, origins);
        }
        for (final QueuePort port : ports) {
            port.refill(pool);
        }
        for (int from = 0; from < ports.length; from++) {
            batch.clear();
            ports[from].receive(batch, FRAME_MASK);
            for (int i = 0; i < batch.count(); i++) {
                final QueuePort to = ports[random.nextInt(4) == 0 ? from : 1 - from];
                if (random.nextInt(8) > 0 && to.stage(batch.packetOffset(i), batch.length(i))) {
                    origins.set(batch.frameOffset(i), from);
                } else {
                    droppedCount++;
                    pool.release(batch.frameOffset(i));
                    ports[from].done();
                }
            }
            for (final QueuePort port : ports) {
                port.submit();
            }
        }
    }

    private void assertConserved(final String when) {
        final FrameCount frames = new FrameCount();
        for (final QueuePort port : ports) {
            port.census(frames);
        }
        final WorkerStats stats = new WorkerStats();
        frames.publish(stats, pool);
        long sum = 0;
        for (int place = WorkerStats.FRAMES_FREE; place < WorkerStats.FRAMES_TOTAL; place++) {
            assertThat(stats.get(place)).as("place %d, %s", place, when).isNotNegative();
            sum += stats.get(place);
        }
        assertThat(sum).as(when).isEqualTo(FRAME_COUNT);
    }

    private void drain() {
        for (int i = 0; i < ports.length; i++) {
            kernel[i].takeTx(kernel[i].queued());
            while (kernel[i].sendingCount() > 0) {
                kernel[i].complete(Math.min(kernel[i].sendingCount(), RING_SIZE));
                ports[i].complete(pool, origins);
            }
        }
    }

    private long doneCount(final int port) {
        ports[port].heartbeat(1);
        return queues.getLong(QueueDescriptor.recordOffset(InterfaceDescriptor.queueSlot(port, 0))
                + QueueDescriptor.DONE_COUNT_OFFSET);
    }
}

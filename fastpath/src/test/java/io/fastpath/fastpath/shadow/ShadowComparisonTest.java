package io.fastpath.fastpath.shadow;

import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.IntConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sampled packets of a pipeline against the kernel engine's shadow program, on the same tables. */
class ShadowComparisonTest {
    private static final int PACKETS = 2_000;
    private static final int SAMPLES = 2_000;
    private static final int ATTEMPTS = 50;
    private static final IntConsumer NO_DEFECT = offset -> {};

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(ints = {0, InterfaceDescriptor.FLAG_RECOMPUTE_CHECKSUM})
    void shouldFindTheEnginesOfOneMind(final int flags) {
        final long seed = System.nanoTime();
        final ShadowTraffic traffic = new ShadowTraffic(new Random(seed));
        try (ShadowRig rig = rig(
                1, new TestBalancer().usualServices().snatPorts(40000, 40000).interfaceFlags(flags, flags))) {
            traffic.open(rig);
            assertThat(rig.compare()).as("samples of packets that opened").isZero();
            int forwarded = 0;
            int compared = 0;
            for (int i = 0; i < PACKETS; i++) {
                forwarded += traffic.next(rig);
                compared += rig.compare();
            }
            assertThat(compared).as("samples, seed %d", seed).isEqualTo(forwarded);
            assertThat(forwarded).as("forwarded, seed %d", seed).isGreaterThan(PACKETS / 2);
            assertThat(rig.compared()).as("compared, seed %d", seed).isEqualTo(forwarded);
            assertThat(rig.mismatches())
                    .as("mismatches, seed %d, in %s", seed, folder)
                    .isZero();
        }
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void shouldNotCompareWhatChangedMeanwhile() {
        try (ShadowRig rig = established()) {
            rig.receive(CLIENTS, request().build());
            rig.balancer().learnNeighbour(SERVERS, Frames.BACKEND, "02:bb:00:00:00:12");
            assertThat(rig.compare()).isOne();
            assertThat(rig.compared()).isZero();
            assertThat(rig.sampler().figures().changedCount()).isOne();
            rig.receive(CLIENTS, request().build());
            assertThat(rig.compare()).isOne();
            assertThat(rig.compared()).as("with the new neighbour").isOne();
            assertThat(rig.mismatches()).isZero();
        }
    }

    @Test
    void shouldTakeOneOfSoManyWithoutFallingIntoStep() {
        final int interval = 10;
        final int batches = 5_000;
        try (ShadowRig rig = established(interval)) {
            int samples = 0;
            for (int i = 0; i < batches; i++) {
                rig.receive(CLIENTS, request().build(), request().build());
                samples += rig.compare();
            }
            final int expected = 2 * batches / interval;
            assertThat(samples).isBetween(expected * 9 / 10, expected * 11 / 10);
            assertThat(rig.compared()).isEqualTo(samples);
            assertThat(rig.mismatches()).isZero();
        }
    }

    @Test
    void shouldLeaveOutPacketsWhileTheRingIsFull() {
        try (ShadowRig rig = established()) {
            while (rig.sampler().figures().skippedCount() == 0) {
                assertThat(rig.receive(CLIENTS, request().build())).isOne();
            }
            final int samples = rig.compare();
            assertThat(samples).isGreaterThan(1_000);
            assertThat(rig.compared()).isEqualTo(samples);
            assertThat(rig.mismatches()).isZero();
            rig.receive(CLIENTS, request().build());
            assertThat(rig.compare()).as("with room again").isOne();
        }
    }

    @Test
    void shouldForgetABatchThatThePipelineFailedOn() {
        try (ShadowRig rig = established()) {
            rig.fail(CLIENTS, request().build());
            rig.receive(CLIENTS, request().build());
            assertThat(rig.compare()).as("samples, without the failed one").isOne();
            assertThat(rig.compared()).isOne();
        }
    }

    @Test
    void shouldAllocateNothingOnTheWorkersThread() {
        final byte[][] requests = {request().build(), request().build()};
        final long self = Thread.currentThread().getId();
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (ShadowRig rig = established()) {
            long allocated = -1;
            for (int attempt = 0; attempt < ATTEMPTS && allocated != 0; attempt++) {
                final long before = threads.getThreadAllocatedBytes(self);
                for (int i = 0; i < SAMPLES; i++) {
                    rig.receive(NO_DEFECT, CLIENTS, requests);
                }
                allocated = threads.getThreadAllocatedBytes(self) - before;
                rig.compare();
            }
            assertThat(allocated).as("bytes for %d samples", 2 * SAMPLES).isZero();
        }
    }

    @Test
    void shouldStopCapturingWhenThereIsEnough() throws IOException {
        try (ShadowRig rig = established()) {
            for (int i = 0; i < CaptureFiles.LIMIT + 10; i++) {
                rig.receive(
                        offset -> rig.frames().putByte(offset, (byte) 0x06),
                        CLIENTS,
                        request().build());
            }
            rig.compare();
            assertThat(rig.mismatches()).isEqualTo(CaptureFiles.LIMIT + 10);
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).hasSize(CaptureFiles.LIMIT);
        }
    }

    private static PacketBuilder request() {
        return PacketBuilder.udp(Frames.CLIENT, 1234, Frames.VIP, 80);
    }

    private ShadowRig rig(final int interval, final TestBalancer described) {
        return new ShadowRig(interval, described.neighbourOfClients(Frames.CLIENT, CLIENT_MAC), folder);
    }

    /** With a connection to the UDP service, which needs no handshake. */
    private ShadowRig established() {
        return established(1);
    }

    private ShadowRig established(final int interval) {
        final ShadowRig rig = rig(interval, new TestBalancer().usualServices());
        rig.receive(CLIENTS, request().build());
        return rig;
    }
}

package io.fastpath.perflab.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.bpf.XdpTestResult;
import io.fastpath.afxdpnative.bpf.XdpTestRun;
import io.fastpath.perflab.sources.SourceTree;
import io.fastpath.perflab.topology.Topology;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sink's program makes of a frame. Needs root. */
final class SinkTest {
    /** {@code LAB_SAMPLE_INTERVAL}. */
    private static final int SAMPLE_INTERVAL = 61;

    private SourceTree sources;
    private Sink sink;

    @BeforeEach
    void load() {
        sources = SourceTree.unpack();
        sink = Sink.load(sources.compileBpf("lab_sink"));
        sink.expect(new SinkPlan(Topology.FIRST_BACKEND, 3));
    }

    @AfterEach
    void unload() {
        sink.close();
        sources.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {42, 43, 60, 61, 1513, 1514})
    void shouldCountADatagramOfAnyLength(final int length) {
        final SinkCounters seen = examine(datagram(length));

        assertThat(seen.packets()).isPositive();
        assertThat(seen.bytes()).isEqualTo(seen.packets() * length);
        assertThat(seen.sampled()).isPositive();
        assertThat(seen.misdirected()).isZero();
        assertThat(seen.badChecksum()).isZero();
        assertThat(seen.others()).isZero();
    }

    @Test
    void shouldExamineOneInAnInterval() {
        final SinkCounters seen = examine(datagram(60));

        assertThat(seen.sampled()).isBetween(seen.packets() / SAMPLE_INTERVAL, seen.packets() / SAMPLE_INTERVAL + 2);
    }

    @Test
    void shouldAcceptEachBackendAndNoOtherAddress() {
        assertThat(examine(addressedTo(Topology.FIRST_BACKEND + 2)).misdirected())
                .isZero();
        assertThat(examine(addressedTo(Topology.FIRST_BACKEND + 3)).misdirected())
                .isPositive();
        assertThat(examine(addressedTo(Topology.FIRST_BACKEND - 1)).misdirected())
                .isPositive();
    }

    @Test
    void shouldFindAWrongPortOrMacAddress() {
        assertThat(examine(changed(bytes -> bytes.putShort(Datagram.UDP_OFFSET + 2, (short) 9001)))
                        .misdirected())
                .isPositive();
        assertThat(examine(changed(bytes -> bytes.put(5, (byte) 3))).misdirected())
                .isPositive();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                Datagram.IP_OFFSET + 8,
                Datagram.IP_OFFSET + 10,
                Datagram.UDP_OFFSET,
                Datagram.UDP_OFFSET + 6,
                Datagram.UDP_OFFSET + 8,
                59
            })
    void shouldFindAFlippedBitAnywhere(final int offset) {
        final byte[] frame = datagram(60);
        frame[offset] ^= 0x10;

        assertThat(examine(frame).badChecksum()).isPositive();
    }

    @Test
    void shouldFindAMissingChecksumAndAWrongLength() {
        final byte[] without = datagram(60);
        ByteBuffer.wrap(without).putShort(Datagram.UDP_OFFSET + 6, (short) 0);

        assertThat(examine(without).badChecksum()).isPositive();
        assertThat(examine(changed(bytes -> bytes.putShort(Datagram.UDP_OFFSET + 4, (short) 25)))
                        .badChecksum())
                .isPositive();
    }

    @Test
    void shouldPassOnWhatIsNoDatagram() {
        final byte[] tcp = changed(bytes -> bytes.put(Datagram.IP_OFFSET + 9, (byte) 6));
        final byte[] truncated = Arrays.copyOf(datagram(60), 41);

        for (final byte[] frame : new byte[][] {tcp, truncated}) {
            final SinkCounters before = sink.counters();
            assertThat(sink.program().testRun(XdpTestRun.of(frame)).action()).isEqualTo(XdpTestResult.XDP_PASS);
            final SinkCounters seen = sink.counters().since(before);
            assertThat(seen.others()).isEqualTo(1);
            assertThat(seen.packets()).isZero();
        }
    }

    /** Often enough to meet the sample on whichever CPU. */
    private SinkCounters examine(final byte[] frame) {
        final SinkCounters before = sink.counters();
        final XdpTestResult result = sink.program().testRun(XdpTestRun.of(frame).repeat(10 * SAMPLE_INTERVAL));
        assertThat(result.action()).isEqualTo(XdpTestResult.XDP_DROP);
        final SinkCounters seen = sink.counters().since(before);
        assertThat(seen.packets()).isEqualTo(10 * SAMPLE_INTERVAL);
        return seen;
    }

    private static byte[] addressedTo(final int destination) {
        return changed(bytes -> bytes.putInt(Datagram.IP_OFFSET + 16, destination));
    }

    private static byte[] changed(final UnaryOperator<ByteBuffer> change) {
        final Datagram datagram = Datagram.of(datagram(60));
        change.apply(datagram.bytes());
        return datagram.withChecksums().bytes().array();
    }

    private static byte[] datagram(final int length) {
        final ByteBuffer bytes = ByteBuffer.allocate(length);
        bytes.put(new byte[] {2, 0, 0, 0, 8, 2})
                .put(new byte[] {2, 0, 0, 0, 8, 1})
                .putShort((short) 0x0800);
        bytes.put((byte) 0x45)
                .put((byte) 0)
                .putShort((short) (length - Datagram.IP_OFFSET))
                .putInt(0);
        bytes.put((byte) 63).put((byte) 17).putShort((short) 0);
        bytes.putInt(Topology.BACK_ADDRESS).putInt(Topology.FIRST_BACKEND);
        bytes.putShort((short) 40_000).putShort((short) Topology.SERVICE_PORT);
        bytes.putShort((short) (length - Datagram.UDP_OFFSET)).putShort((short) 0);
        for (int i = bytes.position(); i < length; i++) {
            bytes.put((byte) (i * 7));
        }
        return Datagram.of(bytes.array()).withChecksums().bytes().array();
    }
}

package io.fastpath.fastpath.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both formats, both byte orders, all resolutions; what is cut, damaged or no capture. */
class CaptureReaderTest {
    private static final int MICROSECONDS = 0xa1b2c3d4;
    private static final int NANOSECONDS = 0xa1b23c4d;
    private static final byte[] FRAME = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 8, 0, 42};
    private static final long SECOND = 4_000_000_000L; // needs all 32 bits

    @TempDir
    private Path folder;

    static Stream<Arguments> ordersAndMagics() {
        return Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)
                .flatMap(order ->
                        Stream.of(Arguments.of(order, MICROSECONDS, 1000L), Arguments.of(order, NANOSECONDS, 1L)));
    }

    @ParameterizedTest
    @MethodSource("ordersAndMagics")
    void shouldReadPcap(final ByteOrder order, final int magic, final long unitNs) throws IOException {
        final byte[] file = new CaptureBytes(order)
                .pcap(magic, 1)
                .record(SECOND, 999_999, FRAME, 1514)
                .record(1, 0, FRAME, 0)
                .toBytes();
        final List<CapturedFrame> frames = read(file);
        assertThat(frames).hasSize(2);
        assertThat(frames.get(0).timeNs()).isEqualTo(SECOND * 1_000_000_000L + 999_999 * unitNs);
        assertThat(frames.get(0).bytes()).isEqualTo(FRAME);
        assertThat(frames.get(0).originalLength()).isEqualTo(1514);
        assertThat(frames.get(0).isCut()).isTrue();
        assertThat(frames.get(1).isCut()).as("a length on the wire of 0").isFalse();
    }

    static Stream<Arguments> resolutions() {
        return Stream.of(ByteOrder.BIG_ENDIAN, ByteOrder.LITTLE_ENDIAN)
                .flatMap(order -> Stream.of(
                        Arguments.of(order, -1, 7_000_001L, 7_000_001_000L),
                        Arguments.of(order, 6, 7_000_001L, 7_000_001_000L),
                        Arguments.of(order, 9, 7_000_001L, 7_000_001L),
                        Arguments.of(order, 3, 7_001L, 7_001_000_000L),
                        Arguments.of(order, 0x80 | 10, 1536L, 1_500_000_000L),
                        Arguments.of(order, 9, 1_700_000_000_123_456_789L, 1_700_000_000_123_456_789L)));
    }

    @ParameterizedTest
    @MethodSource("resolutions")
    void shouldReadPcapng(final ByteOrder order, final int resolution, final long units, final long timeNs)
            throws IOException {
        final byte[] file = new CaptureBytes(order)
                .section()
                .description(1, 0, resolution)
                .block(0x0bad, 8)
                .enhanced(0, units, FRAME, 1514)
                .block(5, 16)
                .simple(FRAME, FRAME.length)
                .toBytes();
        final List<CapturedFrame> frames = read(file);
        assertThat(frames).extracting(CapturedFrame::timeNs).containsExactly(timeNs, timeNs);
        assertThat(frames).allSatisfy(frame -> assertThat(frame.bytes()).isEqualTo(FRAME));
        assertThat(frames).extracting(CapturedFrame::originalLength).containsExactly(1514, FRAME.length);
    }

    @Test
    void shouldReadSectionsOfEitherOrder() throws IOException {
        final byte[] big = new CaptureBytes(ByteOrder.BIG_ENDIAN)
                .section()
                .description(1, 0, 9)
                .enhanced(0, 1, FRAME, 15)
                .toBytes();
        final byte[] little = new CaptureBytes(ByteOrder.LITTLE_ENDIAN)
                .section()
                .description(101, 0, 9)
                .description(1, 8, 9)
                .enhanced(1, 2, FRAME, 15)
                .toBytes();
        final byte[] file = Arrays.copyOf(big, big.length + little.length);
        System.arraycopy(little, 0, file, big.length, little.length);
        assertThat(read(file)).extracting(CapturedFrame::timeNs).containsExactly(1L, 2L);
    }

    /** A capture whose writer was killed: what is whole counts, at whatever byte it ends. */
    @ParameterizedTest
    @MethodSource("ordersAndMagics")
    void shouldEndBeforeARecordThatIsCutOff(final ByteOrder order, final int magic, final long unitNs)
            throws IOException {
        final byte[] pcap = new CaptureBytes(order)
                .pcap(magic, 1)
                .record(1, 0, FRAME, FRAME.length)
                .toBytes();
        checkCuts(pcap, 24, List.of(pcap.length));
        final byte[] pcapng = new CaptureBytes(order)
                .section()
                .description(1, 0, 9)
                .enhanced(0, 1, FRAME, FRAME.length)
                .toBytes();
        checkCuts(pcapng, 28, List.of(28 + 32, pcapng.length));
    }

    private void checkCuts(final byte[] file, final int headerLength, final List<Integer> boundaries)
            throws IOException {
        for (int length = headerLength; length < file.length; length++) {
            try (CaptureReader reader = CaptureReader.open(write(Arrays.copyOf(file, length)))) {
                assertThat(reader.next()).as("%d bytes", length).isNull();
                assertThat(reader.isTruncated())
                        .as("%d bytes", length)
                        .isEqualTo(length != headerLength && !boundaries.contains(length));
            }
        }
    }

    @Test
    void shouldSayWhatIsNoCapture() {
        assertRefused(new byte[0], "is no capture: it has only 0 bytes");
        assertRefused("hello, world".getBytes(), "neither pcap nor pcapng");
        assertRefused(new byte[] {0x1f, (byte) 0x8b, 8, 0, 0}, "is compressed: unpack it first");
        assertRefused(Arrays.copyOf(pcap().pcap(MICROSECONDS, 1).toBytes(), 23), "ends inside the file header");
    }

    @Test
    void shouldRefuseOtherLinkTypes() {
        assertRefused(pcap().pcap(MICROSECONDS, 113).toBytes(), "link type 113 is not Ethernet");
        assertRefused(
                pcap().section()
                        .description(113, 0, 9)
                        .enhanced(0, 1, FRAME, 15)
                        .toBytes(),
                "link type 113 is not Ethernet");
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertRefused(
                pcap().pcap(MICROSECONDS, 1).word(1).word(0).word(-1).word(5).toBytes(), "4294967295 captured bytes");
        assertRefused(
                pcap().pcap(MICROSECONDS, 1).record(1, 1_000_000, FRAME, 15).toBytes(), "parts of a second");
        assertRefused(pcap().section().word(6).word(13).toBytes(), "a block of 13 bytes can't be");
        assertRefused(pcap().section().enhanced(0, 1, FRAME, 15).toBytes(), "tells only 0");
        assertRefused(
                pcap().section().description(1, 0, 9).enhanced(-1, 1, FRAME, 15).toBytes(), "interface 4294967295");
        assertRefused(
                pcap().section()
                        .description(1, 0, 0)
                        .enhanced(0, Long.MAX_VALUE, FRAME, 15)
                        .toBytes(),
                "beyond the year 2262");
        assertRefused(
                pcap().section().word(6).word(12).word(16).toBytes(), "without a whole header", "ends as one of 16");
        assertThatThrownBy(() -> CaptureReader.open(folder.resolve("none.pcap")))
                .hasMessageEndingWith("there is no such file");
        assertThatThrownBy(() -> CaptureReader.open(folder)).hasMessageEndingWith("is a directory, not a capture");
    }

    /** Damage of any kind ends in frames, or in a refusal, and in nothing else. */
    @Test
    void shouldSurviveDamage() throws IOException {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final byte[] pcap = pcap().pcap(NANOSECONDS, 1)
                .record(1, 0, FRAME, 15)
                .record(2, 0, FRAME, 15)
                .toBytes();
        final byte[] pcapng = pcap().section()
                .description(1, 0, 9)
                .enhanced(0, 1, FRAME, 15)
                .simple(FRAME, 15)
                .toBytes();
        for (int i = 0; i < 4000; i++) {
            final byte[] file = (random.nextBoolean() ? pcap : pcapng).clone();
            for (int k = random.nextInt(4); k >= 0; k--) {
                file[random.nextInt(file.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(read(file)).as("seed %d", seed).hasSizeLessThan(8);
            } catch (final CaptureException e) {
                assertThat(e).hasMessageContaining("capture.pcap");
            }
        }
    }

    @Test
    void shouldReadWhatIsWritten() throws IOException {
        final Path file = folder.resolve("written.pcap");
        try (CaptureWriter writer = new CaptureWriter(Files.newOutputStream(file))) {
            writer.write(1_700_000_000_123_456_789L, FRAME);
            writer.write(1_700_000_000_123_456_790L, FRAME, 14);
        }
        try (CaptureReader reader = CaptureReader.open(file)) {
            final CapturedFrame first = reader.next();
            assertThat(first.timeNs()).isEqualTo(1_700_000_000_123_456_789L);
            assertThat(first.bytes()).isEqualTo(FRAME);
            final CapturedFrame second = reader.next();
            assertThat(second.bytes()).hasSize(14);
            assertThat(second.originalLength()).isEqualTo(15);
            assertThat(reader.next()).isNull();
        }
    }

    private static CaptureBytes pcap() {
        return new CaptureBytes(ByteOrder.LITTLE_ENDIAN);
    }

    private void assertRefused(final byte[] file, final String... texts) {
        assertThatThrownBy(() -> read(file))
                .isInstanceOf(CaptureException.class)
                .hasMessageContaining("capture.pcap")
                .message()
                .containsAnyOf(texts);
    }

    private Path write(final byte[] file) throws IOException {
        return Files.write(folder.resolve("capture.pcap"), file);
    }

    private List<CapturedFrame> read(final byte[] file) throws IOException {
        final List<CapturedFrame> frames = new ArrayList<>();
        try (CaptureReader reader = CaptureReader.open(write(file))) {
            for (CapturedFrame frame = reader.next(); frame != null; frame = reader.next()) {
                frames.add(frame);
            }
        }
        return frames;
    }
}

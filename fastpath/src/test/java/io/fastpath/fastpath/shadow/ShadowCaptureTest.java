package io.fastpath.fastpath.shadow;

import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import io.fastpath.fastpath.pipeline.TestBalancer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.agrona.BitUtil;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left of a mismatch, as other tools read it. */
class ShadowCaptureTest {
    @TempDir
    private Path folder;

    @Test
    void shouldCountAndCaptureADifferentByte() {
        final PacketBuilder packet = PacketBuilder.udp(Frames.CLIENT, 1234, Frames.VIP, 80);
        final byte[] opening = packet.build();
        final byte[] request = packet.payload(100).build();
        try (ShadowRig rig = new ShadowRig(1, new TestBalancer().usualServices(), folder)) {
            rig.receive(CLIENTS, opening);
            rig.receive(
                    offset -> rig.frames()
                            .putByte(offset + 60, (byte) ~rig.frames().getByte(offset + 60)),
                    CLIENTS,
                    request);
            assertThat(rig.compare()).isOne();
            assertThat(rig.compared()).isOne();
            assertThat(rig.mismatches()).isOne();
        }
        final Path file = folder.resolve("mismatch-0001.pcap");
        final List<String> frames = dump(file);
        final byte[] out = Frames.toBackend(PacketBuilder.udp(Frames.SNAT, 40000, Frames.BACKEND, 8080))
                .payload(100)
                .build();
        assertThat(frames).hasSize(3);
        assertThat(frames.get(0)).isEqualTo(BitUtil.toHex(request));
        assertThat(frames.get(2)).as("the kernel's").isEqualTo(BitUtil.toHex(out));
        out[60] = (byte) ~out[60];
        assertThat(frames.get(1)).as("Java's").isEqualTo(BitUtil.toHex(out));
    }

    /** The frames of a file in hexadecimal, as tcpdump reads them. */
    private static List<String> dump(final Path file) {
        final String text = Shell.run("tcpdump", "-nn", "-xx", "-r", file.toString());
        return Arrays.stream(text.split("(?m)^(?=\\S)"))
                .filter(frame -> frame.contains("0x0000:"))
                .map(frame -> frame.lines()
                        .filter(line -> line.contains("0x"))
                        .map(line -> line.substring(line.indexOf(':') + 1).replace(" ", ""))
                        .reduce("", String::concat))
                .toList();
    }
}

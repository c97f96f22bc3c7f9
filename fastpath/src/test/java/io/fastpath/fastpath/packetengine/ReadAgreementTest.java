package io.fastpath.fastpath.packetengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.agreement.PacketCaseLibrary;
import io.fastpath.fastpath.pipeline.FrameSource;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.agrona.BitUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whatever the frame: both readers answer the same, and what they may set they set to the same. */
class ReadAgreementTest {
    private static final int MUTATION_COUNT = 150_000;
    private static final int TCP = 6;

    private final PacketRig rig = new PacketRig();
    private final Set<Integer> answers = new TreeSet<>();

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldReadEveryFrameOfTheCasesCutAtEveryByte() {
        for (final byte[] frame : PacketCaseLibrary.frames()) {
            for (int length = PacketRig.FRAME_LENGTH_MIN; length <= frame.length; length++) {
                check(Arrays.copyOf(frame, length), "a case's frame cut at " + length);
            }
        }
        checkReach();
    }

    @Test
    void shouldReadFramesThatLie() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final List<byte[]> bases = PacketCaseLibrary.frames();
        final Supplier<byte[]> mutations = FrameSource.mutations(random, bases);
        for (int i = 0; i < MUTATION_COUNT; i++) {
            final byte[] frame = mutations.get();
            if (frame.length >= PacketRig.FRAME_LENGTH_MIN) {
                check(frame, "seed " + seed);
            }
        }
        checkReach();
    }

    @Test
    void shouldReadDecentPackets() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            check(FrameSource.transport(random, 200), "seed " + seed);
        }
        assertThat(answers).containsExactly(1, 2);
    }

    private void check(final byte[] frame, final String origin) {
        final int expected = rig.twin().read(frame);
        final int answer = rig.read(frame);
        final PacketRecord record = rig.record();
        answers.add(expected);
        if (answer != expected || record.kind() != expected) {
            throw new AssertionError(origin + ": " + name(answer) + ", kind " + name(record.kind()) + ", not "
                    + name(expected) + " for " + BitUtil.toHex(frame));
        }
        if (expected < Counter.FIRST_DROP_CODE) {
            assertThat(record.networkOffset()).isEqualTo(rig.twin().networkOffset());
        }
        if (rig.twin().isIp()) {
            assertThat(record.headers())
                    .as("%s: %s", origin, BitUtil.toHex(frame))
                    .isEqualTo(rig.twin().headers());
        }
        if (rig.twin().isTransport()) {
            final boolean isTcp = rig.twin().headers().protocol() == TCP;
            assertThat(record.ports()).isEqualTo(rig.twin().ports());
            assertThat(record.tcpFlags()).isEqualTo(isTcp ? rig.twin().tcpFlags() : 0);
        }
    }

    /** The frames came to every end that reading has. */
    private void checkReach() {
        assertThat(answers)
                .contains(1, 2, 3, 4, 5)
                .contains(
                        Counter.DROP_TRUNCATED.code(),
                        Counter.DROP_VLAN.code(),
                        Counter.DROP_NOT_IP.code(),
                        Counter.DROP_IP_HEADER.code(),
                        Counter.DROP_IP_LENGTH.code(),
                        Counter.DROP_IP_CHECKSUM.code(),
                        Counter.DROP_FRAGMENT.code(),
                        Counter.DROP_MARTIAN.code(),
                        Counter.DROP_EXTENSION_HEADER.code(),
                        Counter.DROP_PROTOCOL.code(),
                        Counter.DROP_TCP_HEADER.code(),
                        Counter.DROP_UDP_LENGTH.code());
    }

    private static String name(final int answer) {
        return answer < Counter.FIRST_DROP_CODE
                ? "kind " + answer
                : Counter.ofCode(answer).name();
    }
}

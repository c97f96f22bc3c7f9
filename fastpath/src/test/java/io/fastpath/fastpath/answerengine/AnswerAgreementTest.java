package io.fastpath.fastpath.answerengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.agrona.BitUtil;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The same verdict, the same bytes out, the same next hops learned, whichever engine answers. */
class AnswerAgreementTest {
    private static final int MUTANT_COUNT = 30_000;
    private static final int LINK_HEADER_LENGTH = 14;
    private static final long CLIENT_MAC_MEMORY = MacWord.ofNumber(0x02_aa_00_00_00_10L);

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private final AnswerRig rig = new AnswerRig();
    private final WaitingHops hops = new WaitingHops(rig.tables());
    private final Map<Counter, Integer> seen = new EnumMap<>(Counter.class);
    private int learnedCount;

    @AfterEach
    void close() {
        rig.close();
    }

    @Test
    void shouldAnswerEveryCaseAsJavaDoes() {
        for (final byte[] frame : AnswerFrames.all()) {
            compare(AnswerRig.PLAIN, frame);
            compare(AnswerRig.RECOMPUTING, frame);
        }
        assertThat(seen)
                .containsOnlyKeys(
                        Counter.ANSWERED_ARP,
                        Counter.ANSWERED_ECHO,
                        Counter.ANSWERED_NEIGHBOR,
                        Counter.CONSUMED_ARP,
                        Counter.DROP_ARP,
                        Counter.DROP_ICMP,
                        Counter.DROP_MARTIAN,
                        Counter.DROP_VIP_SOURCE,
                        Counter.DROP_NO_SERVICE);
    }

    @Test
    void shouldAgreeOnFramesThatAreCutOff() {
        for (final byte[] frame : AnswerFrames.all()) {
            final int step = frame.length > 256 ? 97 : 1;
            for (int length = LINK_HEADER_LENGTH; length < frame.length; length += step) {
                compare(AnswerRig.PLAIN, Arrays.copyOf(frame, length));
            }
        }
    }

    @Test
    void shouldAgreeOnFramesThatNobodyShouldSend() {
        final AnswerMutator mutator = new AnswerMutator(random, AnswerFrames.all());
        for (int i = 0; i < MUTANT_COUNT; i++) {
            hops.shuffle(random);
            compare(random.nextBoolean() ? AnswerRig.PLAIN : AnswerRig.RECOMPUTING, mutator.next());
        }
        assertThat(learnedCount).as("seed %d: learned", seed).isGreaterThan(MUTANT_COUNT / 1000);
        for (final Counter verdict : List.of(
                Counter.ANSWERED_ARP,
                Counter.ANSWERED_ECHO,
                Counter.ANSWERED_NEIGHBOR,
                Counter.CONSUMED_ARP,
                Counter.DROP_ARP,
                Counter.DROP_ICMP,
                Counter.DROP_MARTIAN,
                Counter.DROP_NO_SERVICE)) {
            assertThat(seen.getOrDefault(verdict, 0))
                    .as("seed %d: %s of %s", seed, verdict, seen)
                    .isGreaterThan(MUTANT_COUNT / 1000);
        }
    }

    @Test
    void shouldFindTheNeighbourThatJavaFinds() {
        for (int round = 0; round < 5; round++) {
            for (final String neighbour : WaitingHops.NEIGHBOURS) {
                for (final int[] tags : WaitingHops.TAGS) {
                    compare(
                            AnswerRig.PLAIN,
                            FrameBuilder.arp(2, AnswerFrames.CLIENT_MAC, neighbour, AnswerFrames.VIP, tags));
                }
            }
            hops.shuffle(random);
        }
        assertThat(learnedCount).as("seed %d: learned", seed).isGreaterThan(WaitingHops.NEIGHBOURS.size());
    }

    @Test
    void shouldTeachAHopThatWaitsAndNoOther() {
        final byte[] announcement =
                FrameBuilder.arp(1, AnswerFrames.CLIENT_MAC, AnswerFrames.CLIENT, AnswerFrames.CLIENT);
        final int index = hops.ofClient();

        assertThat(rig.askKernel(AnswerRig.RECOMPUTING, announcement).verdict()).isEqualTo(Counter.CONSUMED_ARP.code());
        assertThat(hops.table().state(index)).isEqualTo(NextHopDescriptor.STATE_INCOMPLETE);

        rig.askKernel(AnswerRig.PLAIN, announcement);
        assertThat(hops.table().state(index)).isEqualTo(NextHopDescriptor.STATE_PROVISIONAL);
        assertThat(MacWord.of(hops.table().macWord(index))).isEqualTo(CLIENT_MAC_MEMORY);

        hops.state(index, NextHopDescriptor.STATE_VALID);
        final long macWord = hops.table().macWord(index);
        announcement[LINK_HEADER_LENGTH + 13] ^= 1;
        rig.askKernel(AnswerRig.PLAIN, announcement);
        assertThat(hops.table().macWord(index)).isEqualTo(macWord);
    }

    private void compare(final int ifindex, final byte[] frame) {
        final long[] before = hops.snapshot();
        final AnswerRig.Outcome kernel = rig.askKernel(ifindex, frame);
        if (kernel.verdict() <= AnswerRig.TRANSPORT_KIND_LIMIT) {
            return;
        }
        final long[] afterKernel = hops.snapshot();
        hops.restore(before);
        final AnswerRig.Outcome java = rig.askJava(ifindex, frame);
        if (!java.text().equals(kernel.text()) || !Arrays.equals(hops.snapshot(), afterKernel)) {
            assertThat(kernel.text()).as(about(ifindex, frame)).isEqualTo(java.text());
            assertThat(afterKernel)
                    .as("next hops after " + about(ifindex, frame))
                    .isEqualTo(hops.snapshot());
        }
        learnedCount += Arrays.equals(before, afterKernel) ? 0 : 1;
        seen.merge(Counter.ofCode(java.verdict()), 1, Integer::sum);
    }

    private String about(final int ifindex, final byte[] frame) {
        return "seed " + seed + ": the kernel engine's answer on interface " + ifindex + " to " + BitUtil.toHex(frame);
    }
}

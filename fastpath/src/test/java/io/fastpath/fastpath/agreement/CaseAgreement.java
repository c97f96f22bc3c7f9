package io.fastpath.fastpath.agreement;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.replay.EngineTables;
import io.fastpath.fastpath.replay.TableDifferences;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import java.util.ArrayList;
import java.util.List;

/** A case played by the pipeline and then by another engine: both do as it says, and leave the same behind. */
final class CaseAgreement {
    /** Beyond the time that playing took, for one plays after the other; scripts let whole seconds go by, and many. */
    private static final int TOLERANCE_TICKS = 3000;

    /** The flow tables' secret: any, but the same. */
    private static final long HASH_SEED = 7;

    private final JavaEngine java;
    private final Engine other;

    CaseAgreement(final JavaEngine java, final Engine other) {
        this.java = java;
        this.other = other;
    }

    void check(final PacketCase packetCase) {
        final long startNs = System.nanoTime();
        final PacketStage expected = play(packetCase, java);
        final PacketStage actual = play(packetCase, other);
        final int takenTicks = FlowDescriptor.ticks(System.nanoTime() - startNs);
        final List<String> differences = new ArrayList<>();
        if (actual.seen().stream().allMatch(Tally::isVerdict)) { // otherwise the other engine counts fewer packets
            differences.addAll(TableDifferences.inCounts(Tally.of(expected.balancer()), Tally.of(actual.balancer())));
        }
        differences.addAll(TableDifferences.inRecords(
                tables(expected), tables(actual), takenTicks + TOLERANCE_TICKS, other.keepsHopsAsJavaDoes()));
        differences.addAll(TableDifferences.inDatagrams(tables(expected), tables(actual)));
        assertThat(differences).as("after: %s", packetCase.sentence()).isEmpty();
    }

    private static EngineTables tables(final PacketStage stage) {
        return new EngineTables(stage.balancer().tables(), stage.balancer().nowNs());
    }

    private static PacketStage play(final PacketCase packetCase, final Engine engine) {
        final TestBalancer balancer = packetCase.balancer().get().hashSeed(HASH_SEED);
        final PacketStage stage = new PacketStage(engine, balancer);
        packetCase.script().accept(stage);
        return stage;
    }
}

package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A sentence, a balancer, and what is played on it, by whichever engine.
 *
 * @param sentence what is claimed
 * @param balancer describes the balancer, not started
 * @param script frames in, verdicts and frames out, what is counted and what stands in the flow table afterwards
 * @param whyJavaOnly what the case rests on that the kernel engine has no part in; empty if both engines play it
 */
record PacketCase(String sentence, Supplier<TestBalancer> balancer, Consumer<PacketStage> script, String whyJavaOnly) {
    PacketCase(final String sentence, final Supplier<TestBalancer> balancer, final Consumer<PacketStage> script) {
        this(sentence, balancer, script, "");
    }

    /** A case on a balancer with the usual services. */
    static PacketCase packetCase(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, () -> new TestBalancer().usualServices(), script);
    }

    /** This case, for the pipeline alone: the kernel engine asks no routes but the kernel's. */
    PacketCase needsRoutes() {
        return javaOnly("routes and neighbours of a test are not the kernel's");
    }

    /** This case, for the pipeline alone. */
    PacketCase javaOnly(final String why) {
        return new PacketCase(sentence, balancer, script, why);
    }

    boolean isForBoth() {
        return whyJavaOnly.isEmpty();
    }
}

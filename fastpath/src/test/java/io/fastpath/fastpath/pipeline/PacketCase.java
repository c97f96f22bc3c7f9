package io.fastpath.fastpath.pipeline;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A sentence, a balancer, and what is played on it.
 *
 * @param sentence what is claimed
 * @param balancer makes the balancer, started
 * @param script frames in, verdicts and frames out
 */
record PacketCase(String sentence, Supplier<TestBalancer> balancer, Consumer<PacketStage> script) {
    /** A case on a balancer with the usual services. */
    static PacketCase packetCase(final String sentence, final Consumer<PacketStage> script) {
        return new PacketCase(sentence, () -> new TestBalancer().usualServices().start(), script);
    }
}

package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.function.BiFunction;

/** A pipeline with a fault, for tests of the comparison. */
final class SabotagedEngine implements Engine {
    private final JavaEngine engine = new JavaEngine();
    private final BiFunction<TestBalancer, Outcome, Outcome> fault;
    private TestBalancer balancer;

    /**
     * An engine with a fault.
     *
     * @param fault gets balancer and outcome after each packet; what it answers counts
     */
    SabotagedEngine(final BiFunction<TestBalancer, Outcome, Outcome> fault) {
        this.fault = fault;
    }

    @Override
    public void start(final TestBalancer described) {
        balancer = described;
        engine.start(described);
    }

    @Override
    public Outcome receive(final int ifindex, final byte[] frame) {
        return fault.apply(balancer, engine.receive(ifindex, frame));
    }

    @Override
    public boolean isMet(final Counter expected, final Counter actual) {
        return engine.isMet(expected, actual);
    }

    @Override
    public boolean keepsHopsAsJavaDoes() {
        return true;
    }

    @Override
    public void close() {
        engine.close();
    }
}

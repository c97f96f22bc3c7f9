package io.fastpath.fastpath.agreement;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.fastpath.pipeline.TestWorker.Outcome;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.HashMap;
import java.util.Map;

/** The first worker of a balancer, on allocated memory, by the clock that the kernel has too. */
final class JavaEngine implements Engine {
    private final Map<TableSizes, SharedTables> memories = new HashMap<>();
    private TestBalancer balancer;

    @Override
    public void start(final TestBalancer described) {
        balancer = described.clock(System::nanoTime).memory(this::emptyTables).start();
    }

    @Override
    public Outcome receive(final int ifindex, final byte[] frame) {
        return balancer.receive(ifindex, frame);
    }

    @Override
    public boolean isMet(final Counter expected, final Counter actual) {
        return actual == expected;
    }

    @Override
    public boolean keepsHopsAsJavaDoes() {
        return true;
    }

    @Override
    public void close() {
        memories.clear();
    }

    private SharedTables emptyTables(final TableSizes sizes) {
        final SharedTables tables = memories.computeIfAbsent(sizes, SharedTables::allocate);
        TableImage.clear(tables);
        return tables;
    }
}

package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.maglev.MaglevTable;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A control process that dies between two stores leaves tables that the next one puts right. */
class DeadWriterTest {
    private static final List<ServiceSpec> BEFORE = List.of(
            service("kept", 1, 80, 23, Samples.backends(3)),
            service("going", 2, 80, 23, Samples.backends(2)),
            service("grown", 1, 81, 23, Samples.backends(4)),
            service("reweighted", 1, 82, 23, weighted(1, 1)));
    private static final List<ServiceSpec> AFTER = List.of(
            service("kept", 1, 80, 23, Samples.backends(5).subList(1, 5)),
            service("new", 3, 80, 23, Samples.backends(2)),
            service("grown", 1, 81, 43, Samples.backends(4).subList(0, 3)),
            service("reweighted", 1, 82, 23, weighted(1, 3)));

    @Test
    void shouldReachTheWantedStateWhereverTheWriterDied() {
        final int stepCount = planned(fresh()).size();
        assertThat(stepCount).isGreaterThan(10);
        for (int died = 0; died <= stepCount; died++) {
            final LbMemory forward = fresh();
            planned(forward).subList(0, died).forEach(Runnable::run);
            ServiceTable.attach(forward).apply(AFTER);
            check(forward, AFTER, "died after step " + died + ", then forward");

            final LbMemory back = fresh();
            planned(back).subList(0, died).forEach(Runnable::run);
            ServiceTable.attach(back).apply(BEFORE);
            check(back, BEFORE, "died after step " + died + ", then back");
        }
    }

    private static LbMemory fresh() {
        final LbMemory memory = LbMemory.allocate(16, 24, 32 * 20, 5);
        ServiceTable.attach(memory).apply(BEFORE);
        return memory;
    }

    private static List<Runnable> planned(final LbMemory memory) {
        final ChangePlan plan = new ChangePlan(memory, new BitSet());
        AFTER.forEach(plan::put);
        plan.removeAllBut(AFTER);
        return plan.steps();
    }

    private static void check(final LbMemory memory, final List<ServiceSpec> specs, final String when) {
        final List<ServiceEntry> entries = TableReader.services(memory);
        assertThat(entries).as(when).hasSameSizeAs(specs);
        assertThat(TableReader.vips(memory).keySet())
                .as(when)
                .containsExactlyInAnyOrderElementsOf(specs.stream()
                        .map(spec -> spec.key().virtual())
                        .distinct()
                        .toList());
        final Map<ServiceKey, ServiceEntry> byKey = new HashMap<>();
        entries.forEach(entry -> byKey.put(entry.key(), entry));
        int upCount = 0;
        for (final ServiceSpec spec : specs) {
            final ServiceEntry entry = byKey.get(spec.key());
            assertThat(entry.matches(spec))
                    .as("%s: %s holds %s", when, entry, spec)
                    .isTrue();
            checkMaglev(memory, entry, spec, when);
            upCount += spec.backends().size();
        }
        assertThat(TableReader.backends(memory).stream().filter(backend -> !backend.retired()))
                .as(when)
                .hasSize(upCount);
    }

    private static void checkMaglev(
            final LbMemory memory, final ServiceEntry entry, final ServiceSpec spec, final String when) {
        final MaglevTable table = MaglevTable.build(spec.backends(), spec.maglevSize());
        final int first = entry.maglevActive() == 0 ? entry.maglevCopyA() : entry.maglevCopyB();
        for (int slot = 0; slot < table.size(); slot++) {
            final BackendSpec backend = table.backends().get(table.position(slot));
            assertThat(memory.maglev().getShort(2L * (first + slot)) & 0xffff)
                    .as("%s: slot %d of %s", when, slot, spec.name())
                    .isEqualTo(entry.backendIndices().get(backend.endpoint()));
        }
    }

    private static List<BackendSpec> weighted(final int first, final int second) {
        return List.of(new BackendSpec(Samples.ipv4(1), 80, first), new BackendSpec(Samples.ipv4(2), 80, second));
    }

    private static ServiceSpec service(
            final String name, final int vip, final int port, final int size, final List<BackendSpec> backends) {
        return new ServiceSpec(name, Samples.ipv4(1000 + vip), port, Protocol.TCP, Forwarding.FULL_NAT, size, backends);
    }
}

package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.xsk.BindMode;
import io.fastpath.fastpath.config.ChecksumMode;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.config.QueueSelection;
import io.fastpath.fastpath.config.VlanConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

final class WorkerPlanTest {
    @Test
    void shouldDealTheQueuesOfEachInterfaceOutToAllWorkers() {
        final List<WorkerPlan> plans =
                WorkerPlan.of(List.of(4, 6), List.of(served("a", 0, 1, 2, 3), served("b", 5, 7)));

        assertThat(plans).extracting(WorkerPlan::index).containsExactly(0, 1);
        assertThat(plans).extracting(WorkerPlan::cpu).containsExactly(4, 6);
        assertThat(names(plans.get(0))).containsExactly("a:0", "a:2", "b:5");
        assertThat(names(plans.get(1))).containsExactly("a:1", "a:3", "b:7");
    }

    @Test
    void shouldPlanNoWorkerWithoutAQueueOfEachInterface() {
        final List<WorkerPlan> plans = WorkerPlan.of(List.of(1, 2, 3), List.of(served("a", 0, 1, 2), served("b", 0)));

        assertThat(plans).hasSize(1);
        assertThat(names(plans.get(0))).containsExactly("a:0", "a:1", "a:2", "b:0");
    }

    @Test
    void shouldLetTheInterfaceThatCopiesDecide() {
        assertThat(mode(InterfaceMode.AUTO, InterfaceMode.AUTO)).isEqualTo(BindMode.AUTO);
        assertThat(mode(InterfaceMode.AUTO, InterfaceMode.GENERIC)).isEqualTo(BindMode.COPY);
        assertThat(mode(InterfaceMode.ZEROCOPY, InterfaceMode.AUTO)).isEqualTo(BindMode.ZEROCOPY);
    }

    @Test
    void shouldNotTakeZeroCopyBackSilently() {
        assertThatThrownBy(() -> mode(InterfaceMode.COPY, InterfaceMode.ZEROCOPY))
                .isInstanceOf(InstanceException.class)
                .hasMessageContaining("interface second can't be in mode zerocopy while first");
    }

    private static BindMode mode(final InterfaceMode first, final InterfaceMode second) {
        final List<ServedInterface> interfaces = List.of(served("first", first, 0), served("second", second, 0));
        return WorkerUnit.bindMode(WorkerPlan.of(List.of(0), interfaces).get(0));
    }

    private static ServedInterface served(final String name, final Integer... queues) {
        return served(name, InterfaceMode.AUTO, queues);
    }

    private static ServedInterface served(final String name, final InterfaceMode mode, final Integer... queues) {
        return new ServedInterface(
                new InterfaceConfig(name, QueueSelection.ALL, mode, ChecksumMode.INCREMENTAL, VlanConfig.STRIP),
                null,
                List.of(queues));
    }

    private static List<String> names(final WorkerPlan plan) {
        return plan.queues().stream().map(WorkerPlan.Queue::toString).toList();
    }
}

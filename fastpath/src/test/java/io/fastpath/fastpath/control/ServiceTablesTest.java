package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;
import static org.assertj.core.api.Assertions.tuple;

import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceTablesTest {
    private final FakeInstance instance = new FakeInstance(512);

    @Test
    void shouldSumAServiceOverItsBackends() {
        instance.countBackend("web", 0, BackendStatsDescriptor.PACKETS_TO_OFFSET, 10);
        instance.countBackend("web", 1, BackendStatsDescriptor.PACKETS_TO_OFFSET, 5);
        instance.countBackend("web", 1, BackendStatsDescriptor.BYTES_FROM_OFFSET, 700);
        instance.countBackend("web", 0, BackendStatsDescriptor.FLOWS_OPENED_OFFSET, 4);
        instance.countBackend("web", 0, BackendStatsDescriptor.FLOWS_CLOSED_OFFSET, 1);
        instance.countBackend("dns", 0, BackendStatsDescriptor.PACKETS_TO_OFFSET, 99);

        final ServiceReport web = services().stream()
                .filter(service -> service.name().equals("web"))
                .findFirst()
                .orElseThrow();

        assertThat(web)
                .isEqualTo(new ServiceReport(
                        "web", "tcp", "10.7.0.100", 80, "80", "full-nat", "tuple", 251, 2, 3, 4, 15, 0, 0, 700));
    }

    @Test
    void shouldTellTheShareOfTheTable() {
        final List<BackendReport> backends = new ServiceTables(instance.tables(), instance.services()).backends();

        assertThat(backends).hasSize(3).allMatch(backend -> backend.state().equals("up"));
        assertThat(backends).allMatch(backend -> backend.nextHop().equals("unresolved"));
        assertThat(backends.stream()
                        .filter(backend -> backend.service().equals("web"))
                        .mapToDouble(BackendReport::sharePercent)
                        .sum())
                .isCloseTo(100.0, offset(1e-9));
        assertThat(backends.stream().filter(backend -> backend.service().equals("dns")))
                .extracting(BackendReport::sharePercent, BackendReport::vip)
                .containsExactly(tuple(100.0, "udp [fd00:7::100]:53"));
    }

    @Test
    void shouldTellCountersOfWorkersFromThoseOfTheKernel() {
        instance.count(Counter.RX_PACKETS, 7);

        final CountersReport counters = CountersReport.of(instance.tables());

        assertThat(counters.counters()).hasSize(Counter.values().length).containsEntry("rx_packets", 7L);
        assertThat(counters.userspace()).containsEntry("rx_packets", 7L);
        assertThat(counters.kernel()).containsEntry("rx_packets", 0L);
    }

    @Test
    void shouldDoWithoutNamesWhereOnlyTheTablesAreLeft() {
        assertThat(new ServiceTables(instance.tables(), List.of()).services())
                .extracting(ServiceReport::name)
                .containsExactly("", "");
    }

    private List<ServiceReport> services() {
        return new ServiceTables(instance.tables(), instance.services()).services();
    }
}

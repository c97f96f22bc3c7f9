package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.BackendEntry;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetiredBackendsTest {
    private static final TableSizes SIZES = new TableSizes(512, 64, 16, 16, 2, 1, 4096);
    private static final String ONE = "10.8.0.11";
    private static final String OTHER = "10.8.0.12";

    private final SharedTables tables = SharedTables.allocate(SIZES);
    private final SharedMemory flows = tables.region(MapNames.FLOWS);
    private ServiceTable services;

    @BeforeEach
    void attach() {
        new ConfigRecord(tables.region(MapNames.CONFIG))
                .write(SIZES, SnatRange.of(List.of(Address.parse("10.8.0.1")), 1024, 65535));
        services = ServiceTable.attach(LbMemory.of(
                tables.region(MapNames.CONFIG),
                tables.region(MapNames.CONTROL),
                tables.region(MapNames.SERVICES),
                tables.region(MapNames.MAGLEV),
                tables.region(MapNames.BACKENDS)));
    }

    @Test
    void shouldKeepARetiredBackendWhileASlotNamesItAndFreeItThen() {
        services.apply(List.of(web(ONE, OTHER)));
        services.apply(List.of(web(ONE)));
        final int retired = services.backends().stream()
                .filter(BackendEntry::retired)
                .findFirst()
                .orElseThrow()
                .index();
        for (final int state : new int[] {FlowState.TCP_ESTABLISHED, FlowState.CLAIMED, FlowState.DYING}) {
            occupy(77, state, retired);
            assertThat(release()).as("state %d", state).isZero();
        }
        occupy(77, FlowState.FREE, retired);
        assertThat(release()).isEqualTo(1);
        assertThat(services.backends()).extracting(BackendEntry::retired).containsExactly(false);
    }

    /** Without it every other list would take records that never come back, and the fifteenth would not fit. */
    @Test
    void shouldMakeRoomForListAfterList() {
        for (int i = 0; i < 100; i++) {
            release();
            services.apply(List.of(web("10.8.1." + i, "10.8.2." + i)));
        }
        assertThat(services.backends()).hasSizeLessThanOrEqualTo(4);
    }

    private static ServiceSpec web(final String... addresses) {
        return new ServiceSpec(
                "web",
                Address.parse("10.7.0.100"),
                80,
                Protocol.TCP,
                Forwarding.FULL_NAT,
                251,
                Arrays.stream(addresses)
                        .map(address -> new BackendSpec(Address.parse(address), 8080, 1))
                        .toList());
    }

    private int release() {
        return RetiredBackends.release(services, flows, SIZES.flowSlotCount());
    }

    private void occupy(final int slot, final int state, final int backendIndex) {
        final long offset = FlowDescriptor.slotOffset(slot);
        flows.putShort(offset + FlowDescriptor.BACKEND_INDEX_OFFSET, (short) backendIndex);
        flows.putInt(offset + FlowDescriptor.CONTROL_OFFSET, state);
    }
}

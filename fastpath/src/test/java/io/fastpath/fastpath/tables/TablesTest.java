package io.fastpath.fastpath.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowTcpDescriptor;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.SelectionKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TablesTest {
    private static final TableSizes SIZES = new TableSizes(4096, 64, 32, 16, 6, 2, 1000);
    private static final SnatRange SOURCES =
            SnatRange.of(List.of(Address.parse("10.8.0.1"), Address.parse("2001:db8::1")), 1024, 65535);

    private final SharedTables tables = SharedTables.allocate(SIZES);
    private final ConfigRecord config = new ConfigRecord(tables.region(MapNames.CONFIG));

    @Test
    void shouldSizeEveryMap() {
        assertThat(SIZES.length(MapNames.FLOWS)).isEqualTo(4096L * FlowDescriptor.LENGTH);
        assertThat(SIZES.length(MapNames.BACKENDS)).isEqualTo(32L * BackendDescriptor.LENGTH);
        assertThat(SIZES.entryCount(MapNames.BACKEND_STATS)).isEqualTo(6 * 32);
        assertThat(SIZES.entryCount(MapNames.MAGLEV)).isEqualTo(32);
        assertThat(SIZES.length(MapNames.COUNTERS)).isEqualTo(6L * Counter.ROW_LENGTH);
        for (final String mapName : MapNames.MAPPABLE) {
            assertThat(SIZES.length(mapName)).as(mapName).isPositive();
            assertThat(TableSizes.recordLength(mapName) % Long.BYTES)
                    .as(mapName)
                    .isZero();
        }
        assertThat(SIZES.length(MapNames.FLOW_TCP)).isEqualTo(FlowTcpDescriptor.LENGTH);
        assertThat(SIZES.withTcpSlots().length(MapNames.FLOW_TCP)).isEqualTo(4096L * FlowTcpDescriptor.LENGTH);
        assertThatThrownBy(() -> SIZES.entryCount("fp_other")).hasMessageContaining("fp_other");
    }

    @Test
    void shouldNameASizeThatIsOutOfRange() {
        assertThatThrownBy(() -> new TableSizes(0, 1, 1, 1, 2, 1, 1)).hasMessageContaining("flowSlotCount is 0");
        assertThatThrownBy(() -> new TableSizes(1, 1, 65536, 1, 2, 1, 1))
                .hasMessageContaining("backendCapacity is 65536");
        assertThatThrownBy(() -> new TableSizes(1, 1, 1, 1, 2, 3, 1))
                .hasMessageContaining("cpuRowCount is 3, allowed is 1 to 2");
    }

    @Test
    void shouldGiveWorkersTheRowsAfterTheCpus() {
        assertThat(SIZES.workerRow(0)).isEqualTo(2);
        assertThat(SIZES.workerRow(3)).isEqualTo(5);
        assertThatThrownBy(() -> SIZES.workerRow(4)).hasMessageContaining("worker 4");
    }

    @Test
    void shouldRefuseRegionsThatAreMissingOrShort() {
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String mapName : MapNames.MAPPABLE) {
            regions.put(mapName, tables.region(mapName));
        }
        regions.put(MapNames.FLOWS, SharedMemory.allocate(64));
        assertThatThrownBy(() -> new SharedTables(SIZES, regions))
                .hasMessageContaining("fp_flows has 64 bytes, 262144 are needed");
        regions.remove(MapNames.FLOWS);
        assertThatThrownBy(() -> new SharedTables(SIZES, regions)).hasMessageContaining("fp_flows is missing");
    }

    @Test
    void shouldReadBackWhatWasWritten() {
        config.write(SIZES, SOURCES);
        config.verify();
        assertThat(config.sizes()).isEqualTo(SIZES);
        assertThat(config.sources().count()).isEqualTo(2);
        assertThat(config.sources().word1(0)).isEqualTo(SOURCES.word1(0));
        assertThat(config.sources().word0(1)).isEqualTo(SOURCES.word0(1));
        assertThat(config.sources().portMin()).isEqualTo(1024);
        assertThat(config.sources().portMax()).isEqualTo(65535);
        for (int i = 0; i < ConfigDescriptor.HASH_KEY_WORDS; i++) {
            assertThat(key(ConfigDescriptor.SELECTION_KEY_OFFSET, i)).isEqualTo(SelectionKey.words()[i]);
        }
    }

    @Test
    void shouldDrawNewSecretsEachTime() {
        config.write(SIZES, SOURCES);
        final long bootId = config.bootId();
        final long firstWord = key(ConfigDescriptor.HASH_KEY_OFFSET, 0);
        final long lastWord = key(ConfigDescriptor.HASH_KEY_OFFSET, ConfigDescriptor.HASH_KEY_WORDS - 1);
        assertThat(lastWord).isNotZero().isNotEqualTo(firstWord);
        config.write(SIZES, SOURCES);
        assertThat(config.bootId()).isNotEqualTo(bootId);
        assertThat(key(ConfigDescriptor.HASH_KEY_OFFSET, 0)).isNotEqualTo(firstWord);
    }

    @Test
    void shouldSayWhyTablesCannotBeAdopted() {
        assertThatThrownBy(config::verify)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no fastpath mark");
        config.write(SIZES, SOURCES);
        tables.region(MapNames.CONFIG).putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, 7);
        assertThatThrownBy(config::verify).hasMessageContaining("layout 7");
    }

    @Test
    void shouldRefuseImpossibleSources() {
        assertThatThrownBy(() -> new SnatRange(new long[0], 0, 5)).hasMessageContaining("0-5");
        assertThatThrownBy(() -> new SnatRange(new long[0], 6, 5)).hasMessageContaining("6-5");
        assertThatThrownBy(() -> new SnatRange(new long[0], 6, 65536)).hasMessageContaining("6-65536");
        assertThatThrownBy(() -> new SnatRange(new long[130], 1, 2)).hasMessageContaining("130");
    }

    @Test
    void shouldSumCountersPerEngine() {
        final CounterReader reader = new CounterReader(tables.region(MapNames.COUNTERS), SIZES);
        for (int row = 0; row < 6; row++) {
            new CounterRow(tables.region(MapNames.COUNTERS), row).add(Counter.RX_PACKETS.code(), 1L << row);
        }
        new CounterRow(tables.region(MapNames.COUNTERS), 5).increment(Counter.RX_PACKETS.code());
        assertThat(reader.kernelTotal(Counter.RX_PACKETS)).isEqualTo(3);
        assertThat(reader.workerTotal(Counter.RX_PACKETS)).isEqualTo(61);
        assertThat(reader.total(Counter.RX_PACKETS)).isEqualTo(64);
        assertThat(reader.row(4, Counter.RX_PACKETS)).isEqualTo(16);
        assertThat(reader.total(Counter.RX_BYTES)).isZero();
    }

    private long key(final int keyOffset, final int wordIndex) {
        return tables.region(MapNames.CONFIG).getLong(keyOffset + (long) wordIndex * Long.BYTES);
    }
}

package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.CounterRow;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real maps, pinned and left behind; needs root. */
class PinnedTablesTest {
    private static final TableSizes SIZES = new TableSizes(512, 64, 16, 16, 3, 2, 4096);

    @TempDir
    private Path root;

    private InstanceDirectory directory;
    private BpfFilesystem filesystem;

    @BeforeEach
    void mount() {
        directory = new InstanceDirectory(root);
        directory.claim("edge1").close();
        filesystem = BpfFilesystem.ensure(directory.bpf("edge1"));
    }

    @AfterEach
    void unmount() {
        filesystem.unmount();
    }

    @Test
    void shouldReadWhatADeadInstanceCounted() throws ControlException {
        leaveBehind(true);

        try (PinnedTables pinned = PinnedTables.open(directory, "edge1")) {
            final CountersReport counters = CountersReport.of(pinned.tables());
            assertThat(counters.counters()).containsEntry("drop_no_backend", 42L);
            assertThat(counters.userspace()).containsEntry("drop_no_backend", 42L);
            assertThat(counters.kernel()).containsEntry("drop_no_backend", 0L);
            assertThat(pinned.tables().sizes()).isEqualTo(SIZES);
        }
    }

    @Test
    void shouldRefuseTablesThatWereNeverFinished() {
        leaveBehind(false);

        assertThatThrownBy(() -> PinnedTables.open(directory, "edge1"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("detach");
    }

    @Test
    void shouldSayThatNothingIsPinned() {
        assertThatThrownBy(() -> PinnedTables.open(directory, "edge1"))
                .isInstanceOf(ControlException.class)
                .hasMessageStartingWith("instance edge1 is not running and left no pinned maps in ");
    }

    private void leaveBehind(final boolean finished) {
        try (BpfObject object = BpfObject.open(KernelObjects.xdpSteer(), "xdp_steer")) {
            MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, SIZES.entryCount(name)));
            object.load();
            try (BpfArrayMapping config = object.map(MapNames.CONFIG).mapMemory();
                    BpfArrayMapping counters = object.map(MapNames.COUNTERS).mapMemory()) {
                if (finished) {
                    new ConfigRecord(memory(config))
                            .write(SIZES, SnatRange.of(List.of(Address.parse("10.8.0.1")), 1, 2));
                    new CounterRow(memory(counters), SIZES.workerRow(0)).add(Counter.DROP_NO_BACKEND.code(), 42);
                }
            }
            MapNames.MAPPABLE.forEach(
                    name -> object.map(name).pin(filesystem.directory().resolve(name)));
        }
    }

    private static SharedMemory memory(final BpfArrayMapping mapping) {
        return new SharedMemory(mapping.address(), mapping.length());
    }
}

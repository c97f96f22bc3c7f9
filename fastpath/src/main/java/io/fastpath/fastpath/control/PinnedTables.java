package io.fastpath.fastpath.control;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shared tables that an instance left pinned, whether its process lives or not. One thread; the tables must not be
 * used after {@link #close()}.
 */
public final class PinnedTables implements AutoCloseable {
    private final List<BpfArrayMapping> mappings = new ArrayList<>();
    private final Path pins;
    private final SharedTables tables;

    private PinnedTables(final Path pins) {
        this.pins = pins;
        boolean opened = false;
        try {
            final Map<String, SharedMemory> regions = new HashMap<>();
            final ConfigRecord config = new ConfigRecord(map(MapNames.CONFIG, regions));
            config.verify();
            MapNames.MAPPABLE.stream()
                    .filter(name -> !name.equals(MapNames.CONFIG))
                    .forEach(name -> map(name, regions));
            tables = new SharedTables(config.sizes(), regions);
            opened = true;
        } finally {
            if (!opened) {
                close();
            }
        }
    }

    /**
     * Maps the pinned tables of an instance.
     *
     * @param directory of instances.
     * @param instance its name.
     * @return the tables; the caller closes them.
     * @throws ControlException if nothing is pinned there.
     * @throws io.fastpath.afxdpnative.sys.NativeException if the kernel refuses, EPERM without root.
     * @throws IllegalStateException if the tables are unfinished, or of another layout.
     */
    public static PinnedTables open(final InstanceDirectory directory, final String instance) throws ControlException {
        final Path pins = BpfFilesystem.at(directory.bpf(instance)).directory();
        if (!Files.exists(pins.resolve(MapNames.CONFIG))) {
            throw new ControlException(
                    ControlException.Kind.NOT_RUNNING,
                    "instance " + instance + " is not running and left no pinned maps in " + pins,
                    null);
        }
        return new PinnedTables(pins);
    }

    private SharedMemory map(final String name, final Map<String, SharedMemory> regions) {
        try (BpfMap map = BpfMap.openPinned(pins.resolve(name))) {
            final BpfArrayMapping mapping = map.mapMemory();
            mappings.add(mapping);
            final SharedMemory memory = new SharedMemory(mapping.address(), mapping.length());
            regions.put(name, memory);
            return memory;
        }
    }

    /** {@return the tables} */
    public SharedTables tables() {
        return tables;
    }

    @Override
    public void close() {
        mappings.forEach(BpfArrayMapping::close);
        mappings.clear();
    }
}

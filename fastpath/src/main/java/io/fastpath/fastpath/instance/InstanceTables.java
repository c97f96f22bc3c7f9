package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The loaded eBPF object: its maps, mapped into this process, and its program. Control thread; closed after everything
 * that touches the tables.
 */
final class InstanceTables implements AutoCloseable {
    private static final String PROGRAM = "xdp_steer";

    private final BpfObject object;
    private final SharedTables tables;
    private final Unwinder resources;

    private InstanceTables(final BpfObject object, final SharedTables tables, final Unwinder resources) {
        this.object = object;
        this.tables = tables;
        this.resources = resources;
    }

    /**
     * Loads the object with maps of the given sizes.
     *
     * @param sizes of the tables
     * @return the tables, zeroed; the caller closes them
     */
    static InstanceTables load(final TableSizes sizes) {
        try (Unwinder undo = new Unwinder()) {
            final BpfObject object = BpfObject.open(KernelObjects.xdpSteer(), PROGRAM);
            undo.add(object::close);
            for (final String name : MapNames.MAPPABLE) {
                object.setMaxEntries(name, sizes.entryCount(name));
            }
            object.load();
            final SharedTables tables = map(sizes, object, undo);
            return new InstanceTables(object, tables, undo.handOver());
        }
    }

    private static SharedTables map(final TableSizes sizes, final BpfObject object, final Unwinder undo) {
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            undo.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        return new SharedTables(sizes, regions);
    }

    /**
     * Pins all maps, by their names.
     *
     * @param directory in a bpffs
     */
    void pin(final Path directory) {
        for (final String name : MapNames.MAPPABLE) {
            object.map(name).pin(directory.resolve(name));
        }
        sockets().pin(directory.resolve(MapNames.SOCKETS));
    }

    SharedTables tables() {
        return tables;
    }

    BpfMap sockets() {
        return object.map(MapNames.SOCKETS);
    }

    BpfProgram program() {
        return object.program(PROGRAM);
    }

    @Override
    public void close() {
        resources.close();
    }
}

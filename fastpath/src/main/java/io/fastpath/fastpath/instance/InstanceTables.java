package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.prefilter.Prefilter;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The loaded eBPF object: its maps, mapped into this process, and its program. The maps are new ones, or those that an
 * earlier process has pinned: then the program of this build works on the tables, and so on the flows, of that one.
 * Control thread; closed after everything that touches the tables.
 */
final class InstanceTables implements AutoCloseable {
    private static final String PROGRAM = KernelObjects.XDP_STEER_PROGRAM;
    private static final String SHADOW_PROGRAM = KernelObjects.XDP_SHADOW_PROGRAM;

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
     * @param isShadowed whether {@link #shadowProgram()} is wanted
     * @return the tables, zeroed; the caller closes them
     */
    static InstanceTables load(final TableSizes sizes, final boolean isShadowed) {
        try (Unwinder undo = new Unwinder()) {
            final BpfObject object = open(sizes, isShadowed, undo);
            object.load();
            return new InstanceTables(object, map(sizes, object, undo), undo.handOver());
        }
    }

    /**
     * Whether there are pinned tables.
     *
     * @param directory in a bpffs
     * @return true if {@link #adopt} has something to go on with
     */
    static boolean arePinned(final Path directory) {
        return Files.exists(directory.resolve(MapNames.CONFIG));
    }

    /**
     * Loads the object on pinned maps.
     *
     * @param directory in a bpffs, where {@link #pin} put them
     * @param isShadowed whether {@link #shadowProgram()} is wanted
     * @return the tables, with all that is in them; the caller closes them
     * @throws IllegalStateException if this build can't work on them, saying why and what to do; they are as they were
     */
    static InstanceTables adopt(final Path directory, final boolean isShadowed) {
        try (Unwinder undo = new Unwinder()) {
            final TableSizes sizes = sizesOf(directory);
            final BpfObject object = open(sizes, isShadowed, undo);
            for (final String name : MapNames.MAPPABLE) {
                reuse(object, name, directory);
            }
            MapNames.UNMAPPED.forEach(name -> reuse(object, name, directory));
            object.load();
            return new InstanceTables(object, map(sizes, object, undo), undo.handOver());
        }
    }

    private static BpfObject open(final TableSizes sizes, final boolean isShadowed, final Unwinder undo) {
        final BpfObject object = BpfObject.open(KernelObjects.xdpSteer(), PROGRAM);
        undo.add(object::close);
        for (final String name : MapNames.MAPPABLE) {
            object.setMaxEntries(name, sizes.entryCount(name));
        }
        if (isShadowed) {
            object.select(SHADOW_PROGRAM);
        }
        return object;
    }

    /** The record is the first to be looked at: it says whether the others are what this build takes them for. */
    private static TableSizes sizesOf(final Path directory) {
        try (BpfMap map = BpfMap.openPinned(directory.resolve(MapNames.CONFIG));
                BpfArrayMapping mapping = map.mapMemory()) {
            final ConfigRecord record = new ConfigRecord(new SharedMemory(mapping.address(), mapping.length()));
            record.verify();
            return record.sizes();
        }
    }

    private static void reuse(final BpfObject object, final String name, final Path directory) {
        try (BpfMap existing = BpfMap.openPinned(directory.resolve(name))) {
            object.reuse(name, existing);
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
        MapNames.UNMAPPED.forEach(name -> object.map(name).pin(directory.resolve(name)));
    }

    SharedTables tables() {
        return tables;
    }

    BpfMap sockets() {
        return object.map(MapNames.SOCKETS);
    }

    /** The prefilter's tries, and the record that says whether they are asked; the caller closes it. */
    Prefilter prefilter() {
        return new Prefilter(
                object.map(MapNames.DENY4),
                object.map(MapNames.DENY6),
                new ControlRecord(tables.region(MapNames.CONTROL)));
    }

    BpfProgram program() {
        return object.program(PROGRAM);
    }

    /** The program that translates for comparison; only where it was asked for. */
    BpfProgram shadowProgram() {
        return object.program(SHADOW_PROGRAM);
    }

    @Override
    public void close() {
        resources.close();
    }
}

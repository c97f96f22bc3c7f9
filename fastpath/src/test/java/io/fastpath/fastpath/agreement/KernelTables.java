package io.fastpath.fastpath.agreement;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.TableSizes;
import io.fastpath.kernelbpf.KernelObjects;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.HashMap;
import java.util.Map;

/** The XDP program, loaded with tables of a size. */
final class KernelTables implements AutoCloseable {
    private static final String PROGRAM = "xdp_steer";

    private final Unwinder resources = new Unwinder();
    private final BpfObject object;
    private final SharedTables shared;

    KernelTables(final TableSizes sizes) {
        object = BpfObject.open(KernelObjects.xdpSteer(), PROGRAM);
        resources.add(object::close);
        MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
        object.load();
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        shared = new SharedTables(sizes, regions);
    }

    SharedTables shared() {
        return shared;
    }

    BpfProgram program() {
        return object.program(PROGRAM);
    }

    @Override
    public void close() {
        resources.close();
    }
}

package io.fastpath.fastpath.replay;

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

/** The XDP program, loaded with tables of a size, which no interface uses. One thread. */
public final class KernelTables implements AutoCloseable {
    private final Unwinder resources = new Unwinder();
    private final BpfObject object;
    private final SharedTables shared;

    /**
     * Loads the object. Needs CAP_BPF and CAP_NET_ADMIN.
     *
     * @param sizes of the tables, which are all zero
     * @throws io.fastpath.afxdpnative.sys.NativeException if the kernel refuses; nothing is left
     */
    public KernelTables(final TableSizes sizes) {
        object = BpfObject.open(KernelObjects.xdpSteer(), KernelObjects.XDP_STEER_PROGRAM);
        try {
            resources.add(object::close);
            object.select(KernelObjects.XDP_REPLAY_PROGRAM);
            MapNames.MAPPABLE.forEach(name -> object.setMaxEntries(name, sizes.entryCount(name)));
            object.load();
            shared = map(sizes);
        } catch (final RuntimeException failure) {
            resources.close();
            throw failure;
        }
    }

    private SharedTables map(final TableSizes sizes) {
        final Map<String, SharedMemory> regions = new HashMap<>();
        for (final String name : MapNames.MAPPABLE) {
            final BpfArrayMapping mapping = object.map(name).mapMemory();
            resources.add(mapping::close);
            regions.put(name, new SharedMemory(mapping.address(), mapping.length()));
        }
        return new SharedTables(sizes, regions);
    }

    /**
     * The mapped tables.
     *
     * @return until {@link #close()}
     */
    public SharedTables shared() {
        return shared;
    }

    /**
     * The program as interfaces run it.
     *
     * @return {@code xdp_steer}
     */
    public BpfProgram program() {
        return object.program(KernelObjects.XDP_STEER_PROGRAM);
    }

    /**
     * The program with a clock that is moved by hand.
     *
     * @return {@code xdp_replay}
     */
    public BpfProgram replayProgram() {
        return object.program(KernelObjects.XDP_REPLAY_PROGRAM);
    }

    @Override
    public void close() {
        resources.close();
    }
}

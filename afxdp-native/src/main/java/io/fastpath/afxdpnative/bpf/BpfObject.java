package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.MemoryLock;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.HashMap;
import java.util.Map;

/**
 * A compiled eBPF object: opened from its ELF bytes, adjusted, then loaded into the kernel.
 *
 * <p>Owned by one thread. Maps and programs taken from it belong to it and end with {@link #close()}; what is pinned or
 * attached by then stays in the kernel. A failure is a {@link NativeException} whose text ends with what libbpf and the
 * verifier said.
 */
public final class BpfObject implements AutoCloseable {
    /** {@code struct bpf_object_open_opts} up to {@code object_name}: size_t sz, const char *object_name. */
    private static final int OPEN_OPTIONS_LENGTH = 16;

    private final String name;
    private final Map<String, BpfMap> maps = new HashMap<>();
    private final Map<String, BpfProgram> programs = new HashMap<>();
    private long handle;
    private boolean loaded;

    private BpfObject(final String name, final long handle) {
        this.name = name;
        this.handle = handle;
    }

    /**
     * Parse an object; nothing goes to the kernel yet.
     *
     * @param elf the object file's bytes, as clang wrote them.
     * @param name for messages and for the kernel's names of its hidden maps.
     * @return the object; the caller closes it.
     * @throws io.fastpath.afxdpnative.sys.MissingLibraryException if libbpf is not installed.
     * @throws NativeException if the bytes are no BPF object.
     */
    public static BpfObject open(final byte[] elf, final String name) {
        Libbpf.require();
        try (NativeMemory bytes = NativeMemory.ofBytes(elf);
                NativeMemory objectName = NativeMemory.ofCString(name);
                NativeMemory options = NativeMemory.allocate(OPEN_OPTIONS_LENGTH)) {
            options.buffer().putLong(0, OPEN_OPTIONS_LENGTH);
            options.buffer().putLong(Long.BYTES, objectName.address());
            final LibbpfLog.Logged opened = LibbpfLog.during(
                    () -> Libbpf.bpf_object__open_mem(bytes.address(), bytes.length(), options.address()));
            if (opened.result() == 0) {
                throw BpfFailure.of("bpf_object__open_mem(" + name + ")", Libc.errno(), opened.log());
            }
            return new BpfObject(name, opened.result());
        }
    }

    /**
     * Set a map's capacity, before {@link #load()}.
     *
     * @param mapName as in the C source.
     * @param maxEntries the capacity.
     */
    public void setMaxEntries(final String mapName, final int maxEntries) {
        BpfFailure.check(
                Libbpf.bpf_map__set_max_entries(findMap(mapName), maxEntries),
                "bpf_map__set_max_entries(" + name + '.' + mapName + ", " + Integer.toUnsignedString(maxEntries) + ')');
    }

    /**
     * Let a map of this object be an existing one, for example one pinned by an earlier process, before {@link #load()}.
     *
     * @param mapName as in the C source.
     * @param existing the map to use; may be closed after this call.
     * @throws IllegalStateException if type, key, value, capacity or flags differ from what this object wants.
     */
    public void reuse(final String mapName, final BpfMap existing) {
        final long map = findMap(mapName);
        final BpfMapInfo wanted = new BpfMapInfo(
                Libbpf.bpf_map__type(map),
                0,
                Libbpf.bpf_map__key_size(map),
                Libbpf.bpf_map__value_size(map),
                Libbpf.bpf_map__max_entries(map),
                Libbpf.bpf_map__map_flags(map),
                mapName);
        final String difference = wanted.differenceTo(existing.info());
        if (!difference.isEmpty()) {
            throw new IllegalStateException(
                    "the existing map " + existing.info().name() + " is not what " + name + '.' + mapName + " needs: "
                            + difference + "; it comes from another version or configuration, detach that first");
        }
        BpfFailure.check(
                Libbpf.bpf_map__reuse_fd(map, existing.fd()),
                "bpf_map__reuse_fd(" + name + '.' + mapName + ", fd=" + existing.fd() + ')');
    }

    /**
     * Let {@link #load()} load a program that is left out otherwise: one whose section begins with {@code ?}.
     *
     * @param programName the C function's name.
     * @throws IllegalArgumentException if there is none of that name.
     */
    public void select(final String programName) {
        BpfFailure.check(
                Libbpf.bpf_program__set_autoload(findProgram(programName), true),
                "bpf_program__set_autoload(" + name + '.' + programName + ')');
    }

    /**
     * Create the maps and load the programs.
     *
     * @throws NativeException if the kernel refuses; nothing of the object is left in it.
     */
    public void load() {
        MemoryLock.raise(); // before 5.11 the kernel counts maps against it
        final LibbpfLog.Logged outcome = LibbpfLog.during(() -> Libbpf.bpf_object__load(handle()));
        if (outcome.result() < 0) {
            throw BpfFailure.of("bpf_object__load(" + name + ")", (int) -outcome.result(), outcome.log());
        }
        loaded = true;
    }

    /**
     * {@return a map of the loaded object; it is closed with this object}
     *
     * @param mapName as in the C source.
     * @throws IllegalArgumentException if there is none of that name.
     */
    public BpfMap map(final String mapName) {
        checkLoaded();
        return maps.computeIfAbsent(mapName, key -> new BpfMap(Libbpf.bpf_map__fd(findMap(key)), false));
    }

    /**
     * {@return a program of the loaded object; it is closed with this object}
     *
     * @param programName the C function's name.
     * @throws IllegalArgumentException if there is none of that name.
     */
    public BpfProgram program(final String programName) {
        checkLoaded();
        return programs.computeIfAbsent(
                programName, key -> new BpfProgram(key, Libbpf.bpf_program__fd(findProgram(key))));
    }

    /** {@return the name given at {@link #open}} */
    public String name() {
        return name;
    }

    @Override
    public void close() {
        if (handle != 0) {
            Libbpf.bpf_object__close(handle);
            handle = 0;
            loaded = false;
        }
    }

    private long findMap(final String mapName) {
        try (NativeMemory text = NativeMemory.ofCString(mapName)) {
            return found(Libbpf.bpf_object__find_map_by_name(handle(), text.address()), "map", mapName);
        }
    }

    private long findProgram(final String programName) {
        try (NativeMemory text = NativeMemory.ofCString(programName)) {
            return found(Libbpf.bpf_object__find_program_by_name(handle(), text.address()), "program", programName);
        }
    }

    private long found(final long address, final String kind, final String wanted) {
        if (address == 0) {
            throw new IllegalArgumentException("BPF object " + name + " has no " + kind + " named " + wanted);
        }
        return address;
    }

    private long handle() {
        if (handle == 0) {
            throw new IllegalStateException("BPF object " + name + " is closed");
        }
        return handle;
    }

    private void checkLoaded() {
        if (!loaded) {
            throw new IllegalStateException("BPF object " + name + " is not loaded");
        }
    }
}

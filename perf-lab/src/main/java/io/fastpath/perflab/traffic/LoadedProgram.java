package io.fastpath.perflab.traffic;

import io.fastpath.afxdpnative.bpf.BpfArrayMapping;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.sys.Unwinder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.agrona.concurrent.UnsafeBuffer;

/** An eBPF program of the lab in the kernel, and the memory shared with it. Owned by one thread. */
public final class LoadedProgram implements AutoCloseable {
    private final BpfProgram program;
    private final Map<String, UnsafeBuffer> memory;
    private final Unwinder undo;

    private LoadedProgram(final BpfProgram program, final Map<String, UnsafeBuffer> memory, final Unwinder undo) {
        this.program = program;
        this.memory = memory;
        this.undo = undo;
    }

    /**
     * {@return a program, loaded; the caller closes it}
     *
     * @param file that it was compiled to.
     * @param name of the program.
     * @param mapNames of the maps whose memory is asked for.
     */
    public static LoadedProgram load(final Path file, final String name, final String... mapNames) {
        try (Unwinder undo = new Unwinder()) {
            final BpfObject object = BpfObject.open(Files.readAllBytes(file), name);
            undo.add(object::close);
            object.load();
            final Map<String, UnsafeBuffer> memory = new HashMap<>();
            for (final String mapName : mapNames) {
                final BpfArrayMapping mapping = object.map(mapName).mapMemory();
                undo.add(mapping::close);
                final UnsafeBuffer buffer = new UnsafeBuffer(0, 0);
                mapping.wrap(buffer, 0, (int) mapping.length());
                memory.put(mapName, buffer);
            }
            return new LoadedProgram(object.program(name), memory, undo.handOver());
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** {@return what the kernel runs} */
    public BpfProgram program() {
        return program;
    }

    /**
     * {@return the memory of a map that was asked for, good until {@link #close()}}
     *
     * @param mapName of the map.
     */
    public UnsafeBuffer memory(final String mapName) {
        return memory.get(mapName);
    }

    /**
     * Have something undone before the program is closed.
     *
     * @param step to run.
     */
    public void undoFirst(final Runnable step) {
        undo.add(step);
    }

    @Override
    public void close() {
        undo.close();
    }
}

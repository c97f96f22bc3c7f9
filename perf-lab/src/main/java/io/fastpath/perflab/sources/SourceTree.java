package io.fastpath.perflab.sources;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A temporary folder with the lab's C and eBPF sources, and what is compiled from them. It is compiled on the machine
 * that runs the lab, so that only a machine that runs one needs libxdp. Owned by one thread; only {@link
 * #close()}, which removes the folder, may be called by another. Failures are {@link LabException}, and name the packages that are missing.
 */
public final class SourceTree implements AutoCloseable {
    private static final List<String> SOURCES = List.of(
            "afxdp_forward.c",
            "afxdp_redirect.bpf.c",
            "lab_checksum.h",
            "lab_cost.bpf.c",
            "lab_cost.h",
            "lab_frame.h",
            "lab_redirect.bpf.c",
            "lab_redirect.h",
            "lab_sink.bpf.c",
            "lab_sink.h",
            "lab_traffic.bpf.c",
            "lab_traffic.h");

    /** What must be there, and the Debian package that brings it. */
    private static final Map<String, String> NEEDS = Map.of(
            "/usr/bin/clang", "clang",
            "/usr/bin/gcc", "gcc",
            "/usr/include/stdio.h", "libc6-dev",
            "/usr/include/linux/bpf.h", "linux-libc-dev",
            "/usr/include/bpf/bpf_helpers.h", "libbpf-dev",
            "/usr/include/xdp/xsk.h", "libxdp-dev");

    private final Path folder;
    private final String machineInclude;

    private SourceTree(final Path folder, final String machineInclude) {
        this.folder = folder;
        this.machineInclude = machineInclude;
    }

    /** {@return the sources in a new folder; the caller closes it} */
    public static SourceTree unpack() {
        checkNeeds(Path.of("/"));
        // Debian keeps asm/types.h in a folder named for the machine, which clang doesn't search for BPF.
        final String machineInclude =
                "/usr/include/" + Shell.runLine("gcc -print-multiarch").strip();
        try {
            final Path folder = Files.createTempDirectory("fastpath-lab");
            for (final String source : SOURCES) {
                try (InputStream in = SourceTree.class.getResourceAsStream(source)) {
                    Files.copy(in, folder.resolve(source));
                }
            }
            return new SourceTree(folder, machineInclude);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * Check that compilers and headers are there.
     *
     * @param root of the file system to look at.
     * @throws LabException with the command that installs what is missing.
     */
    static void checkNeeds(final Path root) {
        final List<String> missing = NEEDS.entrySet().stream()
                .filter(need -> !Files.exists(root.resolve(need.getKey().substring(1))))
                .map(Map.Entry::getValue)
                .sorted()
                .toList();
        if (!missing.isEmpty()) {
            throw new LabException("the lab compiles its C programs and lacks packages for that; install them with: "
                    + "apt-get install " + String.join(" ", missing));
        }
    }

    /** {@return the folder} */
    public Path folder() {
        return folder;
    }

    /**
     * Compile an eBPF program.
     *
     * @param name of the source without {@code .bpf.c}.
     * @return the object file.
     */
    public Path compileBpf(final String name) {
        final Path object = folder.resolve(name + ".bpf.o");
        Shell.run(
                "clang",
                "-O2",
                "-g",
                "-Wall",
                "-Wextra",
                "-Werror",
                "-target",
                "bpf",
                "-mcpu=v3",
                "-I" + machineInclude,
                "-c",
                folder.resolve(name + ".bpf.c").toString(),
                "-o",
                object.toString());
        return object;
    }

    /**
     * Compile a C program.
     *
     * @param name of the source without {@code .c}.
     * @param libraries to link with, without {@code -l}.
     * @return the executable.
     */
    public Path compileC(final String name, final String... libraries) {
        final Path executable = folder.resolve(name);
        final List<String> words = new ArrayList<>(List.of(
                "gcc",
                "-std=gnu11",
                "-O2",
                "-Wall",
                "-Wextra",
                "-Werror",
                folder.resolve(name + ".c").toString(),
                "-o",
                executable.toString()));
        Stream.of(libraries).map(library -> "-l" + library).forEach(words::add);
        Shell.run(words.toArray(String[]::new));
        return executable;
    }

    @Override
    public synchronized void close() {
        if (!Files.exists(folder)) {
            return;
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

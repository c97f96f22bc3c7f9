package io.fastpath.afxdpnative.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Compiles a test's eBPF source with clang, as the product's are compiled. */
public final class BpfCompiler {
    private BpfCompiler() {}

    /** {@return the object file of {@code src/test/resources/bpf/NAME.bpf.c}} */
    public static byte[] compile(final String name) {
        final Path source = Path.of("src/test/resources/bpf", name + ".bpf.c");
        final Path directory = Path.of("target/test-bpf");
        final Path object = directory.resolve(name + ".bpf.o");
        try {
            Files.createDirectories(directory);
            Command.run("clang -target bpf -mcpu=v3 -O2 -g -Wall -Werror -I/usr/include/"
                    + System.getProperty("os.arch").replace("amd64", "x86_64") + "-linux-gnu -c " + source + " -o "
                    + object);
            return Files.readAllBytes(object);
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

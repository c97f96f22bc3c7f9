package io.fastpath.afxdpnative.netns;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A network namespace for one test, made and removed with ip(8). Needs root. */
public final class TestNamespace implements AutoCloseable {
    private static final int COMMAND_LIMIT_S = 20;
    private static final AtomicInteger NEXT = new AtomicInteger();

    private final String name;

    private TestNamespace(final String name) {
        this.name = name;
    }

    /** Make one whose loopback is up. */
    public static TestNamespace create() {
        final String name = "fptn" + ProcessHandle.current().pid() + "n" + NEXT.incrementAndGet();
        run("", List.of("ip", "netns", "add", name));
        final TestNamespace namespace = new TestNamespace(name);
        namespace.ip("link set lo up");
        return namespace;
    }

    /** {@return the name} */
    public String name() {
        return name;
    }

    /** Run {@code ip -n NAME …}. @param arguments separated by blanks. @return its standard output. */
    public String ip(final String arguments) {
        return run("", command(List.of("ip", "-n", name), arguments));
    }

    /** Run {@code ip -n NAME -batch -}. @param lines its commands. @return its standard output. */
    public String ipBatch(final List<String> lines) {
        return run(String.join("\n", lines) + "\n", List.of("ip", "-n", name, "-batch", "-"));
    }

    /** Run a command in the namespace. @param words separated by blanks. @return its standard output. */
    public String exec(final String words) {
        return run("", command(List.of("ip", "netns", "exec", name), words));
    }

    /** Move the calling thread in. @return the visit. */
    public NetworkNamespace enter() {
        return NetworkNamespace.enter(name);
    }

    @Override
    public void close() {
        run("", List.of("ip", "netns", "del", name));
    }

    private static List<String> command(final List<String> head, final String tail) {
        final List<String> command = new ArrayList<>(head);
        command.addAll(List.of(tail.split(" ")));
        return command;
    }

    private static String run(final String input, final List<String> command) {
        Path out = null;
        try {
            out = Files.createTempFile("fastpath-test", ".out");
            final Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            process.getOutputStream().write(input.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            if (!process.waitFor(COMMAND_LIMIT_S, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(command + " didn't end in " + COMMAND_LIMIT_S + " s");
            }
            final String output = Files.readString(out);
            if (process.exitValue() != 0) {
                throw new IllegalStateException(command + " ended with " + process.exitValue() + ": " + output);
            }
            return output;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        } finally {
            delete(out);
        }
    }

    private static void delete(final Path file) {
        try {
            if (file != null) {
                Files.delete(file);
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

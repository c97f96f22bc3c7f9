package io.fastpath.fastpath.integration;

import io.fastpath.fastpath.cli.Main;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The fastpath under test as a command: this very Java with this very class path. */
final class Fastpath {
    private static final long LIMIT_SECONDS = 60;

    private Fastpath() {}

    /**
     * The command without arguments.
     *
     * @param options more of them for the virtual machine
     */
    static List<String> command(final String... options) {
        final List<String> words = java(options);
        words.add(Main.class.getName());
        return words;
    }

    /**
     * The same Java, without a main class.
     *
     * @param options more of them for the virtual machine
     */
    static List<String> java(final String... options) {
        final List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-exports",
                "java.base/jdk.internal.misc=ALL-UNNAMED",
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logback.xml")); // the product's, not the tests'
        if (Runtime.version().feature() >= 24) {
            words.add("--enable-native-access=ALL-UNNAMED");
        }
        words.addAll(List.of(options));
        words.addAll(
                List.of("-cp", System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))));
        return words;
    }

    /** Runs a command in a namespace to its end. */
    static Result in(final String namespace, final String... arguments) {
        final List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        words.addAll(command());
        words.addAll(List.of(arguments));
        return run(words);
    }

    /** Runs any words to their end. */
    static Result run(final List<String> words) {
        try {
            final Path out = Files.createTempFile("fastpath-test", ".out");
            final Path err = Files.createTempFile("fastpath-test", ".err");
            try {
                final Process process = new ProcessBuilder(words)
                        .redirectInput(Path.of("/dev/null").toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(err.toFile())
                        .start();
                if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                    throw new AssertionError(words + " did not end; it said: " + Files.readString(err));
                }
                return new Result(
                        process.exitValue(),
                        Files.readString(out, StandardCharsets.UTF_8),
                        Files.readString(err, StandardCharsets.UTF_8));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** What a command left. */
    record Result(int exitCode, String out, String err) {}
}

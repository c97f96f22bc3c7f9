package io.fastpath.afxdpnative.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the machine to its end, within 30 seconds. */
public final class Command {
    private Command() {}

    /** Run words separated by blanks; a failure throws with what the program said. */
    public static String run(final String line) {
        return run(List.of(line.split(" ")));
    }

    public static String run(final List<String> words) {
        try {
            final Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(String.join(" ", words) + " failed: " + said);
            }
            return said;
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (final InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }
}

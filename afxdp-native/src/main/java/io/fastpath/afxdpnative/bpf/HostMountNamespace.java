package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The mount namespace of a long-lived process (PID 1 in production), seen from ours, which may be the same one. */
final class HostMountNamespace {
    private static final long COMMAND_LIMIT_SECONDS = 10;

    private final long hostPid;
    private final boolean separate;

    private HostMountNamespace(final long hostPid, final boolean separate) {
        this.hostPid = hostPid;
        this.separate = separate;
    }

    static HostMountNamespace of(final long hostPid) {
        return new HostMountNamespace(hostPid, isSeparate(hostPid));
    }

    /** {@return a path of that namespace as this process has to address it} */
    Path toLocal(final Path path) {
        return separate ? Path.of("/proc/" + hostPid + "/root" + path) : path;
    }

    void mountBpf(final Path directory) {
        if (separate) {
            runThere("mount", "-t", "bpf", "bpf", directory.toString());
            return;
        }
        try (NativeMemory source = NativeMemory.ofCString("bpf");
                NativeMemory target = NativeMemory.ofCString(directory.toString())) {
            Libc.check(
                    Libc.mount(source.address(), target.address(), source.address(), 0, 0),
                    "mount(bpf, " + directory + ')',
                    "needs root (CAP_SYS_ADMIN), and a kernel with CONFIG_BPF_SYSCALL");
        }
    }

    void unmount(final Path directory) {
        if (separate) {
            runThere("umount", directory.toString());
            return;
        }
        try (NativeMemory target = NativeMemory.ofCString(directory.toString())) {
            Libc.check(
                    Libc.umount2(target.address(), 0),
                    "umount(" + directory + ')',
                    "needs root (CAP_SYS_ADMIN), and no process working in that directory");
        }
    }

    private static boolean isSeparate(final long hostPid) {
        try {
            final Path host = Files.readSymbolicLink(Path.of("/proc/" + hostPid + "/ns/mnt"));
            return !host.equals(Files.readSymbolicLink(Path.of("/proc/self/ns/mnt")));
        } catch (final IOException ex) {
            return false; // we may not look at that process, so we can't enter its namespace either
        }
    }

    private void runThere(final String... words) {
        final List<String> command = new ArrayList<>(List.of("nsenter", "-t", Long.toString(hostPid), "-m", "--"));
        command.addAll(List.of(words));
        final String line = String.join(" ", command);
        try {
            final Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            if (!process.waitFor(COMMAND_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(line + " did not end within " + COMMAND_LIMIT_SECONDS + " s");
            }
            if (process.exitValue() != 0) {
                final String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                throw new IllegalStateException(line + " failed (" + process.exitValue() + "): " + said.strip());
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't run " + line + "; install util-linux", ex);
        } catch (final InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while running " + line, ex);
        }
    }
}

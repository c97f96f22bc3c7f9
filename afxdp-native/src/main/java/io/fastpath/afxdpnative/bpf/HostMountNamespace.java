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
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** The mount namespace of a long-lived process ({@link #hostPid()}), seen from ours, which may be the same one. */
final class HostMountNamespace {
    private static final long COMMAND_LIMIT_SECONDS = 10;
    private static final long INIT_PID = 1;

    private final long hostPid;
    private final boolean separate;

    private HostMountNamespace(final long hostPid, final boolean separate) {
        this.hostPid = hostPid;
        this.separate = separate;
    }

    /**
     * The process whose mount namespace outlives us: PID 1, or, where it may not be looked at (a sandbox whose init has
     * more capabilities than we), our outermost ancestor that may.
     */
    static long hostPid() {
        long hostPid = ProcessHandle.current().pid();
        for (Optional<ProcessHandle> ancestor = ProcessHandle.current().parent();
                ancestor.isPresent();
                ancestor = ancestor.get().parent()) {
            if (mountNamespace(ancestor.get().pid()).isPresent()) {
                hostPid = ancestor.get().pid();
            }
        }
        return mountNamespace(INIT_PID).isPresent() ? INIT_PID : hostPid;
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
        }
        try (NativeMemory target = NativeMemory.ofCString(directory.toString())) {
            final long result = Libc.umount2(target.address(), 0);
            // If separate, ours was a copy from when our namespace was made, or there was none, or it went with the
            // host's.
            if (!separate) {
                Libc.check(
                        result,
                        "umount(" + directory + ')',
                        "needs root (CAP_SYS_ADMIN), and no process working in that directory");
            }
        }
    }

    private static boolean isSeparate(final long hostPid) {
        final Optional<Path> host = mountNamespace(hostPid);
        return host.isPresent()
                && !host.equals(mountNamespace(ProcessHandle.current().pid()));
    }

    /** Empty if we may not look at that process; then we can't enter its namespace either. */
    private static Optional<Path> mountNamespace(final long pid) {
        try {
            return Optional.of(Files.readSymbolicLink(Path.of("/proc/" + pid + "/ns/mnt")));
        } catch (final IOException ex) {
            return Optional.empty();
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

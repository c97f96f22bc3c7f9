package io.fastpath.afxdpnative.bpf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.lab.Await;
import io.fastpath.afxdpnative.lab.BpfCompiler;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Needs root: mounts. */
class BpfFilesystemTest {
    @TempDir
    private Path directory;

    @Test
    void shouldMountOnceAndUnmountWithoutTrace() throws IOException {
        final Path mountPoint = directory.resolve("a/bpf");

        final BpfFilesystem filesystem = BpfFilesystem.ensure(mountPoint);
        try {
            BpfFilesystem.ensure(mountPoint);
            assertThat(filesystem.isMounted()).isTrue();
            assertThat(mountsOf("self", mountPoint)).isEqualTo(1);
        } finally {
            filesystem.unmount();
        }

        filesystem.unmount();
        assertThat(filesystem.isMounted()).isFalse();
        assertThat(mountPoint).doesNotExist();
        assertThat(mountsOf("self", mountPoint)).isZero();
    }

    @Test
    void shouldFindWhatAnEarlierProcessMounted() {
        final Path mountPoint = directory.resolve("bpf");
        assertThat(BpfFilesystem.at(mountPoint).isMounted()).isFalse();
        final BpfFilesystem filesystem = BpfFilesystem.ensure(mountPoint);
        try {
            assertThat(BpfFilesystem.at(mountPoint).isMounted()).isTrue();
        } finally {
            filesystem.unmount();
        }
    }

    @Test
    void shouldNotMountInsideABpfFilesystemNorUnmountTheOuterOne() throws IOException {
        final BpfFilesystem outer = BpfFilesystem.ensure(directory.resolve("bpf"));
        try {
            final Path inside = outer.directory().resolve("edge1");
            final BpfFilesystem inner = BpfFilesystem.ensure(inside);
            assertThat(mountsOf("self", inside)).isZero();

            inner.unmount();

            assertThat(inside).doesNotExist();
            assertThat(outer.isMounted()).isTrue();
        } finally {
            outer.unmount();
        }
    }

    @Test
    void shouldKeepADirectoryThatHoldsSomethingElse() throws IOException {
        final Path used = Files.createDirectory(directory.resolve("used"));
        Files.createFile(used.resolve("file"));

        BpfFilesystem.at(used).unmount();

        assertThat(used.resolve("file")).exists();
    }

    /** A process with a mount namespace of its own plays PID 1, so that ours is the foreign one. */
    @Test
    void shouldMountInTheHostsNamespaceAndPinThere() throws Exception {
        final Process host = startHost();
        final Path mountPoint = directory.resolve("bpf");
        try {
            final BpfFilesystem filesystem = BpfFilesystem.at(mountPoint, host.pid());
            filesystem.mount();
            filesystem.mount();

            assertThat(filesystem.isMounted()).isTrue();
            assertThat(filesystem.directory()).isEqualTo(Path.of("/proc/" + host.pid() + "/root" + mountPoint));
            assertThat(mountsOf("self", mountPoint)).isZero();
            assertThat(mountsOf(Long.toString(host.pid()), mountPoint)).isEqualTo(1);
            pinAndReopen(filesystem.directory().resolve("counters"));

            filesystem.unmount();
            assertThat(mountsOf(Long.toString(host.pid()), mountPoint)).isZero();
            assertThat(mountPoint).doesNotExist();
        } finally {
            host.destroyForcibly().waitFor();
        }
    }

    /** PID 1 where it may be looked at; elsewhere (this may be a sandbox) an ancestor that may, the outermost one. */
    @Test
    void shouldChooseTheHostAmongProcessesThatMayBeLookedAt() {
        final List<Long> candidates = new ArrayList<>(List.of(1L));
        final List<Long> family = new ArrayList<>();
        for (Optional<ProcessHandle> process = Optional.of(ProcessHandle.current());
                process.isPresent();
                process = process.get().parent()) {
            family.add(process.get().pid());
        }
        Collections.reverse(family);
        candidates.addAll(family);

        final long expected = candidates.stream()
                .filter(pid -> isReadable(Path.of("/proc/" + pid + "/ns/mnt")))
                .findFirst()
                .orElseThrow();

        assertThat(HostMountNamespace.hostPid()).isEqualTo(expected);
    }

    private static boolean isReadable(final Path link) {
        try {
            Files.readSymbolicLink(link);
            return true;
        } catch (final IOException ex) {
            return false;
        }
    }

    @Test
    void shouldTellWhatTheMountCommandSaid() throws Exception {
        final Process host = startHost();
        try {
            final HostMountNamespace namespace = HostMountNamespace.of(host.pid());
            assertThatThrownBy(() -> namespace.mountBpf(directory.resolve("absent")))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageStartingWith("nsenter -t " + host.pid() + " -m -- mount -t bpf bpf ")
                    .hasMessageContaining("mount point does not exist");
        } finally {
            host.destroyForcibly().waitFor();
        }
    }

    private static Process startHost() throws IOException {
        final Process host =
                new ProcessBuilder("unshare", "--mount", "--propagation", "private", "sleep", "60").start();
        final Path ours = Files.readSymbolicLink(Path.of("/proc/self/ns/mnt"));
        Await.until("a mount namespace of its own", () -> {
            try {
                return !Files.readSymbolicLink(Path.of("/proc/" + host.pid() + "/ns/mnt"))
                        .equals(ours);
            } catch (final IOException ex) {
                return false;
            }
        });
        return host;
    }

    private static void pinAndReopen(final Path pin) {
        try (BpfObject object = BpfObject.open(BpfCompiler.compile("steer"), "steer")) {
            object.load();
            object.map("counters").pin(pin);
            try (BpfMap pinned = BpfMap.openPinned(pin)) {
                assertThat(pinned.info()).isEqualTo(object.map("counters").info());
            }
        }
    }

    private static long mountsOf(final String pid, final Path mountPoint) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/mountinfo")).stream()
                .filter(line -> line.contains(" " + mountPoint + " "))
                .count();
    }
}

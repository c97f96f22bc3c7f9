package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstanceClaimTest {
    @TempDir
    private Path root;

    /** Another process that is an instance until it is killed. */
    public static final class Holder {
        private Holder() {}

        /**
         * Claims, says so, and waits for its end.
         *
         * @param arguments root and name.
         * @throws IOException if standard input fails.
         */
        public static void main(final String[] arguments) throws IOException {
            try (InstanceClaim claim = new InstanceDirectory(Path.of(arguments[0])).claim(arguments[1])) {
                System.out.println("claimed " + claim.instance());
                if (System.in.read() >= 0) {
                    System.out.println("ends");
                }
            }
        }
    }

    @Test
    void shouldMakeARunDirectoryForItsOwnerOnly() throws IOException {
        try (InstanceClaim claim = directory().claim("edge1")) {
            assertThat(permissions(directory().of("edge1"))).isEqualTo("rwx------");
            assertThat(permissions(directory().lock(claim.instance()))).isEqualTo("rw-------");
            assertThat(Files.readString(directory().lock("edge1")))
                    .isEqualTo(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void shouldCloseARunDirectoryThatStoodOpen() throws IOException {
        Files.createDirectories(
                directory().of("edge1"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));

        directory().claim("edge1").close();

        assertThat(permissions(directory().of("edge1"))).isEqualTo("rwx------");
    }

    @Test
    void shouldRefuseASecondClaimAndAllowOneAfterTheEnd() {
        final InstanceClaim claim = directory().claim("edge1");
        try (InstanceClaim other = directory().claim("edge2")) {
            assertThat(other.instance()).isEqualTo("edge2");
            assertThatThrownBy(() -> directory().claim("edge1"))
                    .isInstanceOf(InstanceBusyException.class)
                    .hasMessage("instance edge1 is already running (pid "
                            + ProcessHandle.current().pid() + ")");
        }
        claim.close();
        directory().claim("edge1").close();
    }

    @Test
    void shouldRefuseWhileAnotherProcessIsTheInstanceAndAllowOnceItIsKilled() throws Exception {
        final Process holder = holder("edge1");
        try {
            assertThatThrownBy(() -> directory().claim("edge1"))
                    .isInstanceOf(InstanceBusyException.class)
                    .hasMessage("instance edge1 is already running (pid " + holder.pid() + ")");
        } finally {
            holder.destroyForcibly();
            assertThat(holder.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }

        directory().claim("edge1").close();
    }

    @Test
    void shouldRemoveWhatItMadeAndLeaveWhatItDidNot() throws IOException {
        try (InstanceClaim claim = directory().claim("edge1")) {
            Files.createFile(directory().of("edge1").resolve("note"));
            claim.removeDirectory();
            assertThat(directory().of("edge1")).isDirectoryContaining("glob:**/note");
            assertThat(directory().lock("edge1")).doesNotExist();
            Files.delete(directory().of("edge1").resolve("note"));
            claim.removeDirectory();
        }
        assertThat(directory().of("edge1")).doesNotExist();
        assertThat(directory().names()).isEmpty();
    }

    @Test
    void shouldNameAPlaceWhereItCanMakeNothing() throws IOException {
        Files.createFile(root.resolve("file"));
        final InstanceDirectory impossible = new InstanceDirectory(root.resolve("file/fastpath"));

        assertThatThrownBy(() -> impossible.claim("edge1"))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("can't make the run directory " + root.resolve("file/fastpath/edge1"))
                .hasMessageContaining("Not a directory");
        assertThatThrownBy(() -> impossible.claim("edge1"))
                .as("the name is free again")
                .isInstanceOf(UncheckedIOException.class);
    }

    @Test
    void shouldLeaveNoDirectoryWhereItCanMakeNoLock() throws IOException {
        Files.createDirectories(directory().lock("edge1")); // nobody can lock a directory

        assertThatThrownBy(() -> directory().claim("edge1")).isInstanceOf(UncheckedIOException.class);

        Files.delete(directory().lock("edge1"));
        directory().claim("edge1").close();
    }

    private Process holder(final String instance) throws IOException {
        final Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        root.toString(),
                        instance)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        final BufferedReader said =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertThat(said.readLine()).isEqualTo("claimed " + instance);
        return process;
    }

    private InstanceDirectory directory() {
        return new InstanceDirectory(root);
    }

    private static String permissions(final Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}

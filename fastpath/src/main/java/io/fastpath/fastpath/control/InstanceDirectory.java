package io.fastpath.fastpath.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where instances have their run directories. Immutable; any thread. */
public final class InstanceDirectory {
    /** System property that names another place than {@code /run/fastpath}, for tests. */
    public static final String ROOT_PROPERTY = "fastpath.run.directory";

    /** Pins of links in an instance's bpf file system begin with this, and end with the interface's index. */
    public static final String LINK_PIN_PREFIX = "link_";

    private static final String DEFAULT_ROOT = "/run/fastpath";

    private final Path root;

    /**
     * @param root directory with one directory per instance.
     */
    public InstanceDirectory(final Path root) {
        this.root = root;
    }

    /** {@return the machine's, {@code /run/fastpath}, or what {@link #ROOT_PROPERTY} names} */
    public static InstanceDirectory standard() {
        return new InstanceDirectory(Path.of(System.getProperty(ROOT_PROPERTY, DEFAULT_ROOT)));
    }

    /** {@return the directory with one directory per instance} */
    public Path root() {
        return root;
    }

    /**
     * {@return the run directory of an instance}
     *
     * @param instance its name.
     */
    public Path of(final String instance) {
        return root.resolve(instance);
    }

    /**
     * {@return the control socket of an instance}
     *
     * @param instance its name.
     */
    public Path socket(final String instance) {
        return of(instance).resolve("control.sock");
    }

    /**
     * {@return the lock file of an instance}
     *
     * @param instance its name.
     */
    public Path lock(final String instance) {
        return of(instance).resolve("lock");
    }

    /**
     * {@return where the bpf file system with an instance's pins is mounted}
     *
     * @param instance its name.
     */
    public Path bpf(final String instance) {
        return of(instance).resolve("bpf");
    }

    /**
     * The instances that left a directory, whether they run or not.
     *
     * @return names in order; empty where there is no directory at all.
     * @throws UncheckedIOException if the directory may not be read.
     */
    public List<String> names() {
        try (Stream<Path> entries = Files.list(root)) {
            return entries.filter(Files::isDirectory)
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (final NoSuchFileException ex) {
            return List.of();
        } catch (final AccessDeniedException ex) {
            throw new UncheckedIOException(root + " may not be read (permission denied)", ex);
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't read " + root, ex);
        }
    }

    /**
     * Takes an instance's name for this process: nobody else can be this instance until the claim is closed, or the
     * process ends in whatever way.
     *
     * @param instance its name.
     * @return the claim; the caller closes it.
     * @throws InstanceBusyException if a process is this instance.
     * @throws UncheckedIOException if the directory can't be made.
     */
    public InstanceClaim claim(final String instance) {
        return InstanceClaim.take(this, instance);
    }
}

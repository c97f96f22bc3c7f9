package io.fastpath.fastpath.control;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The right to be an instance, as a lock on a file in its run directory: the kernel takes it back when the process dies,
 * so a claim never goes stale. Thread-safe by being used once: the control thread takes and closes it.
 */
public final class InstanceClaim implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(InstanceClaim.class);
    private static final int PID_LENGTH_LIMIT = 20;

    /**
     * Run directories that this process has claimed. Such a lock file must not even be opened again: POSIX drops a
     * process's locks on a file when any of its descriptors of it is closed (fcntl(2), F_SETLK).
     */
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private final InstanceDirectory directory;
    private final String instance;
    private final FileChannel channel;

    private InstanceClaim(final InstanceDirectory directory, final String instance, final FileChannel channel) {
        this.directory = directory;
        this.instance = instance;
        this.channel = channel;
    }

    static InstanceClaim take(final InstanceDirectory directory, final String instance) {
        if (!OWN.add(directory.of(instance))) {
            throw new InstanceBusyException(instance, ownPid());
        }
        FileChannel channel = null;
        boolean taken = false;
        try {
            while (channel == null) {
                makeDirectories(directory, instance);
                channel = lock(directory.lock(instance), instance);
            }
            channel.truncate(0);
            channel.write(ByteBuffer.wrap(ownPid().getBytes(StandardCharsets.US_ASCII)));
            taken = true;
            return new InstanceClaim(directory, instance, channel);
        } catch (final IOException ex) {
            throw new UncheckedIOException(
                    "can't make the run directory " + directory.of(instance) + ": " + reason(ex), ex);
        } finally {
            if (!taken) {
                giveBack(directory, instance, channel);
            }
        }
    }

    /**
     * Leaves no trace of a claim that failed. A lock file is removed only by who holds its lock, and a directory that is
     * not empty is somebody's: the file system refuses to remove it. The failure of the claim is what is to be seen.
     *
     * @param channel that is locked; null if none.
     */
    private static void giveBack(final InstanceDirectory directory, final String instance, final FileChannel channel) {
        try {
            if (channel != null) {
                Files.deleteIfExists(directory.lock(instance));
                channel.close();
            }
            Files.deleteIfExists(directory.of(instance));
        } catch (final IOException ex) {
            LOG.debug("{} stays", directory.of(instance), ex);
        } finally {
            OWN.remove(directory.of(instance));
        }
    }

    /** {@return what went wrong, with the file where it is another than the run directory} */
    private static String reason(final IOException ex) {
        return ex instanceof AccessDeniedException denied ? denied.getFile() + ": Permission denied" : ex.getMessage();
    }

    private static String ownPid() {
        return Long.toString(ProcessHandle.current().pid());
    }

    private static void makeDirectories(final InstanceDirectory directory, final String instance) throws IOException {
        Files.createDirectories(directory.root());
        try {
            Files.createDirectory(
                    directory.of(instance),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (final FileAlreadyExistsException ex) {
            Files.setPosixFilePermissions(directory.of(instance), PosixFilePermissions.fromString("rwx------"));
        }
    }

    /** {@return the locked file; null if somebody removed it meanwhile, so that the lock is worth nothing} */
    private static FileChannel lock(final Path file, final String instance) throws IOException {
        FileChannel channel = null;
        boolean kept = false;
        try {
            final Object keyBefore = makeFile(file);
            channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
            if (!tryLock(channel)) {
                throw new InstanceBusyException(instance, pid(channel));
            }
            kept = keyBefore.equals(key(file));
            return kept ? channel : null;
        } catch (final NoSuchFileException ex) {
            return null;
        } finally {
            if (channel != null && !kept) {
                channel.close();
            }
        }
    }

    private static Object makeFile(final Path file) throws IOException {
        try {
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        } catch (final FileAlreadyExistsException ex) {
            return key(file); // an earlier run's, or a living instance's
        }
        return key(file);
    }

    private static Object key(final Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static boolean tryLock(final FileChannel channel) throws IOException {
        try {
            return channel.tryLock() != null;
        } catch (final OverlappingFileLockException ex) {
            return false;
        }
    }

    private static String pid(final FileChannel channel) throws IOException {
        final ByteBuffer bytes = ByteBuffer.allocate(PID_LENGTH_LIMIT);
        channel.read(bytes, 0);
        return StandardCharsets.US_ASCII.decode(bytes.flip()).toString().replaceAll("[^0-9]", "");
    }

    /** {@return the directories it belongs to} */
    public InstanceDirectory directory() {
        return directory;
    }

    /** {@return the instance's name} */
    public String instance() {
        return instance;
    }

    /** Removes the run directory with lock and socket; whatever else is in it stays, and so does the directory then. */
    public void removeDirectory() {
        try {
            Files.deleteIfExists(directory.socket(instance));
            Files.deleteIfExists(directory.lock(instance));
            if (Files.isDirectory(directory.of(instance)) && isEmpty(directory.of(instance))) {
                Files.delete(directory.of(instance));
            }
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't remove " + directory.of(instance), ex);
        }
    }

    private static boolean isEmpty(final Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    /** Gives the name free. */
    @Override
    public void close() {
        OWN.remove(directory.of(instance));
        try {
            channel.close();
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't close the lock of instance " + instance, ex);
        }
    }
}

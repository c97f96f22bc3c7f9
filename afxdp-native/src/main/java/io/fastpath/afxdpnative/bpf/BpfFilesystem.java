package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * A bpf file system mounted at a directory, in which maps and links are pinned so that they outlive the process.
 *
 * <p>A mount made in the private mount namespace that {@code ip netns exec} gives a process would vanish with that
 * process, pins and all. So the file system lives in the mount namespace of PID 1, or, where PID 1 may not be looked at,
 * of our outermost ancestor that may. Where ours is another one, it is mounted by {@code nsenter -t 1 -m -- mount -t bpf
 * bpf DIR}, and addressed as {@code /proc/1/root/DIR}.
 *
 * <p>{@link #ensure} and {@link #unmount()} are idempotent. Control plane, any thread, one process at a time.
 */
public final class BpfFilesystem {
    /** {@code BPF_FS_MAGIC} of {@code include/uapi/linux/magic.h}. */
    private static final long BPF_FS_MAGIC = 0xcafe4a11L;

    private static final int STATFS_LENGTH = 256;

    private final Path mountPoint;
    private final HostMountNamespace namespace;

    private BpfFilesystem(final Path mountPoint, final HostMountNamespace namespace) {
        this.mountPoint = mountPoint.toAbsolutePath().normalize();
        this.namespace = namespace;
    }

    /**
     * The file system at a directory, mounted or not.
     *
     * @param mountPoint an absolute path as the host sees it.
     * @return the file system.
     */
    public static BpfFilesystem at(final Path mountPoint) {
        return at(mountPoint, HostMountNamespace.hostPid());
    }

    static BpfFilesystem at(final Path mountPoint, final long hostPid) {
        return new BpfFilesystem(mountPoint, HostMountNamespace.of(hostPid));
    }

    /**
     * Make the directory, and mount a bpf file system on it unless it already is on one.
     *
     * @param mountPoint an absolute path as the host sees it, for example {@code /run/fastpath/edge1}.
     * @return the mounted file system.
     * @throws io.fastpath.afxdpnative.sys.NativeException if mount(2) fails, EPERM without root.
     */
    public static BpfFilesystem ensure(final Path mountPoint) {
        final BpfFilesystem filesystem = at(mountPoint);
        filesystem.mount();
        return filesystem;
    }

    /** {@return the directory as this process has to address it; pins are names in it} */
    public Path directory() {
        return namespace.toLocal(mountPoint);
    }

    /** {@return whether the directory exists and is on a bpf file system} */
    public boolean isMounted() {
        try (NativeMemory path = NativeMemory.ofCString(directory().toString());
                NativeMemory facts = NativeMemory.allocate(STATFS_LENGTH)) {
            return Libc.statfs(path.address(), facts.address()) == 0
                    && (facts.buffer().getLong(0) & 0xffffffffL) == BPF_FS_MAGIC;
        }
    }

    void mount() {
        try {
            Files.createDirectories(directory());
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't make the directory " + directory() + " for a bpf file system", ex);
        }
        if (!isMounted()) {
            namespace.mountBpf(mountPoint);
        }
    }

    /**
     * Unmount what is mounted on this very directory, and remove the directory. Pins in it are gone by that. Harmless if
     * nothing is there; a directory that only lies inside a larger bpf file system is removed if it is empty.
     */
    public void unmount() {
        if (isMounted() && isMountPoint()) {
            namespace.unmount(mountPoint);
        }
        try {
            Files.deleteIfExists(directory());
        } catch (final DirectoryNotEmptyException | NoSuchFileException ex) {
            return; // not ours alone, so it stays
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't remove the directory " + directory(), ex);
        }
    }

    private boolean isMountPoint() {
        try {
            final Object device = Files.getAttribute(directory(), "unix:dev");
            final Path parent = directory().getParent();
            return parent == null || !device.equals(Files.getAttribute(parent, "unix:dev"));
        } catch (final IOException ex) {
            throw new UncheckedIOException("can't look at " + directory(), ex);
        }
    }
}

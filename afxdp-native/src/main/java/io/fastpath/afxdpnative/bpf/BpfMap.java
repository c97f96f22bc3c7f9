package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import java.nio.file.Path;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;

/**
 * A BPF map: its facts, its elements by system call, its memory by {@link #mapMemory()}, its pin.
 *
 * <p>Element calls allocate nothing; keys and values are buffers outside the heap. One costs near a microsecond, so they
 * are for the control plane. The kernel makes each call atomic; any thread may call, with buffers of its own.
 */
public final class BpfMap implements AutoCloseable {
    /** {@code BPF_MAP_TYPE_ARRAY}. */
    public static final int TYPE_ARRAY = 2;

    /** {@code BPF_MAP_TYPE_XSKMAP}. */
    public static final int TYPE_XSKMAP = 17;

    /** {@code BPF_F_MMAPABLE}: the map's memory can be mapped. */
    public static final int FLAG_MMAPABLE = 1 << 10;

    /** Update flag: create or replace. */
    public static final long UPDATE_ANY = 0;

    /** Update flag: only create, else EEXIST. */
    public static final long UPDATE_NO_EXIST = 1;

    /** Update flag: only replace, else ENOENT. */
    public static final long UPDATE_EXIST = 2;

    /** {@code BPF_MAP_TYPE_} PERCPU_HASH, PERCPU_ARRAY, LRU_PERCPU_HASH, PERCPU_CGROUP_STORAGE as bits. */
    private static final int PER_CPU_TYPES = 1 << 5 | 1 << 6 | 1 << 10 | 1 << 21;

    private final boolean owned;
    private final BpfMapInfo info;
    private int fd;

    BpfMap(final int fd, final boolean owned) {
        this.fd = fd;
        this.owned = owned;
        info = BpfMapInfo.of(fd);
    }

    /**
     * Open a map that an earlier process, or this one, has pinned.
     *
     * @param path in a bpf file system, see {@link BpfFilesystem#directory()}.
     * @return the map; the caller closes it.
     * @throws io.fastpath.afxdpnative.sys.NativeException if nothing is pinned there (ENOENT), or it may not be opened.
     */
    public static BpfMap openPinned(final Path path) {
        final int fd = PinnedFile.open(path);
        try {
            return new BpfMap(fd, true);
        } catch (final RuntimeException ex) {
            Libc.close(fd);
            throw ex;
        }
    }

    /** {@return the descriptor, for calls not covered here} */
    public int fd() {
        return fd;
    }

    /** {@return the kernel's description of the map, as it was when opened} */
    public BpfMapInfo info() {
        return info;
    }

    /**
     * Copy an element out.
     *
     * @param key off-heap, at least the key's length.
     * @param value off-heap, at least the value's length; written if found.
     * @return whether there is such an element.
     */
    public boolean lookup(final DirectBuffer key, final MutableDirectBuffer value) {
        final long keyAddress = address(key, info.keyLength(), "key");
        final int result = Libbpf.bpf_map_lookup_elem(fd, keyAddress, address(value, info.valueLength(), "value"));
        if (result == -Errno.ENOENT.number()) {
            return false;
        }
        check(result, "bpf_map_lookup_elem");
        return true;
    }

    /**
     * Write an element.
     *
     * @param key off-heap, at least the key's length.
     * @param value off-heap, at least the value's length.
     * @param flags {@link #UPDATE_ANY}, {@link #UPDATE_NO_EXIST} or {@link #UPDATE_EXIST}.
     * @throws io.fastpath.afxdpnative.sys.NativeException if the kernel refuses: E2BIG for a full map or an index past
     *     its end.
     */
    public void update(final DirectBuffer key, final DirectBuffer value, final long flags) {
        final long keyAddress = address(key, info.keyLength(), "key");
        check(
                Libbpf.bpf_map_update_elem(fd, keyAddress, address(value, info.valueLength(), "value"), flags),
                "bpf_map_update_elem");
    }

    /**
     * Remove an element.
     *
     * @param key off-heap, at least the key's length.
     * @return whether there was such an element.
     */
    public boolean delete(final DirectBuffer key) {
        final int result = Libbpf.bpf_map_delete_elem(fd, address(key, info.keyLength(), "key"));
        if (result == -Errno.ENOENT.number()) {
            return false;
        }
        check(result, "bpf_map_delete_elem");
        return true;
    }

    /**
     * Map the memory of an array that was created with {@link #FLAG_MMAPABLE}, to read and write.
     *
     * @return the mapping; the caller closes it. It stays valid after this map is closed.
     * @throws IllegalStateException if the map is of another kind.
     */
    public BpfArrayMapping mapMemory() {
        return BpfArrayMapping.of(fd, info);
    }

    /**
     * Give the map a name that keeps it alive after this process.
     *
     * @param path that doesn't exist yet, in a bpf file system.
     */
    public void pin(final Path path) {
        PinnedFile.pin(fd, path);
    }

    /**
     * Remove a pin; harmless if there is none.
     *
     * @param path given to {@link #pin}.
     */
    public static void unpin(final Path path) {
        PinnedFile.unpin(path);
    }

    /** Release the descriptor of a map that was opened by its pin; maps of an object end with that object. */
    @Override
    public void close() {
        if (owned && fd >= 0) {
            Libc.close(fd);
            fd = -1;
        }
    }

    private long address(final DirectBuffer buffer, final int length, final String what) {
        if (buffer.byteArray() != null || buffer.capacity() < length) {
            throw new IllegalArgumentException("map " + info.name() + " needs a " + what + " of " + length
                    + " bytes outside the heap, not " + buffer);
        }
        if (info.type() < Integer.SIZE && (PER_CPU_TYPES & 1 << info.type()) != 0) {
            throw new UnsupportedOperationException(
                    "map " + info.name() + " keeps a value per CPU; elements of such maps can't be accessed");
        }
        return buffer.addressOffset();
    }

    private void check(final int result, final String call) {
        if (result < 0) {
            throw BpfFailure.of(call + "(map " + info.name() + ", fd=" + fd + ')', -result, "");
        }
    }
}

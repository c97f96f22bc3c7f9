package io.fastpath.afxdpnative.bpf;

import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeMemory;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Many elements of a map by one system call (Linux 5.6 for hashes and arrays, 5.17 for tries): fill {@link #keys} and
 * {@link #values} from their beginnings, key after key, without gaps, and {@link #update} or {@link #delete}; or let
 * {@link #next} fill them. The kernel takes the elements one by one, each atomically. One thread.
 */
public final class BpfMapBatch implements AutoCloseable {
    private static final int COUNT_OFFSET = 0;
    private static final int CURSOR_OFFSET = Long.BYTES;

    private final BpfMap map;
    private final int capacity;
    private final NativeMemory keys;
    private final NativeMemory values;
    private final NativeMemory state;
    private boolean hasBegun;
    private boolean hasEnded;

    /**
     * Buffers for a map.
     *
     * @param map to work on; outlives this.
     * @param capacity elements of one call at most.
     */
    public BpfMapBatch(final BpfMap map, final int capacity) {
        this.map = map;
        this.capacity = capacity;
        keys = NativeMemory.allocate(capacity * map.info().keyLength());
        values = NativeMemory.allocate(capacity * map.info().valueLength());
        state = NativeMemory.allocate(CURSOR_OFFSET + map.info().keyLength());
    }

    /** {@return elements of one call at most} */
    public int capacity() {
        return capacity;
    }

    /** {@return the keys' memory} */
    public UnsafeBuffer keys() {
        return keys.buffer();
    }

    /** {@return the values' memory} */
    public UnsafeBuffer values() {
        return values.buffer();
    }

    /**
     * Creates or replaces elements.
     *
     * @param count from the buffers' beginnings.
     * @throws io.fastpath.afxdpnative.sys.NativeException if the kernel refuses one, E2BIG where the map is full; those
     *     before it are in.
     */
    public void update(final int count) {
        state.buffer().putInt(COUNT_OFFSET, count);
        check(
                Libbpf.bpf_map_update_batch(map.fd(), keys.address(), values.address(), state.address(), 0),
                "bpf_map_update_batch");
    }

    /**
     * Removes elements.
     *
     * @param count from the buffers' beginnings.
     * @throws io.fastpath.afxdpnative.sys.NativeException if one isn't there; those before it are gone.
     */
    public void delete(final int count) {
        state.buffer().putInt(COUNT_OFFSET, count);
        check(Libbpf.bpf_map_delete_batch(map.fd(), keys.address(), state.address(), 0), "bpf_map_delete_batch");
    }

    /** Makes {@link #next} begin with the first element. */
    public void rewind() {
        hasBegun = false;
        hasEnded = false;
    }

    /**
     * Reads the next elements; the whole map once, if nobody changes it meanwhile.
     *
     * @return how many are in the buffers; 0 at the end.
     */
    public int next() {
        if (hasEnded) {
            return 0;
        }
        state.buffer().putInt(COUNT_OFFSET, capacity);
        final long cursor = state.address() + CURSOR_OFFSET;
        final int result = Libbpf.bpf_map_lookup_batch(
                map.fd(), hasBegun ? cursor : 0, cursor, keys.address(), values.address(), state.address(), 0);
        hasBegun = true;
        hasEnded = result == -Errno.ENOENT.number();
        if (!hasEnded) {
            check(result, "bpf_map_lookup_batch");
        }
        return state.buffer().getInt(COUNT_OFFSET);
    }

    private void check(final int result, final String call) {
        if (result < 0) {
            throw BpfFailure.of(call + "(map " + map.info().name() + ", fd=" + map.fd() + ')', -result, "");
        }
    }

    @Override
    public void close() {
        keys.close();
        values.close();
        state.close();
    }
}

package io.fastpath.kernelbpf.memory;

import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A region of off-heap memory with 64-bit offsets: what Agrona's {@link UnsafeBuffer} is up to 2 GiB, for tables that
 * may be larger. Values are in native byte order. Any thread may use it; the ordering is in each method's name.
 *
 * <p>Bounds are checked unless {@code agrona.disable.bounds.checks} is set: {@link IndexOutOfBoundsException}. The
 * region does not own its memory, except when {@link #allocate} made it; then it lives as long as this object.
 */
public final class SharedMemory {
    private static final boolean BOUNDS_CHECKS = UnsafeBuffer.SHOULD_BOUNDS_CHECK;
    private static final int CACHE_LINE_LENGTH = 64;

    private final long address;
    private final long length;

    /**
     * Views memory that somebody else owns.
     *
     * @param address of the first byte; aligned to 8
     * @param length in bytes
     */
    public SharedMemory(final long address, final long length) {
        if (address == 0 || (address & 7) != 0 || length < 0) {
            throw new IllegalArgumentException(
                    "address " + address + " must be aligned to 8 and not 0, length " + length + " not negative");
        }
        this.address = address;
        this.length = length;
    }

    /**
     * Allocates zeroed memory that starts on a cache line, for tests and benchmarks. It is never freed.
     *
     * @param length in bytes
     * @return the region
     */
    public static SharedMemory allocate(final long length) {
        final long raw = UnsafeApi.allocateMemory(length + CACHE_LINE_LENGTH);
        final long aligned = (raw + CACHE_LINE_LENGTH - 1) & -CACHE_LINE_LENGTH;
        UnsafeApi.setMemory(aligned, length, (byte) 0);
        return new SharedMemory(aligned, length);
    }

    /**
     * First byte.
     *
     * @return its address
     */
    public long address() {
        return address;
    }

    /**
     * Size.
     *
     * @return bytes
     */
    public long length() {
        return length;
    }

    /**
     * Plain load.
     *
     * @param offset in bytes
     * @return the value
     */
    public byte getByte(final long offset) {
        check(offset, Byte.BYTES);
        return UnsafeApi.getByte(address + offset);
    }

    /**
     * Plain load.
     *
     * @param offset in bytes
     * @return the value
     */
    public short getShort(final long offset) {
        check(offset, Short.BYTES);
        return UnsafeApi.getShort(address + offset);
    }

    /**
     * Plain load.
     *
     * @param offset in bytes
     * @return the value
     */
    public int getInt(final long offset) {
        check(offset, Integer.BYTES);
        return UnsafeApi.getInt(address + offset);
    }

    /**
     * Plain load.
     *
     * @param offset in bytes
     * @return the value
     */
    public long getLong(final long offset) {
        check(offset, Long.BYTES);
        return UnsafeApi.getLong(address + offset);
    }

    /**
     * Acquire load: what was stored before the matching release store is visible after it.
     *
     * @param offset in bytes
     * @return the value
     */
    public int getIntAcquire(final long offset) {
        check(offset, Integer.BYTES);
        return UnsafeApi.getIntAcquire(null, address + offset);
    }

    /**
     * Acquire load.
     *
     * @param offset in bytes
     * @return the value
     */
    public long getLongAcquire(final long offset) {
        check(offset, Long.BYTES);
        return UnsafeApi.getLongAcquire(null, address + offset);
    }

    /**
     * Plain store.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putByte(final long offset, final byte value) {
        check(offset, Byte.BYTES);
        UnsafeApi.putByte(address + offset, value);
    }

    /**
     * Plain store.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putShort(final long offset, final short value) {
        check(offset, Short.BYTES);
        UnsafeApi.putShort(address + offset, value);
    }

    /**
     * Plain store.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putInt(final long offset, final int value) {
        check(offset, Integer.BYTES);
        UnsafeApi.putInt(address + offset, value);
    }

    /**
     * Plain store.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putLong(final long offset, final long value) {
        check(offset, Long.BYTES);
        UnsafeApi.putLong(address + offset, value);
    }

    /**
     * Release store: what this thread stored before is visible to whoever acquires the value.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putIntRelease(final long offset, final int value) {
        check(offset, Integer.BYTES);
        UnsafeApi.putIntRelease(null, address + offset, value);
    }

    /**
     * Release store.
     *
     * @param offset in bytes
     * @param value to store
     */
    public void putLongRelease(final long offset, final long value) {
        check(offset, Long.BYTES);
        UnsafeApi.putLongRelease(null, address + offset, value);
    }

    /**
     * Full-fence compare-and-swap.
     *
     * @param offset in bytes; aligned to 4
     * @param expected what must stand there
     * @param update what shall stand there
     * @return whether it was swapped
     */
    public boolean compareAndSetInt(final long offset, final int expected, final int update) {
        check(offset, Integer.BYTES);
        return UnsafeApi.compareAndSetInt(null, address + offset, expected, update);
    }

    /**
     * Full-fence compare-and-swap.
     *
     * @param offset in bytes; aligned to 8
     * @param expected what must stand there
     * @param update what shall stand there
     * @return whether it was swapped
     */
    public boolean compareAndSetLong(final long offset, final long expected, final long update) {
        check(offset, Long.BYTES);
        return UnsafeApi.compareAndSetLong(null, address + offset, expected, update);
    }

    /**
     * Full-fence atomic and.
     *
     * @param offset in bytes; aligned to 4
     * @param mask to and with
     * @return the value before
     */
    public int getAndBitwiseAndInt(final long offset, final int mask) {
        check(offset, Integer.BYTES);
        return UnsafeApi.getAndBitwiseAndInt(null, address + offset, mask);
    }

    /**
     * Full-fence atomic or.
     *
     * @param offset in bytes; aligned to 8
     * @param bits to or with
     * @return the value before
     */
    public long getAndBitwiseOrLong(final long offset, final long bits) {
        check(offset, Long.BYTES);
        return UnsafeApi.getAndBitwiseOrLong(null, address + offset, bits);
    }

    /**
     * Full-fence atomic addition.
     *
     * @param offset in bytes; aligned to 4
     * @param delta to add
     * @return the value before
     */
    public int getAndAddInt(final long offset, final int delta) {
        check(offset, Integer.BYTES);
        return UnsafeApi.getAndAddInt(null, address + offset, delta);
    }

    /**
     * Adds to a word that this thread alone writes; readers see it sooner or later, and never torn.
     *
     * @param offset in bytes; aligned to 8
     * @param delta to add
     */
    public void addOwned(final long offset, final long delta) {
        check(offset, Long.BYTES);
        final long word = address + offset;
        UnsafeApi.putLongOpaque(null, word, UnsafeApi.getLong(word) + delta);
    }

    /**
     * Copies bytes of another region, or of another part of this one, with no ordering.
     *
     * @param offset in bytes
     * @param source to copy from
     * @param sourceOffset in bytes
     * @param count of bytes
     */
    public void copyFrom(final long offset, final SharedMemory source, final long sourceOffset, final int count) {
        check(offset, count);
        source.check(sourceOffset, count);
        UnsafeApi.copyMemory(source.address + sourceOffset, address + offset, count);
    }

    /**
     * Fills with zero.
     *
     * @param offset in bytes
     * @param count of bytes
     */
    public void clear(final long offset, final long count) {
        if (offset < 0 || count < 0 || offset > length - count) {
            throw new IndexOutOfBoundsException("offset " + offset + " count " + count + " length " + length);
        }
        UnsafeApi.setMemory(address + offset, count, (byte) 0);
    }

    private void check(final long offset, final int width) {
        if (BOUNDS_CHECKS && (offset < 0 || offset > length - width)) {
            throw new IndexOutOfBoundsException("offset " + offset + " width " + width + " length " + length);
        }
    }
}

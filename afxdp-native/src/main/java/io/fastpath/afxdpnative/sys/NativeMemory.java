package io.fastpath.afxdpnative.sys;

import java.nio.charset.StandardCharsets;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A zeroed block of memory outside the Java heap, whose address can be given to a call: structs, option values, C
 * strings.
 *
 * <p>Owned by one thread. {@link #close()} frees it, and the block must not be used afterwards; closing twice is
 * harmless. Multi-byte fields in {@link #buffer()} are in native order unless the caller says otherwise.
 */
public final class NativeMemory implements AutoCloseable {
    private final UnsafeBuffer buffer;
    private final int length;
    private long address;

    private NativeMemory(final int length) {
        this.length = length;
        address = UnsafeApi.allocateMemory(Math.max(length, 1));
        UnsafeApi.setMemory(address, length, (byte) 0);
        buffer = new UnsafeBuffer(address, length);
    }

    /**
     * Allocate zeroed memory, aligned for any C type.
     *
     * @param length in bytes.
     * @return the block; the caller closes it.
     */
    public static NativeMemory allocate(final int length) {
        return new NativeMemory(length);
    }

    /**
     * Copy a string to a NUL-terminated C string in UTF-8.
     *
     * @param text to copy; must not hold a NUL.
     * @return the block, one byte longer than the encoded text; the caller closes it.
     */
    public static NativeMemory ofCString(final String text) {
        final byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        final NativeMemory memory = new NativeMemory(bytes.length + 1);
        memory.buffer.putBytes(0, bytes);
        return memory;
    }

    /**
     * Copy bytes out of the heap.
     *
     * @param bytes to copy.
     * @return the block; the caller closes it.
     */
    public static NativeMemory ofBytes(final byte[] bytes) {
        final NativeMemory memory = new NativeMemory(bytes.length);
        memory.buffer.putBytes(0, bytes);
        return memory;
    }

    /**
     * Read a NUL-terminated UTF-8 string that C code owns.
     *
     * @param address of its first byte; 0 (NULL) reads as the empty string.
     * @param lengthLimit bytes to read at most, so that a missing NUL can't run away.
     * @return the text before the NUL.
     */
    public static String cString(final long address, final int lengthLimit) {
        if (address == 0) {
            return "";
        }
        int end = 0;
        while (end < lengthLimit && UnsafeApi.getByte(address + end) != 0) {
            end++;
        }
        final byte[] bytes = new byte[end];
        new UnsafeBuffer(address, end).getBytes(0, bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** {@return the address of the first byte, for the call} */
    public long address() {
        return address;
    }

    /** {@return the length in bytes} */
    public int length() {
        return length;
    }

    /** {@return the view of the whole block; invalid after {@link #close()}} */
    public UnsafeBuffer buffer() {
        return buffer;
    }

    /**
     * {@return the NUL-terminated text at an offset inside the block}
     *
     * @param offset in bytes from the block's start.
     */
    public String stringAt(final int offset) {
        return cString(address + offset, length - offset);
    }

    @Override
    public void close() {
        if (address != 0) {
            buffer.wrap(0, 0);
            UnsafeApi.freeMemory(address);
            address = 0;
        }
    }
}

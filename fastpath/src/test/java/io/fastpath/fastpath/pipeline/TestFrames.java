package io.fastpath.fastpath.pipeline;

import org.agrona.BitUtil;
import org.agrona.BufferUtil;
import org.agrona.concurrent.UnsafeBuffer;

/** Packet memory for tests. */
public final class TestFrames {
    private TestFrames() {}

    /** Memory outside the heap; it lives as long as the buffer is reachable. */
    public static UnsafeBuffer allocate(final int length) {
        return new UnsafeBuffer(BufferUtil.allocateDirectAligned(length, BitUtil.CACHE_LINE_LENGTH), 0, length);
    }
}

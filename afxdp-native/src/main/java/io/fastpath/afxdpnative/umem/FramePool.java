package io.fastpath.afxdpnative.umem;

import static org.agrona.DirectBuffer.SHOULD_BOUNDS_CHECK;

import java.util.Arrays;

/**
 * The free frames of one owner: a stack of frame offsets, so that the frame used last, still warm in the cache, is used
 * next.
 *
 * <p>Owned by one thread; allocates nothing after construction. Several owners of one {@link Umem} have a pool each, over
 * ranges of frames that don't overlap. A double release and a foreign offset are found at once, unless bounds checks are
 * switched off ({@code agrona.disable.bounds.checks}).
 */
public final class FramePool {
    /** What {@link #acquire()} answers when no frame is free. */
    public static final long NO_FRAME = -1L;

    private final int frameLength;
    private final long firstOffset;
    private final long endOffset;
    private final long[] freeOffsets;
    private final boolean[] isFree;
    private int freeCount;

    /**
     * Start with all frames of a range free.
     *
     * @param layout of the UMEM.
     * @param firstFrameIndex of the range.
     * @param frameCount of the range.
     * @throws IllegalArgumentException if the range isn't inside the UMEM.
     */
    public FramePool(final UmemLayout layout, final int firstFrameIndex, final int frameCount) {
        if (firstFrameIndex < 0 || frameCount < 1 || firstFrameIndex > layout.frameCount() - frameCount) {
            throw new IllegalArgumentException("frames " + firstFrameIndex + " to "
                    + ((long) firstFrameIndex + frameCount) + " of " + layout.frameCount());
        }
        frameLength = layout.frameLength();
        firstOffset = (long) firstFrameIndex * frameLength;
        endOffset = firstOffset + (long) frameCount * frameLength;
        freeOffsets = new long[frameCount];
        isFree = new boolean[SHOULD_BOUNDS_CHECK ? frameCount : 0];
        Arrays.fill(isFree, true);
        for (long offset = endOffset - frameLength; offset >= firstOffset; offset -= frameLength) {
            freeOffsets[freeCount++] = offset;
        }
    }

    /** {@return the offset of a frame that is now the caller's, in bytes from the UMEM's start, or {@link #NO_FRAME}} */
    public long acquire() {
        if (freeCount == 0) {
            return NO_FRAME;
        }
        final long offset = freeOffsets[--freeCount];
        if (SHOULD_BOUNDS_CHECK) {
            isFree[frameIndex(offset)] = false;
        }
        return offset;
    }

    /**
     * Give a frame back.
     *
     * @param offset of any byte in the frame, for example a packet's start, in bytes from the UMEM's start.
     * @throws IllegalStateException if the frame is free already, or not of this pool.
     */
    public void release(final long offset) {
        final long frameOffset = offset & -frameLength;
        if (SHOULD_BOUNDS_CHECK) {
            checkHeld(frameOffset);
            isFree[frameIndex(frameOffset)] = true;
        }
        freeOffsets[freeCount++] = frameOffset;
    }

    /**
     * {@return whether a frame is one of this pool's, free or not}
     *
     * @param offset of any byte in the frame.
     */
    public boolean owns(final long offset) {
        return offset >= firstOffset && offset < endOffset;
    }

    /** {@return how many frames are free} */
    public int freeCount() {
        return freeCount;
    }

    /** {@return how many frames the pool has, free or not} */
    public int frameCount() {
        return freeOffsets.length;
    }

    private int frameIndex(final long frameOffset) {
        return (int) ((frameOffset - firstOffset) / frameLength);
    }

    private void checkHeld(final long frameOffset) {
        if (!owns(frameOffset)) {
            throw new IllegalStateException(
                    "frame at " + frameOffset + " is not of the pool from " + firstOffset + " to " + endOffset);
        }
        if (isFree[frameIndex(frameOffset)]) {
            throw new IllegalStateException("frame at " + frameOffset + " is released twice");
        }
    }
}

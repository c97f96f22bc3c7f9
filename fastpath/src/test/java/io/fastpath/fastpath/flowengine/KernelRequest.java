package io.fastpath.fastpath.flowengine;

import io.fastpath.conntrack.FlowHandle;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * One operation for the test program {@code flow_operations}, and how its answer reads in Java's terms. C twin:
 * {@code struct lab_request}.
 *
 * @param operation {@code enum lab_operation}
 * @param tuple for FIND and OPEN, else null
 * @param handle Java's, for TRACK, STILL_VALID and NEXT_HOP
 * @param nowTicks the time
 * @param backendIndex for OPEN; half of it is the service
 * @param forwardingCode for OPEN
 * @param argument TCP flags, next hop, or slot
 */
record KernelRequest(
        int operation, FlowTuple tuple, long handle, int nowTicks, int backendIndex, int forwardingCode, int argument) {
    static final int LENGTH = 80;
    static final int ANSWER_OFFSET = 48;

    private static final int FIND = 0;
    private static final int OPEN = 1;
    private static final int TRACK = 2;
    private static final int STILL_VALID = 3;
    private static final int NEXT_HOP = 4;
    private static final int VISIT = 5;
    private static final int TCP_NEXT = 6;

    private static final int CONTROL_SHIFT = 30; // of Java's handle
    private static final long EXISTING = 1L << 62;
    private static final int KERNEL_EXISTING = 1 << 31;

    static KernelRequest find(final FlowTuple tuple) {
        return new KernelRequest(FIND, tuple, 0, 0, 0, 0, 0);
    }

    static KernelRequest open(
            final FlowTuple tuple, final int backendIndex, final int forwardingCode, final int nowTicks) {
        return new KernelRequest(OPEN, tuple, 0, nowTicks, backendIndex, forwardingCode, 0);
    }

    static KernelRequest track(final long handle, final int tcpFlags, final int nowTicks) {
        return new KernelRequest(TRACK, null, handle, nowTicks, 0, 0, tcpFlags);
    }

    static KernelRequest stillValid(final long handle) {
        return new KernelRequest(STILL_VALID, null, handle, 0, 0, 0, 0);
    }

    static KernelRequest nextHop(final long handle, final int nextHopIndex) {
        return new KernelRequest(NEXT_HOP, null, handle, 0, 0, 0, nextHopIndex);
    }

    static KernelRequest visit(final int slotIndex, final int nowTicks) {
        return new KernelRequest(VISIT, null, 0, nowTicks, 0, 0, slotIndex);
    }

    static KernelRequest tcpNext(final int state, final int flags, final boolean isReverse, final boolean isCloser) {
        final int argument = flags | state << 8 | (isReverse ? 1 << 16 : 0) | (isCloser ? 1 << 17 : 0);
        return new KernelRequest(TCP_NEXT, null, 0, 0, 0, 0, argument);
    }

    static KernelRequest tcpNextDirect(final int state, final int flags, final boolean isReverse) {
        final int argument = flags | state << 8 | (isReverse ? 1 << 16 : 0) | 1 << 18;
        return new KernelRequest(TCP_NEXT, null, 0, 0, 0, 0, argument);
    }

    void store(final UnsafeBuffer buffer, final int offset) {
        if (tuple != null) {
            buffer.putLong(offset, tuple.source().word0());
            buffer.putLong(offset + 8, tuple.source().word1());
            buffer.putLong(offset + 16, tuple.destination().word0());
            buffer.putLong(offset + 24, tuple.destination().word1());
            buffer.putInt(offset + 32, tuple.ports());
            buffer.putInt(offset + 36, tuple.protocol());
        }
        final int existing = FlowHandle.isExisting(handle) ? KERNEL_EXISTING : 0;
        buffer.putInt(offset + 40, FlowHandle.slotIndex(handle) | existing);
        buffer.putInt(offset + 44, FlowHandle.control(handle));
        buffer.putInt(offset + 56, operation);
        buffer.putInt(offset + 60, nowTicks);
        buffer.putInt(offset + 64, backendIndex / 2);
        buffer.putInt(offset + 68, backendIndex);
        buffer.putInt(offset + 72, forwardingCode);
        buffer.putInt(offset + 76, argument);
    }

    /** The answer of FIND and OPEN as Java gives it. */
    static long javaHandle(final long answer) {
        final int control = (int) (answer >>> 32);
        final int low = (int) answer;
        if (control == 0) {
            return -1L - low; // NOT_FOUND, FULL, PORTS_EXHAUSTED, BUSY
        }
        final long handle = (control & 0xffff_ffffL) << CONTROL_SHIFT | (low & ~KERNEL_EXISTING);
        return (low & KERNEL_EXISTING) != 0 ? handle | EXISTING : handle;
    }
}

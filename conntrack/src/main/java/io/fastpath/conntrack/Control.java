package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;

/** The control word taken apart and put together: state, kind, version. Pure functions; any thread. */
final class Control {
    private static final int KIND_BITS = FlowDescriptor.KIND_MASK << FlowDescriptor.KIND_SHIFT;
    private static final int VERSION_UNIT = 1 << FlowDescriptor.VERSION_SHIFT;

    private Control() {}

    /** State code. */
    static int state(final int control) {
        return control & FlowDescriptor.STATE_MASK;
    }

    /** Whether the slot holds a connection. */
    static boolean isLive(final int control) {
        return FlowState.isLive(control & FlowDescriptor.STATE_MASK);
    }

    /** Whether the slot is the direction from the backend. */
    static boolean isReverse(final int control) {
        return (control & FlowDescriptor.KIND_REVERSE << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Whether the backend answers the client itself. */
    static boolean isDirect(final int control) {
        return (control & FlowDescriptor.KIND_DIRECT_MASK << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Whether a SYN cookie opened the connection. */
    static boolean isProxied(final int control) {
        return (control & FlowDescriptor.KIND_PROXIED << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Whether its sequence numbers are noted. */
    static boolean isChecked(final int control) {
        return (control & FlowDescriptor.KIND_CHECKED << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Whether what is out of its windows is dropped. */
    static boolean isStrict(final int control) {
        return (control & FlowDescriptor.KIND_STRICT << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Whether it is counted among its service's and its client's. */
    static boolean isCounted(final int control) {
        return (control & FlowDescriptor.KIND_COUNTED << FlowDescriptor.KIND_SHIFT) != 0;
    }

    /** Forwarding mode's code. */
    static int forwardingCode(final int control) {
        return (control >>> FlowDescriptor.KIND_SHIFT & FlowDescriptor.KIND_MODE_MASK)
                >>> FlowDescriptor.KIND_MODE_SHIFT;
    }

    /** The same slot in another state. */
    static int withState(final int control, final int state) {
        return control & ~FlowDescriptor.STATE_MASK | state;
    }

    /** The word of a slot that is given back: the version stays, so that the next claim makes it a new one. */
    static int freed(final int control) {
        return control & ~(FlowDescriptor.STATE_MASK | KIND_BITS);
    }

    /** The word of a free slot that is claimed: the next version. */
    static int claimed(final int freeControl, final int kind) {
        return freed(freeControl) + VERSION_UNIT | kind << FlowDescriptor.KIND_SHIFT | FlowState.CLAIMED;
    }

    /** The kind byte of a direction. */
    static int kind(final boolean isReverse, final int forwardingCode) {
        return (isReverse ? FlowDescriptor.KIND_REVERSE : 0) | forwardingCode << FlowDescriptor.KIND_MODE_SHIFT;
    }

    /** Whether two words are of one tenant. */
    static boolean isSameTenant(final int control, final int otherControl) {
        return (control ^ otherControl) >>> FlowDescriptor.VERSION_SHIFT == 0;
    }
}

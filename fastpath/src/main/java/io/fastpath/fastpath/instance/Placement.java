package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.config.EngineMode;
import io.fastpath.fastpath.tables.ControlRecord;
import io.fastpath.kernelbpf.layout.ControlDescriptor;

/**
 * Which engine does the work, as was asked for and as is in force. A change takes effect with the next packet, and no
 * connection notices: both engines work on the same tables. Any thread.
 */
final class Placement {
    private final ControlRecord control;
    private final boolean isZeroCopy;
    private final boolean isKernelAble;
    private volatile EngineMode asked;
    private volatile boolean isChanged;
    private volatile boolean isShared;

    /**
     * A placement, not in force yet.
     *
     * @param control the record that XDP reads
     * @param asked by the configuration
     * @param isZeroCopy whether all sockets are in zero-copy mode
     * @param isKernelAble whether the kernel engine can send by all interfaces
     */
    Placement(
            final ControlRecord control, final EngineMode asked, final boolean isZeroCopy, final boolean isKernelAble) {
        this.control = control;
        this.asked = asked;
        this.isZeroCopy = isZeroCopy;
        this.isKernelAble = isKernelAble;
    }

    /**
     * Puts a mode in force.
     *
     * @param mode to be from now on
     */
    synchronized void change(final EngineMode mode) {
        asked = mode;
        isShared = false;
        isChanged = true;
        enforce();
    }

    /** Whether the mode in force follows the load: automatic, and both engines can do the work. */
    boolean isBalanced() {
        return asked == EngineMode.AUTO && !isZeroCopy && isKernelAble;
    }

    /**
     * Lets workers have a share of known connections, or not, while the mode follows the load.
     *
     * @param isWanted whether they should
     */
    synchronized void share(final boolean isWanted) {
        if (isBalanced() && isWanted != isShared) {
            isShared = isWanted;
            enforce();
        }
    }

    /** Puts the mode in force that was asked for. */
    synchronized void enforce() {
        control.engine(
                switch (effective()) {
                    case HYBRID -> ControlDescriptor.ENGINE_HYBRID;
                    case KERNEL -> ControlDescriptor.ENGINE_KERNEL;
                    default -> ControlDescriptor.ENGINE_USERSPACE;
                });
    }

    /** Gives all packets to the kernel engine, whatever was asked for: the workers are about to end. */
    void handOver() {
        control.engine(ControlDescriptor.ENGINE_KERNEL);
    }

    /** What was asked for. */
    EngineMode asked() {
        return asked;
    }

    /** What AUTO comes to on this machine; any other mode is itself. */
    EngineMode effective() {
        if (asked != EngineMode.AUTO) {
            return asked;
        }
        return isBalanced() && !isShared ? EngineMode.HYBRID : EngineMode.USERSPACE;
    }

    /** Why the mode in force is what it is. */
    String reason() {
        if (asked != EngineMode.AUTO) {
            return isChanged ? "as asked for while it runs" : "as configured";
        }
        if (!isKernelAble) {
            return "the kernel engine can't send by every interface";
        }
        if (isShared) {
            return "a receiving CPU is saturated: workers share the load";
        }
        return isZeroCopy
                ? "zero-copy sockets: a worker forwards without a copy"
                : "sockets copy each frame twice: known connections stay in the kernel";
    }
}

package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.lang.invoke.VarHandle;

/**
 * The words of the flow table, and the order they are read and written in: the only place that knows. Any thread.
 *
 * <p>Not final, so that a test can stop a thread before each of its accesses; the JVM compiles a class without loaded
 * subclasses as if it were.
 */
class SlotMemory {
    private final SharedMemory memory;
    private final int slotCount;

    /**
     * A view of a table.
     *
     * @param memory a whole number of slots
     */
    SlotMemory(final SharedMemory memory) {
        this.memory = memory;
        this.slotCount = (int) (memory.length() / FlowDescriptor.LENGTH);
    }

    /** Slots of the table. */
    final int slotCount() {
        return slotCount;
    }

    /** Control word; acquire, so that the claimant's stores are visible if the word says live. */
    int control(final int slotIndex) {
        return memory.getIntAcquire(offset(slotIndex, FlowDescriptor.CONTROL_OFFSET));
    }

    /** Neighbourhood word; acquire, so that an entry is visible if its bit is. */
    int hop(final int homeIndex) {
        return memory.getIntAcquire(offset(homeIndex, FlowDescriptor.HOP_OFFSET));
    }

    /**
     * The reader's second look at a slot whose fields it has read: whether they belong together.
     *
     * @param control as it was read before the fields
     * @return true if the slot is live and was not claimed again since
     */
    boolean stillValid(final int slotIndex, final int control) {
        VarHandle.acquireFence();
        final int current = memory.getInt(offset(slotIndex, FlowDescriptor.CONTROL_OFFSET));
        return (current ^ control) >>> FlowDescriptor.VERSION_SHIFT == 0
                && FlowState.isLive(current & FlowDescriptor.STATE_MASK);
    }

    /** The same after a store: whether it went to the tenant it was meant for. */
    final boolean stillValidAfterStore(final int slotIndex, final int control) {
        VarHandle.fullFence();
        return stillValid(slotIndex, control);
    }

    /** The forward slot of a connection found by either direction. */
    final int forwardIndex(final long handle) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        return FlowHandle.isReverse(handle) ? getInt(slotIndex, FlowDescriptor.PEER_INDEX_OFFSET) : slotIndex;
    }

    /**
     * Whether a control word that was just read is that of a handle's live forward slot: the handle's slot is valid
     * after the reading, hence its partner was not free then, and points back at it, hence it is no orphan.
     */
    final boolean isForwardOf(final int forwardIndex, final int forward, final long handle) {
        final int slotIndex = FlowHandle.slotIndex(handle);
        return Control.isLive(forward)
                && (slotIndex == forwardIndex || getInt(forwardIndex, FlowDescriptor.PEER_INDEX_OFFSET) == slotIndex)
                && stillValid(slotIndex, FlowHandle.control(handle));
    }

    /** Plain load. */
    long getLong(final int slotIndex, final int fieldOffset) {
        return memory.getLong(offset(slotIndex, fieldOffset));
    }

    /** Plain load. */
    int getInt(final int slotIndex, final int fieldOffset) {
        return memory.getInt(offset(slotIndex, fieldOffset));
    }

    /** Plain load, unsigned. */
    int getUnsignedShort(final int slotIndex, final int fieldOffset) {
        return memory.getShort(offset(slotIndex, fieldOffset)) & 0xffff;
    }

    /** Plain load, unsigned. */
    int getUnsignedByte(final int slotIndex, final int fieldOffset) {
        return memory.getByte(offset(slotIndex, fieldOffset)) & 0xff;
    }

    /** Full-fence compare-and-swap of the control word. */
    boolean casControl(final int slotIndex, final int expected, final int update) {
        return memory.compareAndSetInt(offset(slotIndex, FlowDescriptor.CONTROL_OFFSET), expected, update);
    }

    /** Full-fence compare-and-swap of the neighbourhood word. */
    boolean casHop(final int homeIndex, final int expected, final int update) {
        return memory.compareAndSetInt(offset(homeIndex, FlowDescriptor.HOP_OFFSET), expected, update);
    }

    /** Plain store. */
    void putLong(final int slotIndex, final int fieldOffset, final long value) {
        memory.putLong(offset(slotIndex, fieldOffset), value);
    }

    /** Plain store. */
    void putInt(final int slotIndex, final int fieldOffset, final int value) {
        memory.putInt(offset(slotIndex, fieldOffset), value);
    }

    /** Plain store of the low 16 bits. */
    void putShort(final int slotIndex, final int fieldOffset, final int value) {
        memory.putShort(offset(slotIndex, fieldOffset), (short) value);
    }

    /** Plain store of the low 8 bits. */
    void putByte(final int slotIndex, final int fieldOffset, final int value) {
        memory.putByte(offset(slotIndex, fieldOffset), (byte) value);
    }

    private static long offset(final int slotIndex, final int fieldOffset) {
        return FlowDescriptor.slotOffset(slotIndex) + fieldOffset;
    }
}

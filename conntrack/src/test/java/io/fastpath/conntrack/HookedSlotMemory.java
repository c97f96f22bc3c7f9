package io.fastpath.conntrack;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;

/** A table's memory that calls a test before each access to a shared word. */
final class HookedSlotMemory extends SlotMemory {
    private static final Runnable NOTHING = () -> {};

    private Runnable beforeLoad = NOTHING;
    private Runnable beforeStore = NOTHING;
    private int fillStores;

    HookedSlotMemory(final SharedMemory memory) {
        super(memory);
    }

    void hooks(final Runnable loadHook, final Runnable storeHook) {
        beforeLoad = loadHook;
        beforeStore = storeHook;
    }

    /** How many stores of fields that a slot's tenant keeps were made. */
    int fillStores() {
        return fillStores;
    }

    private void store(final int fieldOffset) {
        beforeStore.run();
        if (fieldOffset >= FlowDescriptor.PEER_INDEX_OFFSET) {
            fillStores++;
        }
    }

    void noHooks() {
        hooks(NOTHING, NOTHING);
    }

    @Override
    int control(final int slotIndex) {
        beforeLoad.run();
        return super.control(slotIndex);
    }

    @Override
    int hop(final int homeIndex) {
        beforeLoad.run();
        return super.hop(homeIndex);
    }

    @Override
    boolean stillValid(final int slotIndex, final int control) {
        beforeLoad.run();
        return super.stillValid(slotIndex, control);
    }

    @Override
    long getLong(final int slotIndex, final int fieldOffset) {
        beforeLoad.run();
        return super.getLong(slotIndex, fieldOffset);
    }

    @Override
    int getInt(final int slotIndex, final int fieldOffset) {
        beforeLoad.run();
        return super.getInt(slotIndex, fieldOffset);
    }

    @Override
    int getUnsignedShort(final int slotIndex, final int fieldOffset) {
        beforeLoad.run();
        return super.getUnsignedShort(slotIndex, fieldOffset);
    }

    @Override
    int getUnsignedByte(final int slotIndex, final int fieldOffset) {
        beforeLoad.run();
        return super.getUnsignedByte(slotIndex, fieldOffset);
    }

    @Override
    boolean casControl(final int slotIndex, final int expected, final int update) {
        beforeStore.run();
        return super.casControl(slotIndex, expected, update);
    }

    @Override
    boolean casHop(final int homeIndex, final int expected, final int update) {
        beforeStore.run();
        return super.casHop(homeIndex, expected, update);
    }

    @Override
    void putLong(final int slotIndex, final int fieldOffset, final long value) {
        store(fieldOffset);
        super.putLong(slotIndex, fieldOffset, value);
    }

    @Override
    void putInt(final int slotIndex, final int fieldOffset, final int value) {
        store(fieldOffset);
        super.putInt(slotIndex, fieldOffset, value);
    }

    @Override
    void putShort(final int slotIndex, final int fieldOffset, final int value) {
        store(fieldOffset);
        super.putShort(slotIndex, fieldOffset, value);
    }

    @Override
    void putByte(final int slotIndex, final int fieldOffset, final int value) {
        store(fieldOffset);
        super.putByte(slotIndex, fieldOffset, value);
    }
}

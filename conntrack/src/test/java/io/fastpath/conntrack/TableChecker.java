package io.fastpath.conntrack;

import static org.assertj.core.api.Assertions.fail;

import io.fastpath.kernelbpf.hash.TupleHash;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.Arrays;

/** Proves a table that nobody writes to, slot by slot, with the layout constants and the hash alone. */
final class TableChecker {
    private final SharedMemory flows;
    private final SharedMemory config;
    private final SharedMemory backends;
    private final TupleHash hash;
    private final int slotCount;

    TableChecker(final TestWorld world) {
        flows = world.flows;
        config = world.config;
        backends = world.backends;
        hash = TupleHash.of(config, ConfigDescriptor.HASH_KEY_OFFSET);
        slotCount = (int) (flows.length() / FlowDescriptor.LENGTH);
    }

    /** A tuple as a packet has it. */
    record Tuple(long source0, long source1, long destination0, long destination1, int ports, int protocol) {}

    /**
     * Every slot is free or half of a live pair, found through its home and only there; no tuple twice.
     *
     * @return how many connections there are
     */
    int check(final String context) {
        int entries = 0;
        int bits = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            bits += Integer.bitCount(hop(slot) & FlowDescriptor.HOP_MASK);
            final int state = state(slot);
            if (state != FlowState.FREE) {
                require(FlowState.isLive(state), context, slot, "state", state);
                checkPair(slot, context);
                checkVisible(slot, context);
                entries++;
            }
        }
        require(bits == entries, context, -1, "bits, entries", bits, entries);
        return entries / 2;
    }

    /** Nothing is left: no entry and no bit. */
    void checkEmpty(final String context) {
        require(check(context) == 0, context, -1, "connections are left");
    }

    /** How many slots are in a state. */
    int count(final int state) {
        int count = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            count += state(slot) == state ? 1 : 0;
        }
        return count;
    }

    Tuple tuple(final int slot) {
        final long base = FlowDescriptor.slotOffset(slot);
        final int protocol = flows.getByte(base + FlowDescriptor.PROTOCOL_OFFSET) & 0xff;
        if (!isReverse(slot)) {
            return new Tuple(
                    flows.getLong(base + 16),
                    flows.getLong(base + 24),
                    flows.getLong(base + 32),
                    flows.getLong(base + 40),
                    flows.getInt(base + 48),
                    protocol);
        }
        final long backend = BackendDescriptor.recordOffset(flows.getShort(base + 56) & 0xffff);
        final int snat = flows.getShort(base + 54) & 0xffff;
        final boolean isTranslated = snat != FlowDescriptor.NO_SNAT;
        final long snatOffset = ConfigDescriptor.SNAT_OFFSET + snat * 16L;
        return new Tuple(
                backends.getLong(backend + 16),
                backends.getLong(backend + 24),
                isTranslated ? config.getLong(snatOffset) : flows.getLong(base + 16),
                isTranslated ? config.getLong(snatOffset + 8) : flows.getLong(base + 24),
                backends.getShort(backend + 12) & 0xffff | flows.getShort(base + (isTranslated ? 52 : 48)) << 16,
                protocol);
    }

    int home(final Tuple tuple) {
        return TupleHash.slot(
                hash.hash(
                        tuple.source0,
                        tuple.source1,
                        tuple.destination0,
                        tuple.destination1,
                        tuple.ports,
                        tuple.protocol),
                slotCount);
    }

    private void checkPair(final int slot, final String context) {
        final int peer = flows.getInt(FlowDescriptor.slotOffset(slot) + FlowDescriptor.PEER_INDEX_OFFSET);
        final long base = FlowDescriptor.slotOffset(slot);
        final long peerBase = FlowDescriptor.slotOffset(peer);
        require(flows.getInt(peerBase + FlowDescriptor.PEER_INDEX_OFFSET) == slot, context, slot, "half a pair");
        require(isReverse(slot) != isReverse(peer), context, slot, "both of a pair have one direction");
        require(state(slot) == state(peer), context, slot, "states", state(slot), state(peer));
        for (int offset = 16; offset < 56; offset += 8) {
            require(flows.getLong(base + offset) == flows.getLong(peerBase + offset), context, slot, "endpoints");
        }
        for (final int offset : new int[] {56, 60}) {
            require(flows.getShort(base + offset) == flows.getShort(peerBase + offset), context, slot, "indices");
        }
    }

    private void checkVisible(final int slot, final String context) {
        final Tuple tuple = tuple(slot);
        final int home = home(tuple);
        boolean isVisible = false;
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            if ((hop(home) & 1 << i) != 0) {
                final int position = (home + i * (i + 1) / 2) % slotCount;
                isVisible |= position == slot;
                require(position == slot || !tuple.equals(tuple(position)), context, slot, "twin of", position);
            }
        }
        require(isVisible, context, slot, "invisible from home", home);
    }

    private int state(final int slot) {
        return flows.getInt(FlowDescriptor.slotOffset(slot)) & 0xff;
    }

    private boolean isReverse(final int slot) {
        return (flows.getInt(FlowDescriptor.slotOffset(slot)) & 0x100) != 0;
    }

    private int hop(final int slot) {
        return flows.getInt(FlowDescriptor.slotOffset(slot) + FlowDescriptor.HOP_OFFSET);
    }

    private static void require(final boolean holds, final String context, final int slot, final Object... what) {
        if (!holds) {
            fail(context + ": slot " + slot + ": " + Arrays.toString(what));
        }
    }
}

package io.fastpath.fastpath.flowengine;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.lb.Address;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What must not be in a table, looked for slot by slot while nobody writes to it. */
final class TableAudit {
    private final SharedTables tables;
    private final FlowTable flows;
    private final FlowFields fields;

    TableAudit(final SharedTables tables, final FlowTable flows) {
        this.tables = tables;
        this.flows = flows;
        this.fields = flows.fields();
    }

    /** {@return how many live entries stand in the table, both directions counted} */
    int liveCount() {
        int count = 0;
        for (int slot = 0; slot < flows.slotCount(); slot++) {
            count += FlowState.isLive(state(slot)) ? 1 : 0;
        }
        return count;
    }

    /** {@return tuples that more than one visible entry answers to: a connection entered twice, or a port given twice} */
    List<String> duplicates() {
        final Map<FlowTuple, Integer> seen = new HashMap<>();
        final List<String> found = new ArrayList<>();
        for (int slot = 0; slot < flows.slotCount(); slot++) {
            if (FlowState.isLive(state(slot)) && isVisible(slot)) {
                final Integer other = seen.put(tuple(slot), slot);
                if (other != null) {
                    found.add("slots " + other + " and " + slot + ": " + tuple(slot));
                }
            }
        }
        return found;
    }

    /** {@return slots that are neither free nor one half of a whole connection, and bits that lead nowhere} */
    List<String> fragments() {
        final List<String> found = new ArrayList<>();
        int bits = 0;
        for (int slot = 0; slot < flows.slotCount(); slot++) {
            bits += Integer.bitCount(flows.hop(slot) & FlowDescriptor.HOP_MASK);
            if (state(slot) != FlowState.FREE) {
                checkPair(slot, found);
            }
        }
        if (bits != liveCount()) {
            found.add(bits + " bits for " + liveCount() + " entries");
        }
        return found;
    }

    private void checkPair(final int slot, final List<String> found) {
        final int peer = fields.peerIndex(slot);
        final String what = "slot " + slot + " in state " + FlowState.label(state(slot));
        if (!FlowState.isLive(state(slot))) {
            found.add(what + ": stuck");
        } else if (!isVisible(slot)) {
            found.add(what + ": invisible");
        } else if (!FlowState.isLive(state(peer)) || fields.peerIndex(peer) != slot) {
            found.add(what + ": its peer " + peer + " is not");
        } else if (isReverse(slot) == isReverse(peer)
                || state(slot) != state(peer)
                || !request(slot).equals(request(peer))) {
            found.add(what + ": its peer " + peer + " says otherwise");
        }
    }

    private boolean isVisible(final int slot) {
        final int home = tuple(slot).home(flows);
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            if ((home + i * (i + 1) / 2) % flows.slotCount() == slot) {
                return (flows.hop(home) & 1 << i) != 0;
            }
        }
        return false;
    }

    private FlowTuple tuple(final int slot) {
        return isReverse(slot) ? FlowEngineRig.replyTuple(tables, fields, slot) : request(slot);
    }

    private FlowTuple request(final int slot) {
        return new FlowTuple(
                Address.ofWords(fields.client0(slot), fields.client1(slot)),
                Address.ofWords(fields.vip0(slot), fields.vip1(slot)),
                fields.clientPortBe(slot) | fields.vipPortBe(slot) << Short.SIZE,
                fields.protocol(slot));
    }

    private int state(final int slot) {
        return fields.control(slot) & FlowDescriptor.STATE_MASK;
    }

    private boolean isReverse(final int slot) {
        return (fields.control(slot) & FlowDescriptor.KIND_REVERSE << FlowDescriptor.KIND_SHIFT) != 0;
    }
}

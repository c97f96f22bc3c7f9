package io.fastpath.fastpath.flowengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowSweeper;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.conntrack.TrackVerdict;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.fastpath.tables.SnatRange;
import io.fastpath.kernelbpf.layout.BackendStatsDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Java's flow table and the kernel's, equal to begin with: each operation is done on both, has to give the same result,
 * and has to leave the same bytes and the same counters.
 */
final class PairedTables implements AutoCloseable {
    private static final List<Counter> COUNTERS = List.of(
            Counter.FLOW_OPENED,
            Counter.FLOW_CLOSED,
            Counter.FLOW_REOPENED,
            Counter.FLOW_EVICTED_EMBRYONIC,
            Counter.FLOW_LOST_RACE,
            Counter.FLOW_RECLAIMED,
            Counter.FLOW_RECYCLED);
    private static final int GONE = -1;

    final FlowTable flows;
    final int slotCount;
    private final FlowEngineRig rig;
    private final SharedTables twin;
    private final SharedMemory javaSlots;
    private final SharedMemory kernelSlots;

    PairedTables(
            final int slotCount,
            final int backendCount,
            final SnatRange sources,
            final FlowTimeouts timeouts,
            final long seed) {
        this.slotCount = slotCount;
        rig = new FlowEngineRig(slotCount, backendCount, sources, seed);
        rig.timeouts(timeouts);
        twin = rig.twin();
        flows = FlowEngineRig.javaView(twin, timeouts, 0);
        javaSlots = twin.region(MapNames.FLOWS);
        kernelSlots = rig.region(MapNames.FLOWS);
    }

    /** {@return the handle, as Java gives it} */
    long find(final FlowTuple tuple) {
        final long expected = tuple.find(flows);
        assertThat(KernelRequest.javaHandle(rig.ask(KernelRequest.find(tuple)))).isEqualTo(expected);
        return expected;
    }

    /** {@return the handle or failure, as Java gives it} */
    long open(final FlowTuple tuple, final int backendIndex, final int forwardingCode, final int nowTicks) {
        final long expected = tuple.open(flows, backendIndex, forwardingCode, nowTicks);
        final long answer = rig.ask(KernelRequest.open(tuple, backendIndex, forwardingCode, nowTicks));
        assertThat(KernelRequest.javaHandle(answer)).isEqualTo(expected);
        return expected;
    }

    /** {@return a code of {@code TrackVerdict}} */
    int track(final long handle, final int tcpFlags, final int nowTicks) {
        final int expected = flows.track(handle, tcpFlags, nowTicks);
        final int answer = (int) rig.ask(KernelRequest.track(handle, tcpFlags, nowTicks));
        assertThat(answer).isEqualTo(kernelVerdict(expected));
        return expected;
    }

    boolean stillValid(final long handle) {
        final boolean expected = flows.stillValid(handle);
        assertThat(rig.ask(KernelRequest.stillValid(handle))).isEqualTo(expected ? 1 : 0);
        return expected;
    }

    void nextHop(final long handle, final int nextHopIndex) {
        flows.nextHopIndex(handle, nextHopIndex);
        assertThat(rig.ask(KernelRequest.nextHop(handle, nextHopIndex))).isEqualTo(flows.stillValid(handle) ? 1 : 0);
    }

    /** Java's sweep of a slot is a visit and, at last, the clearing of stale bits; the kernel has only the visit. */
    void visit(final int slotIndex, final int nowTicks) {
        final int freed = new FlowSweeper(flows, slotIndex, slotCount, hop -> false).sweep(nowTicks, 1);
        assertThat(rig.ask(KernelRequest.visit(slotIndex, nowTicks))).isEqualTo(freed);
        final int kept = flows.hop(slotIndex);
        final int cleared = kernelSlots.getInt(hopOffset(slotIndex)) ^ kept;
        for (int i = 0; i < FlowDescriptor.HOP_BITS; i++) {
            if ((cleared & 1 << i) != 0) {
                final int state = control((slotIndex + i * (i + 1) / 2) % slotCount) & FlowDescriptor.STATE_MASK;
                assertThat(state).as("state behind a stale bit").isIn(FlowState.FREE, FlowState.CLAIMED);
            }
        }
        kernelSlots.putInt(hopOffset(slotIndex), kept);
    }

    int control(final int slotIndex) {
        return flows.fields().control(slotIndex);
    }

    /** Writes a word of a slot into both tables, as a dead writer might have left it. */
    void damage(final int slotIndex, final int fieldOffset, final int value) {
        javaSlots.putInt(FlowDescriptor.slotOffset(slotIndex) + fieldOffset, value);
        kernelSlots.putInt(FlowDescriptor.slotOffset(slotIndex) + fieldOffset, value);
    }

    /** The tuple of the backend's packets of a connection. */
    FlowTuple replyTuple(final long handle) {
        final FlowFields fields = flows.fields();
        final int slot = FlowHandle.slotIndex(handle);
        return FlowEngineRig.replyTuple(twin, fields, slot);
    }

    /** Demands that both tables hold the same bytes, and that both sides counted the same. */
    void compare() {
        for (long offset = 0; offset < (long) slotCount * FlowDescriptor.LENGTH; offset += Long.BYTES) {
            if (javaSlots.getLong(offset) != kernelSlots.getLong(offset)) {
                assertThat(Long.toHexString(kernelSlots.getLong(offset)))
                        .as("slot %d, offset %d", offset / FlowDescriptor.LENGTH, offset % FlowDescriptor.LENGTH)
                        .isEqualTo(Long.toHexString(javaSlots.getLong(offset)));
            }
        }
        assertThat(counts(rig.tables)).isEqualTo(counts(twin));
        for (int i = 0; i < twin.sizes().backendCapacity(); i++) {
            assertThat(backendCounts(rig.tables, i)).as("backend %d", i).isEqualTo(backendCounts(twin, i));
        }
    }

    Map<Counter, Long> counts() {
        return counts(twin);
    }

    @Override
    public void close() {
        rig.close();
    }

    private static Map<Counter, Long> counts(final SharedTables tables) {
        final CounterReader reader = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        final Map<Counter, Long> counts = new EnumMap<>(Counter.class);
        COUNTERS.forEach(counter -> counts.put(counter, reader.total(counter)));
        return counts;
    }

    private static List<Long> backendCounts(final SharedTables tables, final int backendIndex) {
        long opened = 0;
        long closed = 0;
        for (int row = 0; row < tables.sizes().counterRowCount(); row++) {
            final long offset = BackendStatsDescriptor.recordOffset(
                    row, backendIndex, tables.sizes().backendCapacity());
            final SharedMemory stats = tables.region(MapNames.BACKEND_STATS);
            opened += stats.getLong(offset + BackendStatsDescriptor.FLOWS_OPENED_OFFSET);
            closed += stats.getLong(offset + BackendStatsDescriptor.FLOWS_CLOSED_OFFSET);
        }
        return List.of(opened, closed);
    }

    private static int kernelVerdict(final int verdict) {
        return switch (verdict) {
            case TrackVerdict.ACCEPTED -> 0;
            case TrackVerdict.BAD_FLAGS -> Counter.DROP_TCP_FLAGS.code();
            case TrackVerdict.BAD_STATE -> Counter.DROP_TCP_STATE.code();
            case TrackVerdict.GONE -> GONE;
            default -> Counter.DROP_FLOW_BUSY.code();
        };
    }

    private static long hopOffset(final int slotIndex) {
        return FlowDescriptor.slotOffset(slotIndex) + FlowDescriptor.HOP_OFFSET;
    }
}

package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.conntrack.tcp.TcpReference;
import io.fastpath.conntrack.tcp.TcpStates;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import org.junit.jupiter.api.Test;

/** Tracking through the table: every short sequence of segments, found by its tuple, in both directions. */
class FlowTrackTest {
    private static final int DEPTH = 4;
    private static final int[] ALPHABET = {
        TcpFlags.SYN,
        TcpFlags.SYN | TcpFlags.ACK,
        TcpFlags.FIN | TcpFlags.ACK,
        TcpFlags.ACK,
        TcpFlags.RST,
        TcpFlags.SYN | TcpFlags.RST
    };
    private static final Tuple FORWARD =
            new Tuple(0, ipv4(192, 0, 2, 7), 0, ipv4(10, 7, 0, 100), ports(40000, 80), TCP);

    private final TestWorld world = new TestWorld(FlowTable.SLOT_COUNT_MIN, 31);
    private final TableChecker checker = new TableChecker(world);
    private final CountingEvents events = new CountingEvents();
    private final FlowTable table = world.table(events);
    private int nowTicks = 1;

    @Test
    void shouldTrackEverySequenceAsTheReferenceDoes() {
        for (int sequence = 0; sequence < Math.pow(2 * ALPHABET.length, DEPTH); sequence++) {
            track(sequence, sequence % 2 == 0 ? FULL_NAT : NAT);
        }
        assertThat(events.reopened).isPositive();
    }

    private void track(final int sequence, final int mode) {
        final long opened = open(mode);
        final Tuple reverse = checker.tuple(table.fields().peerIndex(FlowHandle.slotIndex(opened)));
        final TcpReference reference = new TcpReference();
        int rest = sequence;
        for (int i = 0; i < DEPTH; i++) {
            final int step = rest % (2 * ALPHABET.length);
            rest /= 2 * ALPHABET.length;
            final int side = step & 1;
            final int flags = ALPHABET[step >> 1];
            final long reopened = events.reopened;
            final int expected = reference.segment(flags, side);
            final int verdict = table.track(Stage.find(table, side == 0 ? FORWARD : reverse), flags, ++nowTicks);
            if (verdict != verdictOf(expected)
                    || state(FORWARD) != reference.state()
                    || state(reverse) != reference.state()
                    || (events.reopened > reopened) != (expected >= 0 && TcpStates.reopens(expected))) {
                fail(
                        "sequence %d step %d: verdict %d, states %d %d",
                        sequence, i, verdict, state(FORWARD), state(reverse));
            }
        }
        table.remove(Stage.find(table, FORWARD), nowTicks);
    }

    @Test
    void shouldTouchOnlyItsOwnSlotInTheMiddleOfAConnection() {
        final long opened = open(FULL_NAT);
        final Tuple reverse = checker.tuple(table.fields().peerIndex(FlowHandle.slotIndex(opened)));
        table.track(Stage.find(table, reverse), TcpFlags.SYN | TcpFlags.ACK, nowTicks);
        table.track(Stage.find(table, FORWARD), TcpFlags.ACK, nowTicks);
        final HookedSlotMemory memory = new HookedSlotMemory(world.flows);
        final FlowTable watched = new FlowTable(memory, world.config, world.backends, FlowTimeouts.defaults(), events);
        final long handle = Stage.find(watched, reverse);
        final int[] accesses = new int[2];
        memory.hooks(() -> accesses[0]++, () -> accesses[1]++);
        watched.track(handle, TcpFlags.ACK | TcpFlags.PSH, nowTicks);
        assertThat(accesses).as("loads the time, stores nothing within a tick").containsExactly(1, 0);
        watched.track(handle, TcpFlags.ACK, nowTicks + 1);
        assertThat(accesses).as("stores the time of a new tick").containsExactly(2, 1);
    }

    @Test
    void shouldNotTouchAnotherConnectionThroughAnOrphan() {
        final long opened = open(FULL_NAT);
        final int forwardSlot = FlowHandle.slotIndex(opened);
        final Tuple reverse = checker.tuple(table.fields().peerIndex(forwardSlot));
        final long orphan = Stage.find(table, reverse);
        final long forwardBase = FlowDescriptor.slotOffset(forwardSlot);
        world.flows.putInt(forwardBase + FlowDescriptor.PEER_INDEX_OFFSET, 500); // as if another pair's
        assertThat(table.track(orphan, TcpFlags.SYN | TcpFlags.ACK, nowTicks)).isEqualTo(TrackVerdict.GONE);
        assertThat(table.remove(orphan, nowTicks)).isFalse();
        assertThat(Control.state(table.fields().control(forwardSlot))).isEqualTo(FlowState.TCP_SYN_SENT);
    }

    private long open(final int mode) {
        final long handle = table.open(
                FORWARD.source0(),
                FORWARD.source1(),
                FORWARD.destination0(),
                FORWARD.destination1(),
                FORWARD.ports(),
                TCP,
                1,
                2,
                mode,
                nowTicks);
        assertThat(FlowHandle.isExisting(handle)).isFalse();
        return handle;
    }

    private int state(final Tuple tuple) {
        return FlowHandle.state(Stage.find(table, tuple));
    }

    private static int verdictOf(final int answer) {
        if (answer == TcpStates.BAD_FLAGS) {
            return TrackVerdict.BAD_FLAGS;
        }
        return answer < 0 ? TrackVerdict.BAD_STATE : TrackVerdict.ACCEPTED;
    }
}

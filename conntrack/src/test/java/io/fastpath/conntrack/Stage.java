package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.UDP;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.conntrack.tcp.TcpFlags;
import java.util.ArrayList;
import java.util.List;

/**
 * A small table for tests that interrupt writers: connections that all have one home, situations to begin with, and
 * operations to run against each other. The table is cleared, not made anew.
 */
final class Stage {
    /** Long enough for an unfinished operation to count as abandoned. */
    static final int ABANDONED = FlowTimeouts.ABANDONED_TICKS + 1;

    /** Long enough for every connection to expire. */
    static final int IDLE = FlowTimeouts.defaults().timeoutTicks(5) + 1;

    /** Connections in a crowded neighbourhood: as many as it holds. */
    static final int CROWD = 24;

    static final int START = -50_000;
    static final int SLOT_COUNT = FlowTable.SLOT_COUNT_MIN;

    final TestWorld world = new TestWorld(SLOT_COUNT, 77);
    final TableChecker checker = new TableChecker(world);
    final List<Tuple> neighbours = new ArrayList<>();

    /** Connections whose home is the slot before the neighbours' home: they want the same slots. */
    final List<Tuple> rivals = new ArrayList<>();

    int nowTicks;

    /** What a table can be like when it begins. */
    enum Situation {
        EMPTY,
        SYN_SENT,
        SYN_SENT_NAT,
        ESTABLISHED,
        TIME_WAIT,
        UDP_SINGLE,
        UDP_STREAM_NAT,
        CROWDED,
        EXPIRED
    }

    /** What a writer can do. Each looks the connection up first, as a packet does. */
    enum Operation {
        OPEN,
        OPEN_NAT,
        OPEN_OTHER,
        REMOVE,
        REMOVE_ALL,
        CLIENT_SYN,
        CLIENT_ACK,
        CLIENT_FIN,
        BACKEND_SYN_ACK,
        BACKEND_FIN,
        BACKEND_RST,
        NEXT_HOP,
        SWEEP
    }

    Stage() {
        final int home = checker.home(tuple(10_000));
        for (int port = 10_000; neighbours.size() < 40 || rivals.size() < 10; port++) {
            if (checker.home(tuple(port)) == home) {
                neighbours.add(tuple(port));
            } else if (checker.home(tuple(port)) == home - 1) {
                rivals.add(tuple(port));
            }
        }
    }

    private static Tuple tuple(final int port) {
        final int protocol = port < 40_000 ? TCP : UDP;
        return new Tuple(
                0,
                TestWorld.ipv4(192, 0, 2, 1),
                0,
                TestWorld.ipv4(10, 7, 0, 1),
                TestWorld.ports(port & 0xffff, 80),
                protocol);
    }

    /** The connection that the operations are about. */
    Tuple subject(final Situation situation) {
        final Tuple tcp = neighbours.get(0);
        return situation == Situation.UDP_SINGLE || situation == Situation.UDP_STREAM_NAT
                ? new Tuple(tcp.source0(), tcp.source1(), tcp.destination0(), tcp.destination1(), tcp.ports(), UDP)
                : tcp;
    }

    void prepare(final Situation situation, final FlowTable table) {
        nowTicks = START;
        world.flows.clear(0, world.flows.length());
        final Tuple subject = subject(situation);
        switch (situation) {
            case EMPTY:
                break;
            case SYN_SENT, UDP_SINGLE:
                open(table, subject, FULL_NAT);
                break;
            case SYN_SENT_NAT:
                open(table, subject, NAT);
                break;
            case ESTABLISHED:
                establish(table, subject, FULL_NAT);
                break;
            case UDP_STREAM_NAT:
                establish(table, subject, NAT);
                break;
            case EXPIRED:
                establish(table, subject, FULL_NAT);
                establish(table, neighbours.get(35), FULL_NAT);
                nowTicks += IDLE;
                break;
            case TIME_WAIT:
                establish(table, subject, FULL_NAT);
                assertThat(track(table, subject, false, TcpFlags.FIN | TcpFlags.ACK))
                        .isZero();
                assertThat(track(table, subject, true, TcpFlags.FIN | TcpFlags.ACK))
                        .isZero();
                assertThat(track(table, subject, false, TcpFlags.ACK)).isZero();
                break;
            case CROWDED:
                for (int i = 1; i <= CROWD; i++) {
                    open(table, neighbours.get(i), FULL_NAT);
                }
                break;
            default:
                throw new AssertionError(situation);
        }
        nowTicks++;
    }

    void run(final Operation operation, final Situation situation, final FlowTable table) {
        final Tuple subject = subject(situation);
        switch (operation) {
            case OPEN -> open(table, subject, FULL_NAT);
            case OPEN_NAT -> open(table, subject, NAT);
            case OPEN_OTHER -> open(table, neighbours.get(35), FULL_NAT);
            case REMOVE -> {
                final long handle = find(table, subject);
                if (FlowHandle.isFlow(handle)) {
                    table.remove(handle, nowTicks);
                }
            }
            case REMOVE_ALL -> {
                final FlowCursor cursor = new FlowCursor(table); // sees what is not published yet, too
                while (cursor.next()) {
                    table.remove(cursor.flow().handle(), nowTicks);
                }
            }
            case CLIENT_SYN -> track(table, subject, false, TcpFlags.SYN);
            case CLIENT_ACK -> track(table, subject, false, TcpFlags.ACK);
            case CLIENT_FIN -> track(table, subject, false, TcpFlags.FIN | TcpFlags.ACK);
            case BACKEND_SYN_ACK -> track(table, subject, true, TcpFlags.SYN | TcpFlags.ACK);
            case BACKEND_FIN -> track(table, subject, true, TcpFlags.FIN | TcpFlags.ACK);
            case BACKEND_RST -> track(table, subject, true, TcpFlags.RST);
            case NEXT_HOP -> {
                final long handle = find(table, subject);
                if (FlowHandle.isFlow(handle)) {
                    table.nextHopIndex(handle, 9);
                }
            }
            case SWEEP -> sweep(table);
            default -> throw new AssertionError(operation);
        }
    }

    void sweep(final FlowTable table) {
        new FlowSweeper(table, 0, 1, nextHop -> nextHop == 9).sweep(nowTicks, SLOT_COUNT);
    }

    long open(final FlowTable table, final Tuple tuple, final int mode) {
        return table.open(
                tuple.source0(),
                tuple.source1(),
                tuple.destination0(),
                tuple.destination1(),
                tuple.ports(),
                tuple.protocol(),
                5,
                3,
                mode,
                nowTicks);
    }

    void establish(final FlowTable table, final Tuple tuple, final int mode) {
        assertThat(FlowHandle.isFlow(open(table, tuple, mode))).isTrue();
        assertThat(track(table, tuple, true, TcpFlags.SYN | TcpFlags.ACK)).isZero();
        assertThat(track(table, tuple, false, TcpFlags.ACK)).isZero();
    }

    /** A packet of the connection; replies are looked up by the reply tuple. */
    private int track(final FlowTable table, final Tuple tuple, final boolean isReply, final int flags) {
        final long handle = find(table, tuple);
        if (!FlowHandle.isFlow(handle)) {
            return TrackVerdict.GONE;
        }
        if (!isReply) {
            return table.track(handle, flags, nowTicks);
        }
        final Tuple reply = checker.tuple(table.fields().peerIndex(FlowHandle.slotIndex(handle)));
        final long replyHandle = find(table, reply);
        return FlowHandle.isFlow(replyHandle) ? table.track(replyHandle, flags, nowTicks) : TrackVerdict.GONE;
    }

    static long find(final FlowTable table, final Tuple tuple) {
        return table.find(
                tuple.source0(),
                tuple.source1(),
                tuple.destination0(),
                tuple.destination1(),
                tuple.ports(),
                tuple.protocol());
    }

    FlowTable table(final SlotMemory memory, final FlowEvents events) {
        return new FlowTable(memory, world.config, world.backends, FlowTimeouts.defaults(), events);
    }
}

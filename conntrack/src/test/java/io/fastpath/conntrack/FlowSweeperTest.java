package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.UDP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Connections walked through their lives by a clock that the test moves by hand, over the wrap of the ticks. */
class FlowSweeperTest {
    private static final int SLOT_COUNT = 1024;
    private static final long CLIENT = ipv4(192, 0, 2, 7);
    private static final long VIP = ipv4(10, 7, 0, 100);
    private static final int PORTS = ports(40000, 80);

    private final TestWorld world = new TestWorld(SLOT_COUNT, 21);
    private final TableChecker checker = new TableChecker(world);
    private final CountingEvents events = new CountingEvents();
    private final FlowTable table = world.table(events);
    private final FlowSweeper sweeper = new FlowSweeper(table, 0, 1, nextHop -> nextHop == 666);

    private int nowTicks = -200_000;

    @Test
    void shouldKeepAConnectionAsLongAsItsStateAllows() {
        open(TCP);
        expectToLive(60, FlowState.TCP_SYN_SENT);

        open(TCP);
        reply(TcpFlags.SYN | TcpFlags.ACK);
        expectToLive(60, FlowState.TCP_SYN_RECV);

        establish();
        expectToLive(7200, FlowState.TCP_ESTABLISHED);

        establish();
        request(TcpFlags.FIN | TcpFlags.ACK);
        expectToLive(120, FlowState.TCP_FIN_WAIT);

        establish();
        request(TcpFlags.FIN | TcpFlags.ACK);
        reply(TcpFlags.ACK);
        expectToLive(60, FlowState.TCP_CLOSE_WAIT);

        establish();
        request(TcpFlags.FIN | TcpFlags.ACK);
        reply(TcpFlags.FIN | TcpFlags.ACK);
        expectToLive(30, FlowState.TCP_LAST_ACK);

        establish();
        request(TcpFlags.FIN | TcpFlags.ACK);
        reply(TcpFlags.FIN | TcpFlags.ACK);
        request(TcpFlags.ACK);
        expectToLive(60, FlowState.TCP_TIME_WAIT);

        establish();
        reply(TcpFlags.RST);
        expectToLive(10, FlowState.TCP_CLOSE);

        open(UDP);
        expectToLive(30, FlowState.UDP_SINGLE);

        open(UDP);
        replyUdp();
        expectToLive(120, FlowState.UDP_STREAM);
        assertThat(events.opened).isEqualTo(10);
        assertThat(events.reclaimed).isZero();
    }

    @Test
    void shouldLiveOnPacketsOfEitherDirection() {
        establish();
        for (int i = 0; i < 20; i++) {
            advance(7000);
            if (i % 2 == 0) {
                request(TcpFlags.ACK);
            } else {
                reply(TcpFlags.ACK);
            }
            sweepAll();
            assertThat(checker.check("alive")).isEqualTo(1);
        }
        expectToLive(7200, FlowState.TCP_ESTABLISHED);
    }

    @Test
    void shouldNotLiveOnPacketsThatAreRefused() {
        open(TCP);
        advance(59);
        assertThat(table.track(find(TCP), TcpFlags.SYN | TcpFlags.FIN, nowTicks))
                .isEqualTo(TrackVerdict.BAD_FLAGS);
        assertThat(table.track(find(TCP), TcpFlags.ACK, nowTicks)).isEqualTo(TrackVerdict.BAD_STATE);
        advance(2);
        sweepAll();
        assertThat(find(TCP)).isEqualTo(FlowHandle.NOT_FOUND);
    }

    @Test
    void shouldReopenAnEndedConnectionInItsSlots() {
        establish();
        request(TcpFlags.FIN | TcpFlags.ACK);
        reply(TcpFlags.FIN | TcpFlags.ACK);
        request(TcpFlags.ACK);
        final long ended = find(TCP);
        request(TcpFlags.SYN);
        assertThat(events.reopened).isEqualTo(1);
        assertThat(events.opened).isEqualTo(1);
        final long reopened = find(TCP);
        assertThat(FlowHandle.slotIndex(reopened)).isEqualTo(FlowHandle.slotIndex(ended));
        assertThat(FlowHandle.state(reopened)).isEqualTo(FlowState.TCP_SYN_SENT);
        reply(TcpFlags.SYN | TcpFlags.ACK);
        request(TcpFlags.ACK);
        reply(TcpFlags.FIN | TcpFlags.ACK);
        request(TcpFlags.ACK);
        assertThat(FlowHandle.state(find(TCP)))
                .as("the first life's FINs are forgotten")
                .isEqualTo(FlowState.TCP_CLOSE_WAIT);
    }

    @Test
    void shouldWalkOnlyItsBudgetAndComeRound() {
        assertThat(sweeper.cursorIndex()).isZero();
        sweeper.sweep(nowTicks, 1000);
        assertThat(sweeper.cursorIndex()).isEqualTo(1000);
        sweeper.sweep(nowTicks, 100);
        assertThat(sweeper.cursorIndex()).isEqualTo(76);
        sweeper.sweep(nowTicks, Integer.MAX_VALUE);
        assertThat(sweeper.cursorIndex()).isEqualTo(76);
    }

    @Test
    void shouldShareTheTableAmongParts() {
        for (int i = 0; i < 200; i++) {
            table.open(0, CLIENT, 0, VIP, ports(1000 + i, 80), UDP, 1, 2, FULL_NAT, nowTicks);
        }
        advance(31);
        int covered = 0;
        for (int part = 0; part < 3; part++) {
            final FlowSweeper partSweeper = new FlowSweeper(table, part, 3, nextHop -> false);
            assertThat(partSweeper.cursorIndex()).isEqualTo(covered);
            partSweeper.sweep(nowTicks, SLOT_COUNT);
            covered += part == 0 ? 341 : part == 1 ? 341 : 342;
        }
        assertThat(covered).isEqualTo(SLOT_COUNT);
        checker.checkEmpty("all parts swept");
        assertThat(events.closed).isEqualTo(200);
        assertThatThrownBy(() -> new FlowSweeper(table, 3, 3, nextHop -> false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldClearBitsThatPointAtFreeSlotsOnly() {
        final long handle = open(TCP);
        final int home = table.home(table.hash(0, CLIENT, 0, VIP, PORTS, TCP));
        final long hopOffset = FlowDescriptor.slotOffset(home) + FlowDescriptor.HOP_OFFSET;
        final int hop = world.flows.getInt(hopOffset);
        world.flows.putInt(hopOffset, hop | 0x900000);
        sweepAll();
        assertThat(world.flows.getInt(hopOffset)).isEqualTo(hop);
        assertThat(find(TCP)).isEqualTo(handle);
    }

    @Test
    void shouldForgetStaleNextHopsOnly() {
        final long forward = open(TCP);
        final int reverseSlot = table.fields().peerIndex(FlowHandle.slotIndex(forward));
        table.nextHopIndex(forward, 666);
        table.nextHopIndex(replyHandle(TCP), 7);
        sweepAll();
        assertThat(table.fields().nextHopIndex(FlowHandle.slotIndex(forward))).isZero();
        assertThat(table.fields().nextHopIndex(reverseSlot)).isEqualTo(7);
    }

    @Test
    void shouldNotGiveANextHopToTheSlotsNextTenant() {
        final long before = open(UDP);
        table.remove(before, nowTicks);
        final long after = open(UDP);
        assertThat(FlowHandle.slotIndex(after)).isEqualTo(FlowHandle.slotIndex(before));
        table.nextHopIndex(before, 7);
        assertThat(table.fields().nextHopIndex(FlowHandle.slotIndex(after))).isZero();
    }

    private void expectToLive(final int seconds, final int state) {
        final String context = FlowState.label(state);
        final long handle = FlowHandle.isFlow(find(TCP)) ? find(TCP) : find(UDP);
        assertThat(FlowHandle.state(handle)).as(context).isEqualTo(state);
        final long closed = events.closed;
        nowTicks += FlowDescriptor.ticks(TimeUnit.SECONDS.toNanos(seconds));
        sweepAll();
        assertThat(checker.check(context)).as(context).isEqualTo(1);
        nowTicks++;
        sweepAll();
        checker.checkEmpty(context);
        assertThat(events.closed).isEqualTo(closed + 1);
        assertThat(events.lastClosedState).isEqualTo(state);
        assertThat(events.lastClosedService).isEqualTo(4);
        assertThat(events.lastClosedBackend).isEqualTo(6);
    }

    private void advance(final int seconds) {
        nowTicks += FlowDescriptor.ticks(TimeUnit.SECONDS.toNanos(seconds));
    }

    private void sweepAll() {
        for (int i = 0; i < 8; i++) {
            sweeper.sweep(nowTicks, SLOT_COUNT / 8);
        }
    }

    private long open(final int protocol) {
        final long handle = table.open(0, CLIENT, 0, VIP, PORTS, protocol, 4, 6, FULL_NAT, nowTicks);
        assertThat(FlowHandle.isFlow(handle)).isTrue();
        return handle;
    }

    private void establish() {
        open(TCP);
        reply(TcpFlags.SYN | TcpFlags.ACK);
        request(TcpFlags.ACK);
    }

    private void request(final int flags) {
        assertThat(table.track(find(TCP), flags, nowTicks)).isEqualTo(TrackVerdict.ACCEPTED);
    }

    private void reply(final int flags) {
        assertThat(table.track(replyHandle(TCP), flags, nowTicks)).isEqualTo(TrackVerdict.ACCEPTED);
    }

    private void replyUdp() {
        assertThat(table.track(replyHandle(UDP), 0, nowTicks)).isEqualTo(TrackVerdict.ACCEPTED);
    }

    private long find(final int protocol) {
        return table.find(0, CLIENT, 0, VIP, PORTS, protocol);
    }

    private long replyHandle(final int protocol) {
        return Stage.find(table, checker.tuple(table.fields().peerIndex(FlowHandle.slotIndex(find(protocol)))));
    }
}

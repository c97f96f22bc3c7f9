package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.Stage.Situation;
import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A full neighbourhood: who makes room, in which order, and who does not. */
class FlowEvictionTest {
    private static final int POSITIONS = 24;

    private final Stage stage = new Stage();
    private final CountingEvents events = new CountingEvents();
    private final FlowTable table = stage.world.table(events);
    private final List<Tuple> residents = new ArrayList<>();

    @BeforeEach
    void prepare() {
        stage.prepare(Situation.EMPTY, table);
    }

    @Test
    void shouldRefuseWhenAllAreEstablished() {
        fillWithEstablished(POSITIONS);
        final long before = events.opened;
        assertThat(open(0)).isEqualTo(FlowHandle.FULL);
        assertThat(events.opened).isEqualTo(before);
        assertThat(events.evicted + events.closed).isZero();
        assertThat(residents).allSatisfy(tuple -> assertThat(isThere(tuple)).isTrue());
        assertThat(stage.checker.check("full")).isEqualTo(residents.size());
    }

    @Test
    void shouldEvictTheEmbryonicOneThatIsIdleLongest() {
        fillWithEstablished(POSITIONS - 3);
        stage.nowTicks += 10;
        final Tuple newer = addEmbryonic();
        stage.nowTicks -= 5;
        final Tuple oldest = addEmbryonic();
        stage.nowTicks += 7;
        final Tuple newest = addEmbryonic();
        assertThat(FlowHandle.isFlow(open(0))).isTrue();
        assertThat(events.evicted).isEqualTo(1);
        assertThat(events.closed).isEqualTo(1);
        assertThat(events.lastClosedState).isEqualTo(FlowState.TCP_SYN_SENT);
        assertThat(isThere(oldest)).isFalse();
        assertThat(isThere(newer)).isTrue();
        assertThat(isThere(newest)).isTrue();
        assertThat(stage.checker.check("evicted")).isEqualTo(POSITIONS);
    }

    @Test
    void shouldEvictAHalfAnsweredHandshakeToo() {
        fillWithEstablished(POSITIONS - 1);
        final Tuple halfOpen = addEmbryonic();
        answer(halfOpen);
        assertThat(FlowHandle.state(Stage.find(table, halfOpen))).isEqualTo(FlowState.TCP_SYN_RECV);
        assertThat(FlowHandle.isFlow(open(0))).isTrue();
        assertThat(events.lastClosedState).isEqualTo(FlowState.TCP_SYN_RECV);
        assertThat(isThere(halfOpen)).isFalse();
    }

    @Test
    void shouldPreferTheExpiredOneToTheEmbryonic() {
        fillWithEstablished(POSITIONS - 2);
        final Tuple closed = addEmbryonic();
        table.track(Stage.find(table, closed), TcpFlags.RST, stage.nowTicks);
        stage.nowTicks += FlowTimeouts.defaults().timeoutTicks(FlowState.TCP_CLOSE) + 1;
        final Tuple embryonic = addEmbryonic();
        assertThat(FlowHandle.isFlow(open(0))).isTrue();
        assertThat(events.evicted).isZero();
        assertThat(events.lastClosedState).isEqualTo(FlowState.TCP_CLOSE);
        assertThat(isThere(closed)).isFalse();
        assertThat(isThere(embryonic)).isTrue();
    }

    @Test
    void shouldExpireByAReverseSlotInTheWay() {
        final FlowTimeouts timeouts = FlowTimeouts.defaults();
        for (int i = 1; i < 39; i++) { // some homes are crowded by reverse slots of others
            stage.open(table, stage.neighbours.get(i), FULL_NAT);
            stage.nowTicks += timeouts.timeoutTicks(FlowState.TCP_SYN_SENT) + 1;
        }
        assertThat(events.evicted).isZero();
        assertThat(stage.checker.check("expired")).isLessThanOrEqualTo(POSITIONS);
    }

    private void fillWithEstablished(final int count) {
        for (int i = 1; i <= count; i++) {
            final Tuple tuple = stage.neighbours.get(i);
            stage.establish(table, tuple, FULL_NAT);
            residents.add(tuple);
        }
        assertThat(events.evicted).isZero();
    }

    private Tuple addEmbryonic() {
        final Tuple tuple = stage.neighbours.get(residents.size() + 1);
        residents.add(tuple);
        assertThat(FlowHandle.isFlow(stage.open(table, tuple, FULL_NAT))).isTrue();
        return tuple;
    }

    private void answer(final Tuple tuple) {
        final int reverseSlot = table.fields().peerIndex(FlowHandle.slotIndex(Stage.find(table, tuple)));
        final long reverse = Stage.find(table, stage.checker.tuple(reverseSlot));
        assertThat(table.track(reverse, TcpFlags.SYN | TcpFlags.ACK, stage.nowTicks))
                .isEqualTo(TrackVerdict.ACCEPTED);
    }

    private long open(final int neighbour) {
        return stage.open(table, stage.neighbours.get(neighbour), FULL_NAT);
    }

    private boolean isThere(final Tuple tuple) {
        return FlowHandle.isFlow(Stage.find(table, tuple));
    }
}

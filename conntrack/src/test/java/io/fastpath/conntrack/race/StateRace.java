package io.fastpath.conntrack.race;

import io.fastpath.conntrack.RaceChecks;
import io.fastpath.conntrack.TestWorld;
import io.fastpath.conntrack.tcp.TcpFlags;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** Both sides close at the same time: no FIN is lost, and both slots end in one state. */
@JCStressTest
@Outcome(id = "808", expect = Expect.ACCEPTABLE, desc = "LAST_ACK in both slots")
@Outcome(expect = Expect.FORBIDDEN, desc = "a FIN was lost, or the slots disagree")
@State
public class StateRace {
    private final RaceTable table = RaceTable.next();
    private final long forward;
    private final long reverse;

    /** An established connection. */
    public StateRace() {
        RaceTable.open(table.first, RaceTable.PORT, TestWorld.FULL_NAT);
        table.first.track(table.findReply(table.first, RaceTable.PORT), TcpFlags.SYN | TcpFlags.ACK, RaceTable.NOW);
        table.first.track(RaceTable.find(table.first, RaceTable.PORT), TcpFlags.ACK, RaceTable.NOW);
        forward = RaceTable.find(table.first, RaceTable.PORT);
        reverse = table.findReply(table.first, RaceTable.PORT);
    }

    /** The client closes. */
    @Actor
    public void client() {
        table.first.track(forward, TcpFlags.FIN | TcpFlags.ACK, RaceTable.NOW);
    }

    /** The backend closes. */
    @Actor
    public void backend() {
        table.second.track(reverse, TcpFlags.FIN | TcpFlags.ACK, RaceTable.NOW);
    }

    /** Afterwards. */
    @Arbiter
    public void states(final I_Result result) {
        result.r1 = RaceChecks.states(table.first, forward);
    }
}

package io.fastpath.conntrack.race;

import io.fastpath.conntrack.TestWorld;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two writers remove a connection, one by its request, one by its reply: one of them did it. */
@JCStressTest
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "the first removed it")
@Outcome(id = "0, 1, 0", expect = Expect.ACCEPTABLE, desc = "the second removed it")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, or none, or something is left")
@State
public class RemoveRace {
    private final RaceTable table = RaceTable.next();
    private final long forward = RaceTable.open(table.first, RaceTable.PORT, TestWorld.NAT);
    private final long reverse = table.findReply(table.first, RaceTable.PORT);

    /** By the request. */
    @Actor
    public void first(final III_Result result) {
        result.r1 = table.first.remove(forward, RaceTable.NOW) ? 1 : 0;
    }

    /** By the reply. */
    @Actor
    public void second(final III_Result result) {
        result.r2 = table.second.remove(reverse, RaceTable.NOW) ? 1 : 0;
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.connections();
    }
}

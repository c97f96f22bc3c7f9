package io.fastpath.conntrack.race;

import io.fastpath.conntrack.TestWorld;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** Two writers enter the same connection: one does, the other is told so, and there is one of it. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the first entered it")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the second entered it")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, or none, or an inconsistent table")
@State
public class OpenRace {
    private final RaceTable table = RaceTable.next();

    /** The first writer. */
    @Actor
    public void first(final III_Result result) {
        result.r1 = RaceTable.isFresh(RaceTable.open(table.first, RaceTable.PORT, TestWorld.FULL_NAT)) ? 1 : 0;
    }

    /** The second writer. */
    @Actor
    public void second(final III_Result result) {
        result.r2 = RaceTable.isFresh(RaceTable.open(table.second, RaceTable.PORT, TestWorld.FULL_NAT)) ? 1 : 0;
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.connections();
    }
}

package io.fastpath.conntrack.race;

import io.fastpath.conntrack.TestWorld;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** One writer removes a connection while another enters it: before or after, never half. */
@JCStressTest
@Outcome(id = "1, 1, 1", expect = Expect.ACCEPTABLE, desc = "removed, then entered anew")
@Outcome(id = "1, 0, 0", expect = Expect.ACCEPTABLE, desc = "found there, then removed")
@Outcome(expect = Expect.FORBIDDEN, desc = "a twin, a half, or a lost slot")
@State
public class OpenRemoveRace {
    private final RaceTable table = RaceTable.next();
    private final long handle = RaceTable.open(table.first, RaceTable.PORT, TestWorld.FULL_NAT);

    /** Removes. */
    @Actor
    public void remover(final III_Result result) {
        result.r1 = table.first.remove(handle, RaceTable.NOW) ? 1 : 0;
    }

    /** Enters. */
    @Actor
    public void opener(final III_Result result) {
        result.r2 = RaceTable.isFresh(RaceTable.open(table.second, RaceTable.PORT, TestWorld.FULL_NAT)) ? 1 : 0;
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.connections();
    }
}

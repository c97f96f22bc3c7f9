package io.fastpath.conntrack.race;

import io.fastpath.conntrack.TestWorld;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A reader looks for a connection that is being entered: it sees nothing or all of it. */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "not there yet")
@Outcome(id = "1", expect = Expect.ACCEPTABLE, desc = "there, with all fields and its partner")
@Outcome(expect = Expect.FORBIDDEN, desc = "there, but not all of it")
@State
public class PublishRace {
    private final RaceTable table = RaceTable.next();

    /** Enters it. */
    @Actor
    public void writer() {
        RaceTable.open(table.first, RaceTable.PORT, TestWorld.FULL_NAT);
    }

    /** Looks for it. */
    @Actor
    public void reader(final I_Result result) {
        result.r1 = RaceTable.read(table.second, RaceTable.PORT);
    }
}

package io.fastpath.conntrack.race;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** Who finds a datagram while it is entered finds its flow, and no other's. */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "not known yet")
@Outcome(id = "1, 7", expect = Expect.ACCEPTABLE, desc = "its flow")
@Outcome(expect = Expect.FORBIDDEN, desc = "another's flow, or half of two")
@State
public class FragmentPublishRace {
    private final FragmentRaceTable table = new FragmentRaceTable();

    /** Enters. */
    @Actor
    public void enter(final II_Result result) {
        result.r1 = table.enter(table.first, 7);
    }

    /** Looks up. */
    @Actor
    public void find(final II_Result result) {
        result.r2 = table.flow(table.second);
    }
}

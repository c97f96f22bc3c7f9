package io.fastpath.conntrack.race;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A first fragment comes twice at once: one at most is let through, and its datagram stands in one slot then. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the first was let through")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the second was let through")
@Outcome(id = "0, 0, 0", expect = Expect.ACCEPTABLE, desc = "each saw the other's entry and took its own back")
@Outcome(expect = Expect.FORBIDDEN, desc = "both, or an entry of nobody's, or two")
@State
public class FragmentEnterRace {
    private final FragmentRaceTable table = new FragmentRaceTable();

    /** One. */
    @Actor
    public void first(final III_Result result) {
        result.r1 = table.enter(table.first, 1);
    }

    /** The same. */
    @Actor
    public void second(final III_Result result) {
        result.r2 = table.enter(table.second, 2);
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.clear();
    }
}

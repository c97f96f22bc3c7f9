package io.fastpath.conntrack.race;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A later fragment comes twice at once, over two words of the map: one at most is let through. */
@JCStressTest
@Outcome(id = "1, 0, 1", expect = Expect.ACCEPTABLE, desc = "the first was let through")
@Outcome(id = "0, 1, 1", expect = Expect.ACCEPTABLE, desc = "the second was let through")
@Outcome(id = "0, 0, 1", expect = Expect.ACCEPTABLE, desc = "each saw part of the other: the datagram is ended")
@Outcome(expect = Expect.FORBIDDEN, desc = "both")
@State
public class FragmentAcceptRace {
    private static final int START = 60;
    private static final int END = 70;

    private final FragmentRaceTable table = new FragmentRaceTable();
    private final int entered = table.enter(table.first, 1);
    private final long found = table.find(table.first);

    /** One. */
    @Actor
    public void first(final III_Result result) {
        result.r1 = entered == 1 && table.first.accept(found, START, END, false) == 0 ? 1 : 0;
    }

    /** The same. */
    @Actor
    public void second(final III_Result result) {
        result.r2 = table.second.accept(found, START, END, false) == 0 ? 1 : 0;
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.clear();
    }
}

package io.fastpath.conntrack.race;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** The last two fragments of a datagram come at once: both are let through, and its slot is free. */
@JCStressTest
@Outcome(id = "1, 1, 0", expect = Expect.ACCEPTABLE, desc = "both, and who came last freed the slot")
@Outcome(expect = Expect.FORBIDDEN, desc = "one was refused, or the slot is kept")
@State
public class FragmentCompleteRace {
    private static final int MIDDLE = 20;
    private static final int END = 30;

    private final FragmentRaceTable table = new FragmentRaceTable();
    private final int entered = table.enter(table.first, 1);
    private final long found = table.find(table.first);

    /** The one before the last. */
    @Actor
    public void middle(final III_Result result) {
        result.r1 = entered == 1 && table.first.accept(found, FragmentRaceTable.FIRST_END, MIDDLE, false) == 0 ? 1 : 0;
    }

    /** The last. */
    @Actor
    public void last(final III_Result result) {
        result.r2 = table.second.accept(found, MIDDLE, END, true) == 0 ? 1 : 0;
    }

    /** Afterwards. */
    @Arbiter
    public void count(final III_Result result) {
        result.r3 = table.clear();
    }
}

package io.fastpath.conntrack.race;

import io.fastpath.conntrack.TestWorld;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A reader reads a connection whose slots are taken from it and given to others: it notices. */
@JCStressTest
@Outcome(id = "0, 12", expect = Expect.ACCEPTABLE, desc = "gone, or it went meanwhile")
@Outcome(id = "1, 12", expect = Expect.ACCEPTABLE, desc = "read before it went")
@Outcome(expect = Expect.FORBIDDEN, desc = "believed a mixture of two connections")
@State
public class ReuseRace {
    private static final int NEXT_TENANTS = 12;

    private final RaceTable table = RaceTable.next();
    private final long handle = RaceTable.open(table.first, RaceTable.PORT, TestWorld.FULL_NAT);

    /** Removes it and enters so many others that its slots are used again. */
    @Actor
    public void writer() {
        table.first.remove(handle, RaceTable.NOW);
        for (int i = 1; i <= NEXT_TENANTS; i++) {
            RaceTable.open(table.first, RaceTable.PORT + i, TestWorld.FULL_NAT);
        }
    }

    /** Reads it. */
    @Actor
    public void reader(final II_Result result) {
        result.r1 = RaceTable.read(table.second, RaceTable.PORT);
    }

    /** Afterwards. */
    @Arbiter
    public void count(final II_Result result) {
        result.r2 = table.connections();
    }
}

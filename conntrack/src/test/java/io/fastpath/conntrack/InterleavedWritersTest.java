package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.Stage.Operation;
import io.fastpath.conntrack.Stage.Situation;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Three writers on one home, interleaved access by access in thousands of random ways; in half of them one dies. */
class InterleavedWritersTest {
    private static final int WRITERS = 3;
    private static final int RUNS = 20_000;

    private final Stage stage = new Stage();
    private final CountingEvents[] events = new CountingEvents[WRITERS];
    private final HookedSlotMemory[] memories = new HookedSlotMemory[WRITERS];
    private final FlowTable[] tables = new FlowTable[WRITERS];
    private final FlowTable observer = stage.world.table(new CountingEvents());

    private static final class Killed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Killed() {
            super("killed", null, false, false);
        }
    }

    @Test
    void shouldStayConsistentInAnyOrderOfAccesses() {
        final long seed = System.nanoTime();
        try (Lockstep lockstep = new Lockstep(WRITERS)) {
            for (int run = 0; run < RUNS; run++) {
                run(lockstep, seed + run, run % 2 == 0);
            }
        }
    }

    private void run(final Lockstep lockstep, final long seed, final boolean isDeadly) {
        final SplittableRandom random = new SplittableRandom(seed);
        final Situation situation = pick(random, Situation.values());
        final StringBuilder context = new StringBuilder("seed " + seed + " " + situation);
        stage.prepare(situation, observer);
        final Runnable[] writers = new Runnable[WRITERS];
        for (int i = 0; i < WRITERS; i++) {
            final Operation operation = pick(random, Operation.values());
            final int deadlyStore = isDeadly && i == 0 ? random.nextInt(40) : Integer.MAX_VALUE;
            writers[i] = writer(lockstep, i, operation, situation, deadlyStore);
            context.append(' ').append(operation);
        }
        lockstep.run(seed, writers);
        if (isDeadly) {
            stage.nowTicks += Stage.ABANDONED;
            stage.sweep(observer);
            stage.sweep(observer);
            stage.checker.check(context.toString());
        } else {
            checkCounts(situation, stage.checker.check(context.toString()), context.toString());
        }
        checkTheEnd(situation, context.toString());
    }

    private Runnable writer(
            final Lockstep lockstep,
            final int index,
            final Operation operation,
            final Situation situation,
            final int deadlyStore) {
        events[index] = new CountingEvents();
        memories[index] = new HookedSlotMemory(stage.world.flows);
        tables[index] = stage.table(memories[index], events[index]);
        final int[] storesLeft = {deadlyStore};
        memories[index].hooks(lockstep::access, () -> {
            if (storesLeft[0]-- == 0) {
                throw new Killed();
            }
            lockstep.access();
        });
        return () -> {
            try {
                stage.run(operation, situation, tables[index]);
            } catch (final Killed expected) {
                assertThat(storesLeft[0]).isNegative();
            }
        };
    }

    private void checkCounts(final Situation situation, final int live, final String context) {
        long balance = 0;
        long reclaimed = 0;
        for (final CountingEvents writer : events) {
            balance += writer.opened - writer.closed;
            reclaimed += writer.reclaimed;
        }
        assertThat(live - initial(situation)).as(context).isEqualTo((int) balance);
        assertThat(reclaimed).as(context).isZero();
    }

    private static int initial(final Situation situation) {
        return switch (situation) {
            case EMPTY -> 0;
            case EXPIRED -> 2;
            case CROWDED -> Stage.CROWD;
            default -> 1;
        };
    }

    private void checkTheEnd(final Situation situation, final String context) {
        assertThat(FlowHandle.isFlow(stage.open(observer, stage.subject(situation), FULL_NAT)))
                .as(context)
                .isTrue();
        stage.nowTicks += Stage.IDLE;
        stage.sweep(observer);
        stage.checker.checkEmpty(context);
    }

    private static <T> T pick(final SplittableRandom random, final T[] values) {
        return values[random.nextInt(values.length)];
    }
}

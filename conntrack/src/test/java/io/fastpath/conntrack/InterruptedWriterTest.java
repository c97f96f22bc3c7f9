package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.Stage.Operation;
import io.fastpath.conntrack.Stage.Situation;
import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.kernelbpf.layout.FlowState;
import org.junit.jupiter.api.Test;

/**
 * Every operation in every situation, interrupted before every single access to shared memory: by another whole
 * operation, by its writer's death, or by an hour in which others tidy up and reuse what it held.
 */
class InterruptedWriterTest {
    private static final int ACCESS_LIMIT = 100_000;
    private static final int REUSERS = 16;

    private final Stage stage = new Stage();
    private final CountingEvents events = new CountingEvents();
    private final CountingEvents otherEvents = new CountingEvents();
    private final HookedSlotMemory memory = new HookedSlotMemory(stage.world.flows);
    private final FlowTable table = stage.table(memory, events);
    private final FlowTable other = stage.world.table(otherEvents);

    private int countdown;
    private int fillStoresBefore;
    private boolean isInterrupted;
    private String context;

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Crash() {
            super("killed", null, false, false);
        }
    }

    @Test
    void shouldStayConsistentWhenAnotherWriterComesBetween() {
        for (final Situation situation : Situation.values()) {
            for (final Operation operation : Operation.values()) {
                if (operation == Operation.REMOVE_ALL) {
                    continue; // a thousand removals; it comes between others
                }
                for (final Operation intruder : Operation.values()) {
                    interrupted(situation, operation, true, () -> stage.run(intruder, situation, other), () -> {
                        context += " by " + intruder;
                        final int live = stage.checker.check(context);
                        assertThat(live).as(context).isEqualTo((int) (opened() - closed()));
                        assertThat(reclaimed()).as(context).isZero();
                    });
                }
            }
        }
    }

    @Test
    void shouldRecoverFromAWriterThatDied() {
        for (final Situation situation : Situation.values()) {
            for (final Operation operation : Operation.values()) {
                interrupted(
                        situation,
                        operation,
                        false,
                        () -> {
                            throw new Crash();
                        },
                        () -> {
                            stage.nowTicks += Stage.ABANDONED;
                            stage.sweep(other);
                            stage.sweep(other);
                            stage.checker.check(context);
                            assertThat(FlowHandle.isFlow(stage.open(other, stage.subject(situation), FULL_NAT)))
                                    .as(context + ": to be opened again")
                                    .isTrue();
                            stage.nowTicks += Stage.IDLE;
                            stage.sweep(other);
                            stage.checker.checkEmpty(context);
                        });
            }
        }
    }

    @Test
    void shouldRecoverFromAWriterThatWasStoppedForLongAndWentOn() {
        for (final Situation situation : Situation.values()) {
            for (final Operation operation : Operation.values()) {
                interrupted(situation, operation, true, this::reuseEverything, () -> {
                    if (memory.fillStores() == fillStoresBefore) { // only one who fills a slot can do harm
                        final int live = stage.checker.check(context);
                        assertThat(live).as(context).isEqualTo(operation == Operation.REMOVE_ALL ? live : REUSERS);
                    }
                    stage.nowTicks += Stage.ABANDONED;
                    stage.sweep(other);
                    stage.sweep(other);
                    stage.checker.check(context);
                    stage.nowTicks += Stage.IDLE;
                    stage.sweep(other);
                    stage.checker.checkEmpty(context);
                });
            }
        }
    }

    @Test
    void shouldKeepBothFinsWhenBothSidesCloseAtOnce() {
        for (final Operation fin : new Operation[] {Operation.CLIENT_FIN, Operation.BACKEND_FIN}) {
            final Operation otherFin = fin == Operation.CLIENT_FIN ? Operation.BACKEND_FIN : Operation.CLIENT_FIN;
            interrupted(
                    Situation.ESTABLISHED,
                    fin,
                    true,
                    () -> stage.run(otherFin, Situation.ESTABLISHED, other),
                    () -> assertThat(FlowHandle.state(Stage.find(other, stage.subject(Situation.ESTABLISHED))))
                            .as(context)
                            .isEqualTo(FlowState.TCP_LAST_ACK));
        }
    }

    @Test
    void shouldNotFindAConnectionThatWentWhileItWasLookedAt() {
        for (int access = 0; ; access++) {
            memory.noHooks();
            stage.prepare(Situation.ESTABLISHED, table);
            final Tuple subject = stage.subject(Situation.ESTABLISHED);
            countdown = access;
            isInterrupted = false;
            memory.hooks(
                    () -> {
                        if (countdown-- == 0) {
                            isInterrupted = true;
                            other.remove(Stage.find(other, subject), stage.nowTicks);
                            stage.open(other, stage.neighbours.get(1), FULL_NAT);
                        }
                    },
                    () -> {});
            final long handle = Stage.find(table, subject);
            if (!isInterrupted) {
                assertThat(access).isGreaterThan(5);
                return;
            }
            assertThat(handle).as("access " + access).isEqualTo(FlowHandle.NOT_FOUND);
        }
    }

    private void reuseEverything() {
        stage.nowTicks += Stage.IDLE;
        stage.sweep(other);
        stage.sweep(other);
        stage.checker.checkEmpty(context);
        for (int i = 0; i < REUSERS / 2; i++) {
            stage.establish(other, stage.rivals.get(i), FULL_NAT);
            stage.establish(other, stage.neighbours.get(10 + i), FULL_NAT);
        }
        fillStoresBefore = memory.fillStores();
    }

    /** Runs the operation as often as it has accesses, each time interrupted before another one. */
    private void interrupted(
            final Situation situation,
            final Operation operation,
            final boolean alsoLoads,
            final Runnable interruption,
            final Runnable afterwards) {
        for (int access = 0; access < ACCESS_LIMIT; access++) {
            memory.noHooks();
            forgetCounts();
            stage.prepare(situation, table);
            context = situation + " " + operation + " interrupted before access " + access;
            countdown = access;
            isInterrupted = false;
            final Runnable hook = () -> {
                if (countdown-- == 0) {
                    memory.noHooks();
                    isInterrupted = true;
                    interruption.run();
                }
            };
            memory.hooks(alsoLoads ? hook : () -> {}, hook);
            try {
                stage.run(operation, situation, table);
            } catch (final Crash expected) {
                assertThat(isInterrupted).isTrue();
            }
            memory.noHooks();
            if (!isInterrupted) {
                return;
            }
            afterwards.run();
        }
        throw new AssertionError(context + ": does not end");
    }

    private void forgetCounts() {
        for (final CountingEvents counts : new CountingEvents[] {events, otherEvents}) {
            counts.opened = 0;
            counts.closed = 0;
            counts.reclaimed = 0;
        }
    }

    private long opened() {
        return events.opened + otherEvents.opened;
    }

    private long closed() {
        return events.closed + otherEvents.closed;
    }

    private long reclaimed() {
        return events.reclaimed + otherEvents.reclaimed;
    }
}

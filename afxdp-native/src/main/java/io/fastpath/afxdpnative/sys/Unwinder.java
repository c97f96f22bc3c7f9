package io.fastpath.afxdpnative.sys;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The steps that undo what a set-up has done, run in reverse, each exactly once.
 *
 * <pre>
 *   try (Unwinder undo = new Unwinder()) {
 *       final int fd = open(..);
 *       undo.add(() -> close(fd));
 *       final long ring = map(fd);          // if this throws, fd is closed
 *       undo.add(() -> unmap(ring));
 *       return new Thing(fd, ring, undo.handOver());
 *   }
 * </pre>
 *
 * <p>The thing that was built keeps what {@link #handOver()} gives it, and closes it when it is closed itself. Owned by
 * one thread.
 */
public final class Unwinder implements AutoCloseable {
    private Deque<Runnable> steps = new ArrayDeque<>();

    /**
     * Remember how to undo what has just succeeded.
     *
     * @param step to run when unwinding; should not throw. If one does, the others still run, and its exception comes
     *     out at the end.
     */
    public void add(final Runnable step) {
        steps.push(step);
    }

    /** {@return an unwinder that holds all steps; this one is left empty, so that closing it undoes nothing} */
    public Unwinder handOver() {
        final Unwinder heir = new Unwinder();
        heir.steps = steps;
        steps = new ArrayDeque<>();
        return heir;
    }

    @Override
    public void close() {
        RuntimeException failure = null;
        while (!steps.isEmpty()) {
            try {
                steps.pop().run();
            } catch (final RuntimeException ex) {
                if (failure == null) {
                    failure = ex;
                } else {
                    failure.addSuppressed(ex);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}

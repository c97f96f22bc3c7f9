package io.fastpath.fastpath.lab;

import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program's main class around another's: beside it, a thread fills the heap with live objects and collects all of
 * it again and again, as long as a file exists. What a garbage collector at its worst does to a balancer.
 */
public final class GarbageStorm {
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final int NODE_LENGTH = 64;
    private static final int NODES_PER_MB = (1 << 20) / (NODE_LENGTH + Long.BYTES * 3);

    private GarbageStorm() {}

    /**
     * Starts the storm's thread, then the program.
     *
     * @param arguments file that lets it storm while it exists, megabytes to keep alive, main class, and its arguments
     * @throws Exception as the program's main
     */
    public static void main(final String[] arguments) throws Exception {
        final Path trigger = Path.of(arguments[0]);
        final int liveMb = Integer.parseInt(arguments[1]);
        final Thread thread = new Thread(() -> storm(trigger, liveMb), "garbage-storm");
        thread.setDaemon(true);
        thread.start();
        try {
            Class.forName(arguments[2]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 3, arguments.length));
        } catch (final InvocationTargetException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        }
    }

    private static void storm(final Path trigger, final int liveMb) {
        final List<byte[][]> live = new ArrayList<>();
        while (true) {
            if (!Files.exists(trigger)) {
                live.clear();
            } else if (live.size() < liveMb) {
                live.add(megabyte());
                continue;
            } else {
                System.gc();
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    /** Small objects, since a collection takes time for each. */
    private static byte[][] megabyte() {
        final byte[][] nodes = new byte[NODES_PER_MB][];
        for (int i = 0; i < nodes.length; i++) {
            nodes[i] = new byte[NODE_LENGTH];
        }
        return nodes;
    }
}

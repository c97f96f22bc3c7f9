package io.fastpath.perflab.topology;

import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.Shell;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The lab's network namespaces. Their names, {@code fplab-PID-NUMBER-ROLE}, tell which process owns them, so that what a
 * killed lab left can be removed, and labs can run side by side. Any thread; failures are {@link LabException}.
 */
final class Namespaces {
    private static final Path NAMED = Path.of("/run/netns");
    private static final Pattern NAME = Pattern.compile("fplab-(\\d+)-\\d+-\\w+");

    private static boolean ended;

    private Namespaces() {}

    /**
     * {@return a name of this process's}
     *
     * @param labNumber of the lab in this process.
     * @param role of the namespace in the lab.
     */
    static String name(final int labNumber, final String role) {
        return "fplab-" + ProcessHandle.current().pid() + '-' + labNumber + '-' + role;
    }

    /**
     * Create a namespace in which the kernel itself sends nothing.
     *
     * @param name of the namespace.
     * @throws LabException also after {@link #end()}.
     */
    static synchronized void add(final String name) {
        if (ended) {
            throw new LabException("the lab has ended");
        }
        Shell.runLine("ip netns add " + name);
        // No router solicitations, no duplicate address detection: what arrives at the sink is the lab's.
        set(name, "net/ipv6/conf/all/disable_ipv6", 1);
        set(name, "net/ipv6/conf/default/disable_ipv6", 1);
        Shell.runLine("ip -n " + name + " link set lo up");
    }

    /**
     * Set a kernel parameter of a namespace.
     *
     * @param name of the namespace.
     * @param parameter its path below {@code /proc/sys}.
     * @param value for it.
     */
    static void set(final String name, final String parameter, final int value) {
        final String command = "echo " + value + " > /proc/sys/" + parameter;
        Shell.run("ip", "netns", "exec", name, "sh", "-c", command);
    }

    /**
     * End the processes in a namespace, and remove it with its interfaces; nothing happens if there is none.
     *
     * @param name of the namespace.
     */
    static synchronized void delete(final String name) {
        if (!Files.exists(NAMED.resolve(name))) {
            return;
        }
        final long ownPid = ProcessHandle.current().pid();
        Shell.runLine("ip netns pids " + name)
                .lines()
                .map(line -> Long.parseLong(line.strip()))
                .filter(pid -> pid != ownPid)
                .flatMap(pid -> ProcessHandle.of(pid).stream())
                .forEach(ProcessHandle::destroyForcibly);
        Shell.runLine("ip netns delete " + name);
    }

    /** Remove the namespaces of labs whose process has ended. */
    static void sweep() {
        deleteOwnedBy(pid -> ProcessHandle.of(pid).isEmpty());
    }

    /** Remove the namespaces of this process, and let no more be created. */
    static synchronized void end() {
        ended = true;
        final long ownPid = ProcessHandle.current().pid();
        deleteOwnedBy(pid -> pid == ownPid);
    }

    private static void deleteOwnedBy(final LongPredicate isOwner) {
        for (final String name : list()) {
            final Matcher matcher = NAME.matcher(name);
            if (matcher.matches() && isOwner.test(Long.parseLong(matcher.group(1)))) {
                delete(name);
            }
        }
    }

    private static List<String> list() {
        if (!Files.isDirectory(NAMED)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NAMED)) {
            return files.map(file -> file.getFileName().toString()).toList();
        } catch (final IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

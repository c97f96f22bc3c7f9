package io.fastpath.fastpath.control;

import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** Finds the instance that a command means: the one named, or the only one there is. One thread. */
public final class InstanceFinder {
    private static final long PROBE_TIMEOUT_MS = 1000;

    private final InstanceDirectory directory;

    /**
     * @param directory where instances have their run directories.
     */
    public InstanceFinder(final InstanceDirectory directory) {
        this.directory = directory;
    }

    /**
     * The running instance that is meant.
     *
     * @param named on the command line; null for the only one.
     * @return its name.
     * @throws ControlException if there is none, or several and none was named.
     */
    public String running(final String named) throws ControlException {
        if (named != null) {
            if (!isRunning(named)) {
                throw new ControlException(
                        ControlException.Kind.NOT_RUNNING,
                        "instance " + named + " is not running" + others("; running: ", runningNames()),
                        null);
            }
            return named;
        }
        return only(runningNames(), "no instance is running");
    }

    /**
     * The instance that is meant, be it running or only left behind.
     *
     * @param named on the command line; null for the only one.
     * @return its name.
     * @throws ControlException if there is none, or several and none was named.
     */
    public String any(final String named) throws ControlException {
        final List<String> names = names();
        if (named != null) {
            if (!names.contains(named)) {
                throw new ControlException(
                        ControlException.Kind.NOT_RUNNING,
                        "there is no instance " + named + others("; there are: ", names),
                        null);
            }
            return named;
        }
        final List<String> running = runningNames();
        return running.size() == 1 ? running.get(0) : only(names, "there is no instance");
    }

    /**
     * {@return whether somebody answers on the instance's socket}
     *
     * @param instance its name.
     * @throws ControlException if that may not be asked.
     */
    public boolean isRunning(final String instance) throws ControlException {
        if (!Files.isReadable(directory.of(instance)) && Files.exists(directory.of(instance))) {
            throw new ControlException(
                    ControlException.Kind.FAILED,
                    directory.of(instance) + " may not be read (permission denied); run as root",
                    null);
        }
        try (ControlClient client = ControlClient.connect(directory.socket(instance), PROBE_TIMEOUT_MS)) {
            return client != null;
        } catch (final ControlException ex) {
            if (ex.kind() == ControlException.Kind.NOT_RUNNING) {
                return false;
            }
            throw ex;
        }
    }

    private List<String> runningNames() throws ControlException {
        final List<String> running = new ArrayList<>();
        for (final String name : names()) {
            if (isRunning(name)) {
                running.add(name);
            }
        }
        return running;
    }

    private List<String> names() throws ControlException {
        try {
            return directory.names();
        } catch (final UncheckedIOException ex) {
            throw new ControlException(ControlException.Kind.FAILED, ex.getMessage(), ex);
        }
    }

    private static String only(final List<String> names, final String none) throws ControlException {
        if (names.size() == 1) {
            return names.get(0);
        }
        throw new ControlException(
                ControlException.Kind.NOT_RUNNING,
                names.isEmpty()
                        ? none
                        : "there are several instances; name one with --instance: " + String.join(", ", names),
                null);
    }

    private static String others(final String lead, final List<String> names) {
        return names.isEmpty() ? "" : lead + String.join(", ", names);
    }
}

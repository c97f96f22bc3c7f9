package io.fastpath.fastpath.lab;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.sys.Unwinder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a demo or a measurement stands on: a lab, a folder for files, and the certainty that all of it is given back, also
 * if a signal ends the process (a shutdown hook does it then).
 */
public final class LabStage implements AutoCloseable {
    private final String name;
    private final Unwinder undo = new Unwinder();
    private final Thread hook = new Thread(this::giveBack, "lab-clean-up");
    private final Consumer<String> steps;
    private Lab lab;
    private Path folder;
    private boolean ended;

    private LabStage(final String name, final Consumer<String> steps) {
        this.name = name;
        this.steps = steps;
    }

    /**
     * Builds it.
     *
     * @param prefix of its names; this process's id follows
     * @param backendCount 1 to 50
     * @param steps is told of each, in a sentence
     * @return the stage, to be closed
     * @throws LabException when the lab can't be built
     */
    public static LabStage build(final String prefix, final int backendCount, final Consumer<String> steps) {
        final LabStage stage = new LabStage(prefix + ProcessHandle.current().pid(), steps);
        boolean built = false;
        try {
            steps.accept("building the lab: a client, the balancer, a switch and " + backendCount
                    + " backends, each in a network namespace");
            Runtime.getRuntime().addShutdownHook(stage.hook);
            stage.folder = stage.take(() -> temporaryFolder(prefix), LabStage::delete);
            stage.lab = stage.take(() -> Lab.build(stage.name, backendCount, 1), Lab::close);
            built = true;
            return stage;
        } finally {
            if (!built) {
                stage.close();
            }
        }
    }

    /** {@return the name of its instance} */
    public String name() {
        return name;
    }

    /** {@return the lab} */
    public Lab lab() {
        return lab;
    }

    /** {@return the last CPU of those that this process may use: the worker's} */
    public int cpu() {
        return CpuAffinity.currentThread().length() - 1;
    }

    /**
     * Tells of a step.
     *
     * @param sentence for people
     */
    public void step(final String sentence) {
        steps.accept(sentence);
    }

    /**
     * A file's place; the file is removed at the end.
     *
     * @param fileName without a folder
     * @return in the stage's folder
     */
    public Path file(final String fileName) {
        return folder.resolve(fileName);
    }

    /**
     * Writes a file.
     *
     * @param fileName as for {@link #file}
     * @param text of it
     * @return its place
     */
    public Path write(final String fileName, final String text) {
        try {
            return Files.writeString(file(fileName), text);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't write " + file(fileName), e);
        }
    }

    /**
     * Takes something that {@link #close()} will give back; a signal meanwhile waits until it can be.
     *
     * @param <T> what it is
     * @param maker makes it
     * @param closer gives it back; is called once, also where it is closed already
     * @return what was made
     * @throws LabException if the stage is ended
     */
    public synchronized <T> T take(final Supplier<T> maker, final Consumer<T> closer) {
        if (ended) {
            throw new LabException("ended by a signal");
        }
        final T taken = maker.get();
        undo.add(() -> closer.accept(taken));
        return taken;
    }

    @Override
    public void close() {
        giveBack();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            return; // the process is ending, and the hook runs already
        }
        step("the lab is removed");
    }

    private synchronized void giveBack() {
        ended = true;
        undo.close();
    }

    private static Path temporaryFolder(final String prefix) {
        try {
            return Files.createTempDirectory(prefix);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't make a temporary folder", e);
        }
    }

    private static void delete(final Path folder) {
        try (var files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't remove " + folder, e);
        }
    }
}

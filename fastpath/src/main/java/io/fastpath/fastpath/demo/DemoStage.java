package io.fastpath.fastpath.demo;

import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a demo stands on: a lab with backends, a folder for files, and the certainty that all of it is given back, also
 * if a signal ends the demo (a shutdown hook does it then).
 */
final class DemoStage implements AutoCloseable {
    static final int BACKENDS = 3;

    private final String name = "fpdemo" + ProcessHandle.current().pid();
    private final Unwinder undo = new Unwinder();
    private final Thread hook = new Thread(this::giveBack, "demo-clean-up");
    private final DemoScreen screen;
    private Lab lab;
    private Path folder;
    private boolean ended;

    private DemoStage(final DemoScreen screen) {
        this.screen = screen;
    }

    /**
     * Builds it.
     *
     * @param screen to tell of it
     * @return the stage, to be closed
     * @throws LabException when the lab can't be built
     */
    static DemoStage build(final DemoScreen screen) {
        final DemoStage stage = new DemoStage(screen);
        boolean built = false;
        try {
            screen.step("building the lab: a client, the balancer, a switch and " + BACKENDS
                    + " backends, each in a network namespace");
            Runtime.getRuntime().addShutdownHook(stage.hook);
            stage.fill();
            built = true;
            return stage;
        } finally {
            if (!built) {
                stage.close();
            }
        }
    }

    private void fill() {
        folder = take(DemoStage::temporaryFolder, DemoStage::delete);
        lab = take(() -> Lab.build(name, BACKENDS, 1), Lab::close);
        for (int i = 1; i <= BACKENDS; i++) {
            final int number = i;
            take(
                    () -> EchoBackend.start(
                            backendName(number),
                            lab.backend(number),
                            DemoConfig.BACKEND_PORT,
                            Lab.backendAddress(number)),
                    EchoBackend::close);
        }
    }

    /** Name of the instance. */
    String name() {
        return name;
    }

    Lab lab() {
        return lab;
    }

    /** The last CPU of those that this process may use. */
    int cpu() {
        return CpuAffinity.currentThread().length() - 1;
    }

    static String backendName(final int number) {
        return "backend-" + number;
    }

    /** A file of the demo's; it is removed at the end. */
    Path file(final String fileName) {
        return folder.resolve(fileName);
    }

    Path write(final String fileName, final String text) {
        try {
            return Files.writeString(file(fileName), text);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't write " + file(fileName), e);
        }
    }

    /** Takes something that {@link #close()} will give back; a signal meanwhile waits until it can be. */
    synchronized <T> T take(final Supplier<T> maker, final Consumer<T> closer) {
        if (ended) {
            throw new LabException("the demo was ended");
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
        screen.step("the lab is removed");
    }

    private synchronized void giveBack() {
        ended = true;
        undo.close();
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("fastpath-demo");
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

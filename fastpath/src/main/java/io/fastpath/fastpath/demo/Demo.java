package io.fastpath.fastpath.demo;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.afxdpnative.cpu.CpuAffinity;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.control.ControlClient;
import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.lab.BalancerProcess;
import io.fastpath.fastpath.lab.EchoBackend;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.LabException;
import io.fastpath.fastpath.lab.UdpLoad;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The demo: builds a lab, starts the balancer in it as an operator would, lets real clients talk to real servers through
 * it, watches, and removes everything again. One thread; a shutdown hook ends the balancer and removes the lab if a
 * signal ends the demo.
 */
public final class Demo {
    private static final int BACKENDS = 3;
    private static final int HTTP_CLIENTS = 4;
    private static final int UDP_CLIENTS = 2;
    private static final long CONTROL_TIMEOUT_MS = 5_000;

    private final Path launcher;
    private final int seconds;
    private final DemoScreen screen;
    private final String name = "fpdemo" + ProcessHandle.current().pid();
    private final Unwinder undo = new Unwinder();
    private boolean ended;

    /**
     * A demo, not run yet.
     *
     * @param launcher {@code bin/fastpath}
     * @param seconds that the load runs, from 1
     * @param screen to show it on
     */
    public Demo(final Path launcher, final int seconds, final DemoScreen screen) {
        this.launcher = launcher;
        this.seconds = seconds;
        this.screen = screen;
    }

    /**
     * Runs it.
     *
     * @return what was found
     * @throws LabException when the lab can't be built or the balancer does not start or end as it should
     */
    public DemoResult run() {
        screen.step("building the lab: a client, the balancer, a switch and " + BACKENDS
                + " backends, each in a network " + "namespace");
        final Thread hook = new Thread(this::giveBack, "demo-clean-up");
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            final Path folder = take(Demo::temporaryFolder, Demo::delete);
            final Lab lab = take(() -> Lab.build(name, BACKENDS, 1), Lab::close);
            return runIn(lab, folder);
        } finally {
            giveBack();
            removeHook(hook);
            screen.step("the lab is removed");
        }
    }

    private DemoResult runIn(final Lab lab, final Path folder) {
        for (int i = 1; i <= lab.backendCount(); i++) {
            final int number = i;
            take(
                    () -> EchoBackend.start(
                            backendName(number),
                            lab.backend(number),
                            DemoConfig.BACKEND_PORT,
                            Lab.backendAddress(number)),
                    EchoBackend::close);
        }
        final int cpu = lastCpu();
        final Path config = write(folder.resolve("demo.yaml"), DemoConfig.of(name, lab, cpu));
        screen.step("starting the balancer: fastpath run --config demo.yaml, one worker on CPU " + cpu);
        final BalancerProcess balancer = take(
                () -> BalancerProcess.start(
                        List.of(launcher.toString()), lab.balancer(), config, folder.resolve("balancer.log")),
                BalancerProcess::close);
        final DemoResult result = drive(lab);
        screen.step("ending the balancer with SIGTERM");
        final int exitCode = balancer.stop();
        if (exitCode != 0) {
            throw new LabException(
                    "the balancer ended with exit code " + exitCode + "; its log ends: " + balancer.logEnd());
        }
        return result;
    }

    /** Takes something that {@link #giveBack()} will close; a signal meanwhile waits until it can be. */
    private synchronized <T> T take(final Supplier<T> maker, final Consumer<T> closer) {
        if (ended) {
            throw new LabException("the demo was ended");
        }
        final T taken = maker.get();
        undo.add(() -> closer.accept(taken));
        return taken;
    }

    private synchronized void giveBack() {
        ended = true;
        undo.close();
    }

    private static void removeHook(final Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (final IllegalStateException e) {
            return; // the process is ending, and the hook runs already
        }
    }

    private DemoResult drive(final Lab lab) {
        screen.step("HTTP, a new connection per request, to http://" + Lab.VIP + "/ and UDP echo to " + Lab.VIP + ":"
                + DemoConfig.UDP_VIP_PORT + ", for " + seconds + " s");
        try (HttpLoad http = new HttpLoad(lab.client(), "http://" + Lab.VIP + "/", HTTP_CLIENTS);
                UdpLoad udp = new UdpLoad(lab.client(), Lab.VIP, DemoConfig.UDP_VIP_PORT, UDP_CLIENTS);
                ControlClient control =
                        ControlClient.connect(InstanceDirectory.standard().socket(name), CONTROL_TIMEOUT_MS)) {
            final long startNs = System.nanoTime();
            http.start();
            udp.start();
            watch(http, udp, control, startNs);
            http.finish();
            udp.finish();
            final double elapsed = (System.nanoTime() - startNs) / 1e9;
            final DemoResult result = result(http, udp, control.ask("counters"), elapsed);
            screen.summary(result, control.ask("backends"), control.ask("status"));
            return result;
        } catch (final ControlException e) {
            throw new LabException("the balancer's control socket: " + e.getMessage(), e);
        }
    }

    private void watch(final HttpLoad http, final UdpLoad udp, final ControlClient control, final long startNs)
            throws ControlException {
        for (int second = 1; second <= seconds; second++) {
            final long waitNs = startNs + TimeUnit.SECONDS.toNanos(second) - System.nanoTime();
            try {
                TimeUnit.NANOSECONDS.sleep(waitNs);
            } catch (final InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabException("interrupted", e);
            }
            screen.tick(second, http, udp, control.ask("backends"), control.ask("status"));
        }
    }

    private static DemoResult result(
            final HttpLoad http, final UdpLoad udp, final JsonNode counters, final double elapsedSeconds) {
        final Map<String, Long> perBackend = new TreeMap<>(http.perBackend());
        udp.perBackend().forEach((backend, count) -> perBackend.merge(backend, count, Long::sum));
        final String firstFailure = http.firstFailure() == null ? udp.firstFailure() : http.firstFailure();
        return new DemoResult(
                http.requests(),
                http.failures() + udp.failures(),
                udp.exchanges(),
                udp.lost(),
                perBackend,
                idleBackends(http, udp),
                DemoCounters.packetsByEngine(counters),
                DemoCounters.drops(counters),
                elapsedSeconds,
                firstFailure);
    }

    private static List<String> idleBackends(final HttpLoad http, final UdpLoad udp) {
        final List<String> idle = new ArrayList<>();
        for (int number = 1; number <= BACKENDS; number++) {
            if (!http.perBackend().containsKey(backendName(number))) {
                idle.add(DemoConfig.HTTP_SERVICE + ' ' + backendName(number));
            }
            if (!udp.perBackend().containsKey(backendName(number))) {
                idle.add(DemoConfig.UDP_SERVICE + ' ' + backendName(number));
            }
        }
        return idle;
    }

    private static String backendName(final int number) {
        return "backend-" + number;
    }

    /** Of those that this process may use. */
    private static int lastCpu() {
        return CpuAffinity.currentThread().length() - 1;
    }

    private static Path temporaryFolder() {
        try {
            return Files.createTempDirectory("fastpath-demo");
        } catch (final IOException e) {
            throw new UncheckedIOException("can't make a temporary folder", e);
        }
    }

    private static Path write(final Path file, final String text) {
        try {
            return Files.writeString(file, text);
        } catch (final IOException e) {
            throw new UncheckedIOException("can't write " + file, e);
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

package io.fastpath.fastpath.lab;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A {@link DatagramStream} in a process of its own, with real-time priority where the machine grants it: neither the
 * collections of the process that drives the load nor a machine with more to do than CPUs shall look like a fault of the
 * balancer. One thread owns it.
 *
 * <p>The two processes talk by files: the probe makes {@code ready} when the stream runs, the owner makes {@code stop}, and
 * the probe leaves {@code report}.
 */
public final class DatagramProbe implements AutoCloseable {
    private static final int HEAP_MB = 128;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_NS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final String READY = "ready";
    private static final String STOP = "stop";
    private static final String REPORT = "report";

    private final Path folder;
    private final ChildProcess process;

    private DatagramProbe(final Path folder, final ChildProcess process) {
        this.folder = folder;
        this.process = process;
    }

    /**
     * Starts a probe and waits until its stream runs.
     *
     * @param lab whose client sends, and whose backends all listen
     * @param servicePort UDP port at the VIP
     * @param backendPort UDP port at the backends
     * @param perSecond datagrams
     * @return the probe, to be closed
     * @throws LabException when it does not start
     */
    public static DatagramProbe start(
            final Lab lab, final int servicePort, final int backendPort, final int perSecond) {
        try {
            final Path folder = Files.createTempDirectory("fastpath-probe");
            final List<String> words = new ArrayList<>(realTime());
            words.addAll(SameJava.command(
                    List.of("-XX:TieredStopAtLevel=1"), // or compilations, at the same priority, get in the stream's
                    // way
                    HEAP_MB,
                    DatagramProbe.class,
                    folder.toString(),
                    lab.client(),
                    Integer.toString(servicePort),
                    Integer.toString(backendPort),
                    Integer.toString(perSecond)));
            for (int number = 1; number <= lab.backendCount(); number++) {
                words.add(lab.backend(number));
            }
            final DatagramProbe probe =
                    new DatagramProbe(folder, ChildProcess.start("the probe", words, folder.resolve("log")));
            probe.await(READY);
            return probe;
        } catch (final IOException e) {
            throw new LabException("the probe: " + e.getMessage(), e);
        }
    }

    /**
     * Ends the stream.
     *
     * @return what became of it
     * @throws LabException when there is no report in time
     */
    public DatagramReport conclude() {
        try {
            Files.createFile(folder.resolve(STOP));
            await(REPORT);
            return new ObjectMapper().readValue(folder.resolve(REPORT).toFile(), DatagramReport.class);
        } catch (final IOException e) {
            throw new LabException("the probe's report: " + e.getMessage() + "; it said: " + process.logEnd(), e);
        }
    }

    /** Ends the process and removes its files. */
    @Override
    public void close() {
        process.kill();
        try (var files = Files.list(folder)) {
            for (final Path file : files.toList()) {
                Files.delete(file);
            }
            Files.delete(folder);
        } catch (final IOException e) {
            throw new LabException("the probe's files: " + e.getMessage(), e);
        }
    }

    private void await(final String file) {
        final long startNs = System.nanoTime();
        while (!Files.exists(folder.resolve(file))) {
            process.checkAlive();
            if (System.nanoTime() - startNs > LIMIT_NS) {
                final String log = process.logEnd();
                close();
                throw new LabException("the probe made no " + file + "; it said: " + log);
            }
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private static List<String> realTime() {
        final List<String> words = List.of("chrt", "-f", "10");
        return Shell.attempt("sh", "-c", String.join(" ", words) + " true").exitCode() == 0 ? words : List.of();
    }

    /**
     * The probe's process.
     *
     * @param arguments folder, client's namespace, service's port, backends' port, datagrams per second, and the backends'
     *     namespaces
     * @throws IOException when a file can't be written
     */
    public static void main(final String[] arguments) throws IOException {
        final Path folder = Path.of(arguments[0]);
        final List<String> backends = List.of(arguments).subList(5, arguments.length);
        try (DatagramStream stream = new DatagramStream(
                arguments[1],
                backends,
                Integer.parseInt(arguments[2]),
                Integer.parseInt(arguments[3]),
                Integer.parseInt(arguments[4]))) {
            stream.start();
            Files.createFile(folder.resolve(READY));
            while (!Files.exists(folder.resolve(STOP))) {
                LockSupport.parkNanos(POLL_NS);
            }
            final Path draft = folder.resolve("draft");
            new ObjectMapper().writeValue(draft.toFile(), stream.conclude());
            Files.move(draft, folder.resolve(REPORT)); // whole, or not there
        }
    }
}

package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfFilesystem;
import io.fastpath.fastpath.control.InstanceBusyException;
import io.fastpath.fastpath.control.InstanceClaim;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.shadow.CaptureFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Removes every trace of an instance, whether it runs, has died, or never was. Control plane, any thread. */
public final class Detachment {
    /** A clean end takes well under a second; one that takes longer than this has stopped answering. */
    private static final long STOP_LIMIT_MS = 10_000;

    private static final long RETRY_MS = 20;

    private final InstanceDirectory directory;
    private final String instance;

    private Detachment(final InstanceDirectory directory, final String instance) {
        this.directory = directory;
        this.instance = instance;
    }

    /**
     * Ends the instance's process if there is one (SIGTERM), and removes pins, XDP program, socket and run directory.
     *
     * @param directory of run directories
     * @param instance its name
     * @return whether there was anything
     * @throws InstanceException if its process does not end, or the name leads out of the directory
     */
    public static boolean of(final InstanceDirectory directory, final String instance) {
        final Path folder = directory.of(instance);
        if (instance.isEmpty()
                || !folder.normalize().equals(folder)
                || !directory.root().equals(folder.getParent())) {
            throw new InstanceException("'" + instance + "' is no instance's name");
        }
        if (!Files.isDirectory(folder)) {
            return false;
        }
        new Detachment(directory, instance).run();
        return true;
    }

    private void run() {
        try (InstanceClaim claim = claim()) {
            // The links' only references are their pins: with them goes the program on the interfaces.
            BpfFilesystem.at(directory.bpf(instance)).unmount();
            CaptureFiles.remove(directory.of(instance));
            claim.removeDirectory();
        }
    }

    private InstanceClaim claim() {
        final long deadlineNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_LIMIT_MS);
        boolean asked = false;
        while (true) {
            try {
                return directory.claim(instance);
            } catch (final InstanceBusyException busy) {
                if (!asked) {
                    asked = process().map(ProcessHandle::destroy).orElse(false);
                }
                if (System.nanoTime() - deadlineNs > 0) {
                    throw new InstanceException(
                            busy.getMessage() + " and did not end within " + STOP_LIMIT_MS / 1000
                                    + " s of SIGTERM: kill it, then detach again",
                            busy);
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(RETRY_MS));
            }
        }
    }

    private Optional<ProcessHandle> process() {
        final Path lock = directory.lock(instance);
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(lock).strip()));
        } catch (final NoSuchFileException | NumberFormatException e) {
            return Optional.empty(); // it is just starting or ending
        } catch (final IOException e) {
            throw new InstanceException(lock + ": " + e.getMessage(), e);
        }
    }
}

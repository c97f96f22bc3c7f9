package io.fastpath.fastpath.doctor;

import static io.fastpath.fastpath.doctor.Finding.SYSTEM;

import io.fastpath.afxdpnative.bpf.BpfMap;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.MissingLibraryException;
import io.fastpath.afxdpnative.sys.NativeException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Looks at what can only be known by calling: libc, libbpf, AF_XDP. One thread. */
final class NativeChecks {
    private static final int AF_XDP = 44;
    private static final Path NOWHERE = Path.of("/proc/self/no-such-pin");

    private NativeChecks() {}

    /**
     * {@return what was found}
     *
     * @param files of the machine.
     */
    static List<Finding> run(final HostFiles files) {
        final List<Finding> findings = new ArrayList<>();
        try {
            Libc.require();
            findings.add(afXdp());
            findings.add(libbpf(files));
        } catch (final MissingLibraryException ex) {
            findings.add(Finding.failure(SYSTEM, "libraries", ex.getMessage(), ""));
        }
        return findings;
    }

    private static Finding afXdp() {
        final int fd = Libc.socket(AF_XDP, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 0);
        if (fd >= 0) {
            Libc.close(fd);
            return Finding.ok(SYSTEM, "af-xdp", "sockets can be opened");
        }
        final int errno = Libc.errno();
        return Finding.failure(
                SYSTEM,
                "af-xdp",
                "socket(AF_XDP) failed: " + Errno.describe(errno),
                errno == Errno.EPERM.number()
                        ? "run as root, or with CAP_NET_RAW"
                        : "use a kernel with CONFIG_XDP_SOCKETS");
    }

    /** Opening a pin that isn't there loads the library; which one was loaded, the memory map tells. */
    private static Finding libbpf(final HostFiles files) {
        try (BpfMap unexpected = BpfMap.openPinned(NOWHERE)) {
            throw new IllegalStateException("something is pinned at " + NOWHERE + ": " + unexpected.info());
        } catch (final NativeException ex) {
            final String file = files.lineWith("/proc/self/maps", "libbpf.so")
                    .map(line -> line.substring(line.indexOf('/')))
                    .orElse("loaded");
            return Finding.ok(SYSTEM, "libbpf", file);
        }
    }
}

package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.config.InterfaceMode;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The XDP program on the interfaces. Each link is pinned, so that it outlives a process that dies; {@link #close()} ends
 * it. Control thread.
 */
final class XdpAttachments implements AutoCloseable {
    /** Pins of links begin with this, and end with the interface's index. */
    static final String PIN_PREFIX = "link_";

    private final BpfProgram program;
    private final Path directory;
    private final Map<Integer, BpfLink> links = new HashMap<>();
    private final Map<Integer, String> downgrades = new HashMap<>();

    /**
     * No attachment yet.
     *
     * @param program to attach
     * @param directory of the pins, in a bpffs
     */
    XdpAttachments(final BpfProgram program, final Path directory) {
        this.program = program;
        this.directory = directory;
    }

    /**
     * Attaches the program. In mode {@code auto} an interface whose driver can't do native XDP gets the generic one.
     *
     * @param served the interface
     * @throws NativeException if it can't be attached
     */
    void attach(final ServedInterface served) {
        final BpfLink link = link(served);
        links.put(served.ifindex(), link);
        link.pin(directory.resolve(PIN_PREFIX + served.ifindex()));
    }

    /**
     * In which way an interface is served less well than it could be.
     *
     * @param ifindex of the interface
     * @return why the program runs in generic mode; empty where it doesn't, or was asked to
     */
    String downgrade(final int ifindex) {
        return downgrades.getOrDefault(ifindex, "");
    }

    private BpfLink link(final ServedInterface served) {
        if (served.config().mode() == InterfaceMode.GENERIC) {
            return program.attachXdp(served.ifindex(), XdpMode.GENERIC);
        }
        try {
            return program.attachXdp(served.ifindex(), XdpMode.NATIVE);
        } catch (final NativeException nativeFailure) {
            if (served.config().mode() != InterfaceMode.AUTO || isTaken(nativeFailure)) {
                throw nativeFailure;
            }
            final BpfLink link = program.attachXdp(served.ifindex(), XdpMode.GENERIC);
            downgrades.put(served.ifindex(), "generic instead of native XDP: " + nativeFailure.getMessage());
            return link;
        }
    }

    private static boolean isTaken(final NativeException failure) {
        return failure.is(Errno.EBUSY) || failure.is(Errno.EEXIST);
    }

    /** Detaches the program everywhere and removes the pins. */
    @Override
    public void close() {
        try (Unwinder all = new Unwinder()) {
            links.forEach((ifindex, link) -> {
                all.add(link::close);
                all.add(() -> BpfLink.unpin(directory.resolve(PIN_PREFIX + ifindex)));
            });
            links.clear();
        }
    }
}

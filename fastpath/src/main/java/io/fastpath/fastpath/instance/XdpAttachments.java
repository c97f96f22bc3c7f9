package io.fastpath.fastpath.instance;

import io.fastpath.afxdpnative.bpf.AttachedXdpProgram;
import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfProgram;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.Unwinder;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.control.InstanceDirectory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The XDP program on the interfaces. Each link is pinned, so that it outlives the process: {@link #close()} ends it, and
 * {@link #leave()} lets it be. A link that an earlier process left gets this process's program, without a gap. Control
 * thread.
 */
final class XdpAttachments implements AutoCloseable {
    private static final String PIN_PREFIX = InstanceDirectory.LINK_PIN_PREFIX;

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
        final Path pin = directory.resolve(PIN_PREFIX + served.ifindex());
        if (Files.exists(pin) && adopt(pin, served)) {
            return;
        }
        final BpfLink link = link(served);
        links.put(served.ifindex(), link);
        link.pin(pin);
    }

    /** Goes on with a pinned link, unless it lost its interface or is of the wrong mode: then it is ended. */
    private boolean adopt(final Path pin, final ServedInterface served) {
        final BpfLink link = BpfLink.openPinned(pin);
        final boolean isGeneric = AttachedXdpProgram.query(served.ifindex()).stream()
                .anyMatch(holder -> holder.programId() == link.programId() && holder.mode() == XdpMode.GENERIC);
        final boolean isWanted = switch (served.config().mode()) {
            case AUTO -> true;
            case GENERIC -> isGeneric;
            default -> !isGeneric;
        };
        if (link.ifindex() != served.ifindex() || !isWanted) {
            end(link, pin);
            return false;
        }
        link.update(program);
        links.put(served.ifindex(), link);
        if (isGeneric && served.config().mode() != InterfaceMode.GENERIC) {
            downgrades.put(served.ifindex(), "generic instead of native XDP, as the earlier process found");
        }
        return true;
    }

    /** Takes the program off interfaces that an earlier process served and this one does not. */
    void endOthers() {
        try (Stream<Path> pins = Files.list(directory)) {
            pins.filter(pin -> pin.getFileName().toString().startsWith(PIN_PREFIX))
                    .filter(pin -> links.keySet().stream().noneMatch(ifindex -> pin.endsWith(PIN_PREFIX + ifindex)))
                    .forEach(pin -> end(BpfLink.openPinned(pin), pin));
        } catch (final IOException e) {
            throw new UncheckedIOException("pins in " + directory, e);
        }
    }

    private static void end(final BpfLink link, final Path pin) {
        link.detach();
        BpfLink.unpin(pin);
        link.close();
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

    /** Lets go of the links and leaves them pinned: the program goes on without this process. */
    void leave() {
        links.values().forEach(BpfLink::close);
        links.clear();
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

package io.fastpath.fastpath.doctor;

import io.fastpath.afxdpnative.bpf.AttachedXdpProgram;
import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.afxdpnative.interfaces.NoSuchInterfaceException;
import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.sys.MissingLibraryException;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.fastpath.config.ConfigWarnings;
import io.fastpath.fastpath.config.InstanceConfig;
import io.fastpath.fastpath.config.InterfaceConfig;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.kernelbpf.KernelObjects;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Examines this machine and its interfaces, in the network namespace of the calling thread, without changing anything.
 * One thread; an object examines once.
 */
public final class Doctor {
    private final HostFiles files = new HostFiles(Path.of("/"));
    private final List<Finding> findings = new ArrayList<>();
    private final List<InterfacePlan> plans = new ArrayList<>();

    private Doctor() {}

    /**
     * Examines.
     *
     * @param interfaces names; where there are none, those of the configuration, or else every Ethernet
     *     interface that is switched on.
     * @param config what an instance would be; empty where nobody says.
     * @return what was found.
     */
    public static DoctorReport examine(final List<String> interfaces, final Optional<InstanceConfig> config) {
        final Doctor doctor = new Doctor();
        doctor.system(config);
        try {
            doctor.requests(interfaces, config).forEach(doctor::examine);
        } catch (final MissingLibraryException ex) {
            // the checks of the system have said so already
            return new DoctorReport(doctor.findings, doctor.plans);
        }
        return new DoctorReport(doctor.findings, doctor.plans);
    }

    private void system(final Optional<InstanceConfig> config) {
        findings.addAll(SystemChecks.run(files));
        findings.addAll(NativeChecks.run(files));
        findings.add(HugePageCheck.run(
                files,
                config.map(Doctor::hugeLength).orElse(0L),
                config.map(InstanceConfig::refuseDowngrade).orElse(false)));
        config.map(ConfigWarnings::of)
                .ifPresent(warnings -> warnings.forEach(
                        warning -> findings.add(Finding.warning(Finding.CONFIGURATION, "configuration", warning, ""))));
    }

    /** A lower bound: one queue for each interface. */
    private static long hugeLength(final InstanceConfig config) {
        return config.umem().hugePages()
                ? (long) config.umem().framesPerQueue(config.rings())
                        * config.umem().frameSize()
                        * config.interfaces().size()
                : 0;
    }

    private List<InterfaceRequest> requests(final List<String> names, final Optional<InstanceConfig> config) {
        if (!names.isEmpty()) {
            return names.stream().map(name -> request(name, config)).toList();
        }
        if (config.isPresent()) {
            return config.get().interfaces().stream()
                    .map(served -> InterfaceRequest.of(served, config.get()))
                    .toList();
        }
        return InterfaceFacts.links().stream()
                .filter(link -> !link.isLoopback() && link.hardwareType() == InterfaceChecks.ETHERNET && link.isUp())
                .map(Link::name)
                .map(InterfaceRequest::of)
                .toList();
    }

    private static InterfaceRequest request(final String name, final Optional<InstanceConfig> config) {
        if (config.isPresent()) {
            for (final InterfaceConfig served : config.get().interfaces()) {
                if (served.name().equals(name)) {
                    return InterfaceRequest.of(served, config.get());
                }
            }
        }
        return InterfaceRequest.of(name);
    }

    private void examine(final InterfaceRequest request) {
        try {
            final InterfaceFacts facts = InterfaceFacts.of(request.name());
            final Optional<InterfaceFacts> peer = peer(facts);
            final List<Finding> own = new ArrayList<>(InterfaceChecks.run(facts, request));
            own.addAll(OffloadChecks.run(facts, peer, request));
            own.add(holder(facts));
            own.addAll(reversePath(request.name()));
            findings.addAll(own);
            plans.add(plan(facts, peer, request, own));
        } catch (final NoSuchInterfaceException ex) {
            findings.add(Finding.failure(request.name(), "link", ex.getMessage(), ""));
        } catch (final NativeException ex) {
            findings.add(Finding.failure(request.name(), "link", ex.getMessage(), ""));
        }
    }

    private static Optional<InterfaceFacts> peer(final InterfaceFacts facts) {
        final int peerIfindex = facts.vethPeerIfindex().orElse(0);
        return facts.link().lowerElsewhere()
                ? Optional.empty()
                : InterfaceFacts.links().stream()
                        .filter(link -> peerIfindex != 0 && link.ifindex() == peerIfindex)
                        .findFirst()
                        .map(link -> InterfaceFacts.of(link.name()));
    }

    private static Finding holder(final InterfaceFacts facts) {
        final List<AttachedXdpProgram> programs = AttachedXdpProgram.query(facts.ifindex());
        if (programs.isEmpty()) {
            return Finding.ok(facts.name(), "xdp-program", "none is attached");
        }
        final AttachedXdpProgram program = programs.get(0);
        final String fact = "program " + program.programId() + " (" + program.programName() + ") is attached in "
                + program.mode().name().toLowerCase(Locale.ROOT) + " mode";
        return program.programName().equals(KernelObjects.XDP_STEER_PROGRAM)
                ? Finding.note(
                        facts.name(),
                        "xdp-program",
                        fact + ": an instance's own",
                        "fastpath status; or fastpath detach, if it is dead")
                : Finding.failure(
                        facts.name(),
                        "xdp-program",
                        fact + " by somebody else",
                        "stop what attached it, or ip link set dev " + facts.name() + " xdp off");
    }

    private List<Finding> reversePath(final String name) {
        final boolean strict = files.text("/proc/sys/net/ipv4/conf/" + name + "/rp_filter")
                .filter(value -> value.equals("1"))
                .isPresent();
        return strict
                ? List.of(Finding.note(
                        name,
                        "rp-filter",
                        "strict reverse path filter: of the packets that fastpath leaves to the kernel, those whose way back is"
                                + " another interface are dropped",
                        "sysctl net.ipv4.conf." + name + ".rp_filter=2, if ways differ here"))
                : List.of();
    }

    private static InterfacePlan plan(
            final InterfaceFacts facts,
            final Optional<InterfaceFacts> peer,
            final InterfaceRequest request,
            final List<Finding> own) {
        final boolean unable = own.stream().anyMatch(finding -> finding.level() == Level.FAILURE);
        final boolean isNative = facts.xdp().isEmpty() || facts.xdp().get().isNative();
        final boolean isZeroCopy = facts.xdp().isPresent() && facts.xdp().get().isZeroCopy();
        final String best = isZeroCopy ? "zerocopy" : isNative ? "copy" : "generic";
        final String mode =
                request.mode() == InterfaceMode.AUTO ? best : request.mode().label();
        return new InterfacePlan(
                facts.name(),
                facts.driver().name(),
                unable ? "none" : mode,
                request.queues().resolve(facts.queues().rxTotal()).size(),
                facts.mtu(),
                FrameFit.frameSize(facts.mtu()),
                request.checksum() == null
                        ? OffloadChecks.neededChecksum(facts, peer).label()
                        : request.checksum().label());
    }
}

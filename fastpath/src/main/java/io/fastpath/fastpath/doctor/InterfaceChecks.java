package io.fastpath.fastpath.doctor;

import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.afxdpnative.interfaces.QueueCounts;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.config.QueueSelection;
import io.fastpath.fastpath.instance.KernelReach;
import java.util.ArrayList;
import java.util.List;

/** Judges one interface: link, mode, MTU, queues, rings. What belongs to offloads is in {@link OffloadChecks}. Pure. */
final class InterfaceChecks {
    /** {@code ARPHRD_ETHER}, linux/if_arp.h. */
    static final int ETHERNET = 1;

    private final InterfaceFacts facts;
    private final InterfaceRequest request;
    private final String name;
    private final List<Finding> findings = new ArrayList<>();

    private InterfaceChecks(final InterfaceFacts facts, final InterfaceRequest request) {
        this.facts = facts;
        this.request = request;
        name = facts.name();
    }

    /**
     * {@return what was found}
     *
     * @param facts of the interface.
     * @param request what is wanted of it.
     */
    static List<Finding> run(final InterfaceFacts facts, final InterfaceRequest request) {
        final InterfaceChecks checks = new InterfaceChecks(facts, request);
        if (facts.link().hardwareType() != ETHERNET || facts.link().isLoopback()) {
            return List.of(Finding.failure(
                    checks.name,
                    "link",
                    "it is not an Ethernet interface",
                    "fastpath serves Ethernet interfaces only"));
        }
        checks.link();
        checks.place();
        checks.mode();
        checks.kernelEngine();
        checks.mtu();
        checks.queues();
        checks.rings();
        for (final DriverTraps.Trap trap : DriverTraps.of(facts.driver().name(), checks.name)) {
            checks.findings.add(Finding.note(checks.name, "trap", trap.symptom(), trap.advice()));
        }
        return checks.findings;
    }

    private void link() {
        if (!facts.link().isUp()) {
            findings.add(Finding.failure(name, "link", "it is switched off", "ip link set dev " + name + " up"));
        } else if (!facts.link().hasCarrier()) {
            findings.add(Finding.warning(name, "link", "it has no carrier", "see to the cable or the other end"));
        } else {
            findings.add(Finding.ok(
                    name,
                    "link",
                    "up, driver " + facts.driver().name() + " " + facts.driver().version()));
        }
    }

    private void place() {
        facts.vlan()
                .ifPresent(vlan -> findings.add(Finding.failure(
                        name,
                        "vlan",
                        "it is a VLAN interface",
                        "name the interface below it: fastpath reads and writes the tags itself")));
        if (facts.masterIfindex().isPresent()) {
            findings.add(Finding.warning(
                    name,
                    "master",
                    "it is a port of a " + facts.link().masterKind(),
                    "fastpath takes its packets before the " + facts.link().masterKind()
                            + " sees them, and of this port only"));
        }
    }

    private void mode() {
        if (facts.xdp().isEmpty()) {
            findings.add(Finding.note(
                    name,
                    "xdp",
                    "this kernel does not tell what the driver's XDP can do (it needs 6.3)",
                    "the start of an instance will show it; see mode and downgrade in fastpath status"));
        } else if (!facts.xdp().get().isNative()) {
            final boolean refused = request.mode() == InterfaceMode.ZEROCOPY || request.mode() == InterfaceMode.COPY;
            lesser(
                    refused,
                    request.mode() == InterfaceMode.GENERIC ? Level.OK : Level.WARNING,
                    "the driver has no XDP: only generic mode, behind the kernel's socket buffers",
                    "use a NIC with native XDP, or say mode: generic to accept it");
        } else if (!facts.xdp().get().isZeroCopy()) {
            lesser(
                    request.mode() == InterfaceMode.ZEROCOPY,
                    Level.OK,
                    "native XDP; AF_XDP copies each packet once, zero-copy is not in this driver",
                    "say mode: copy to accept it");
        } else {
            findings.add(Finding.ok(name, "xdp", "native XDP, AF_XDP with zero-copy"));
        }
    }

    private void kernelEngine() {
        facts.xdp().ifPresent(xdp -> {
            final String obstacle = KernelReach.obstacle(name, facts.driver().name(), xdp.features());
            if (obstacle.isEmpty()) {
                findings.add(Finding.ok(name, "kernel-engine", "the kernel engine can send by it"));
            } else {
                final int remedy = obstacle.indexOf(": ");
                findings.add(Finding.warning(
                        name, "kernel-engine", obstacle.substring(0, remedy), obstacle.substring(remedy + 2)));
            }
        });
    }

    /** A lesser way than the best is a failure where the configuration refuses it, by its mode or altogether. */
    private void lesser(final boolean refusedByMode, final Level otherwise, final String fact, final String advice) {
        final boolean refused = refusedByMode || request.refuseDowngrade() && request.mode() == InterfaceMode.AUTO;
        final Level level = refused ? Level.FAILURE : otherwise;
        findings.add(new Finding(name, "xdp", level, fact, level == Level.OK ? "" : advice));
    }

    private void mtu() {
        final int mtu = facts.mtu();
        final int needed = FrameFit.frameSize(mtu);
        if (needed == 0) {
            findings.add(Finding.failure(
                    name,
                    "mtu",
                    "packets of " + mtu + " bytes fit in no frame",
                    "ip link set dev " + name + " mtu " + FrameFit.NATIVE_MTU_LIMIT + ", and umem.frameSize: 4096"));
        } else if (mtu > FrameFit.NATIVE_MTU_LIMIT) {
            findings.add(Finding.warning(
                    name,
                    "mtu",
                    mtu + " is more than most drivers take with native XDP (" + FrameFit.NATIVE_MTU_LIMIT + ")",
                    "ip link set dev " + name + " mtu " + FrameFit.NATIVE_MTU_LIMIT));
        } else if (request.frameSize() != 0 && request.frameSize() < needed) {
            findings.add(Finding.failure(
                    name,
                    "mtu",
                    "packets of " + mtu + " bytes don't fit in frames of " + request.frameSize(),
                    "umem.frameSize: " + needed + ", or an MTU of " + FrameFit.mtuLimit(request.frameSize())));
        } else {
            findings.add(Finding.ok(name, "mtu", mtu + " fits in frames of " + needed));
        }
    }

    private void queues() {
        final QueueCounts queues = facts.queues();
        final List<Integer> wanted = request.queues().resolve(queues.rxTotal());
        final int last = wanted.stream().mapToInt(Integer::intValue).max().orElse(-1);
        if (last >= queues.rxTotal()) {
            findings.add(Finding.failure(
                    name,
                    "queues",
                    "queue " + last + " is asked for, there are " + queues.rxTotal(),
                    queues.combinedLimit() > last
                            ? "ethtool -L " + name + " combined " + (last + 1)
                            : "ask for queues from 0 to " + (queues.rxTotal() - 1)));
        } else if (last >= queues.txTotal()) {
            findings.add(Finding.failure(
                    name,
                    "queues",
                    queues.rxTotal() + " receive but " + queues.txTotal() + " transmit queues: a socket needs both",
                    "make them equal with ethtool -L, or ask for fewer queues"));
        } else if (request.queues().form() != QueueSelection.Form.ALL && wanted.size() < queues.rxTotal()) {
            findings.add(Finding.note(
                    name,
                    "queues",
                    wanted.size() + " of " + queues.rxTotal() + " queues are taken",
                    "the kernel engine forwards what arrives at another queue; steer packets with ethtool -X or -N"));
        } else {
            findings.add(
                    Finding.ok(name, "queues", queues.rxTotal() + " to receive, " + queues.txTotal() + " to send"));
        }
        if (request.workerCount() > 0 && wanted.size() < request.workerCount() && last < queues.rxTotal()) {
            findings.add(Finding.note(
                    name,
                    "workers",
                    request.workerCount() + " workers for " + wanted.size() + " queues",
                    "a queue has one worker: more workers than queues (over all interfaces) stand idle"));
        }
    }

    /** The card takes a frame for each of its own descriptors, and more wait in the receive ring (cndp#236). */
    private void rings() {
        facts.rings().ifPresent(rings -> {
            final int needed = rings.rxCount() + request.rxSize();
            if (request.fillSize() > 0 && rings.rxCount() > 0 && request.fillSize() < needed) {
                findings.add(Finding.warning(
                        name,
                        "rings",
                        "the fill ring (" + request.fillSize() + ") is smaller than the card's ring (" + rings.rxCount()
                                + ") and the receive ring (" + request.rxSize() + ") together",
                        "rings.fill of " + Integer.highestOneBit(needed - 1) * 2 + ", or ethtool -G " + name
                                + " rx with a smaller number"));
            }
        });
    }
}

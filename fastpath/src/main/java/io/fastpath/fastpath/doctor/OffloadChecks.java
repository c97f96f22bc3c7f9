package io.fastpath.fastpath.doctor;

import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.fastpath.config.ChecksumMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges what an interface's offloads do to the packets that XDP sees. Pure. */
final class OffloadChecks {
    private final InterfaceFacts facts;
    private final Optional<InterfaceFacts> peer;
    private final InterfaceRequest request;
    private final String name;
    private final List<Finding> findings = new ArrayList<>();

    private OffloadChecks(
            final InterfaceFacts facts, final Optional<InterfaceFacts> peer, final InterfaceRequest request) {
        this.facts = facts;
        this.peer = peer;
        this.request = request;
        name = facts.name();
    }

    /**
     * {@return what was found}
     *
     * @param facts of the interface.
     * @param peer the other end of a veth; empty where there is none, or it is in another network namespace.
     * @param request what is wanted of the interface.
     */
    static List<Finding> run(
            final InterfaceFacts facts, final Optional<InterfaceFacts> peer, final InterfaceRequest request) {
        final OffloadChecks checks = new OffloadChecks(facts, peer, request);
        checks.checksums();
        checks.merging();
        checks.tags();
        return checks.findings;
    }

    /**
     * {@return the checksum mode that the interface needs}
     *
     * @param facts of the interface.
     * @param peer as for {@link #run}.
     */
    static ChecksumMode neededChecksum(final InterfaceFacts facts, final Optional<InterfaceFacts> peer) {
        final boolean local = facts.link().isVeth();
        final boolean honest = peer.isPresent() && !peer.get().offloads().txChecksum();
        return local && !honest ? ChecksumMode.RECOMPUTE : ChecksumMode.INCREMENTAL;
    }

    /** A sender on this machine that leaves checksums to offload puts none into what crosses a veth. */
    private void checksums() {
        if (!facts.link().isVeth()) {
            return;
        }
        final boolean recomputes = request.checksum() == ChecksumMode.RECOMPUTE;
        if (peer.isEmpty()) {
            findings.add(new Finding(
                    name,
                    "tx-checksum",
                    recomputes ? Level.OK : Level.WARNING,
                    "its peer is in another network namespace: whether senders there leave checksums to offload, can't be seen",
                    recomputes ? "" : "say checksum: recompute, or in the peer's namespace: ethtool -K PEER tx off"));
        } else if (peer.get().offloads().txChecksum()) {
            findings.add(new Finding(
                    name,
                    "tx-checksum",
                    recomputes ? Level.OK : Level.WARNING,
                    "its peer " + peer.get().name()
                            + " offloads checksums: packets of this machine's own senders arrive without a valid one",
                    recomputes
                            ? ""
                            : "say checksum: recompute, or ethtool -K "
                                    + peer.get().name() + " tx off"));
        } else {
            findings.add(
                    Finding.ok(name, "tx-checksum", "its peer " + peer.get().name() + " sends valid checksums"));
        }
    }

    private void merging() {
        if (facts.offloads().isActive("rx-lro")) {
            findings.add(Finding.warning(
                    name,
                    "lro",
                    "the NIC merges received packets (LRO)",
                    "ethtool -K " + name
                            + " lro off: most drivers refuse XDP with it, and merged packets fit in no frame"));
        }
        if (facts.offloads().isActive("rx-gro-hw")) {
            findings.add(Finding.warning(
                    name,
                    "gro-hw",
                    "the NIC merges received packets (hardware GRO)",
                    "ethtool -K " + name + " rx-gro-hw off"));
        }
    }

    private void tags() {
        if (facts.offloads().rxVlan()) {
            findings.add(Finding.note(
                    name,
                    "rx-vlan",
                    "VLAN tags are taken off received frames before XDP sees them",
                    "if clients or backends are tagged: ethtool -K " + name + " rxvlan off"));
        }
    }
}

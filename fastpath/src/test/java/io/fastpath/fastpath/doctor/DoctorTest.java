package io.fastpath.fastpath.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fastpath.afxdpnative.bpf.BpfLink;
import io.fastpath.afxdpnative.bpf.BpfObject;
import io.fastpath.afxdpnative.bpf.XdpMode;
import io.fastpath.afxdpnative.interfaces.InterfaceFacts;
import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.kernelbpf.KernelObjects;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A veth pair in a namespace of its own; needs root. */
class DoctorTest {
    private final String namespace = "fptdoc" + ProcessHandle.current().pid();
    private NetworkNamespace visit;

    @BeforeEach
    void makePair() {
        Shell.attempt("ip", "netns", "delete", namespace);
        Shell.run("ip", "netns", "add", namespace);
        ip("link", "add", "va", "type", "veth", "peer", "name", "vb");
        ip("link", "set", "va", "up");
        ip("link", "set", "vb", "up");
        visit = NetworkNamespace.enter(namespace);
    }

    @AfterEach
    void removePair() {
        if (visit != null) {
            visit.close();
        }
        Shell.attempt("ip", "netns", "delete", namespace);
    }

    @Test
    void shouldFindThisMachineFit() {
        final DoctorReport report = examine("va");

        assertThat(report.findings())
                .filteredOn(finding -> finding.subject().equals(Finding.SYSTEM))
                .extracting(Finding::check, Finding::level)
                .contains(tuple("privileges", Level.OK), tuple("af-xdp", Level.OK), tuple("libbpf", Level.OK));
        assertThat(finding(report, "libbpf").fact()).contains("libbpf.so");
    }

    @Test
    void shouldTellThatThePeerOffloadsChecksumsUntilItDoesNot() {
        final DoctorReport before = examine("va");
        Shell.run("ip", "netns", "exec", namespace, "ethtool", "-K", "vb", "tx", "off");
        final DoctorReport after = examine("va");

        assertThat(finding(before, "tx-checksum").level()).isEqualTo(Level.WARNING);
        assertThat(finding(before, "tx-checksum").advice())
                .isEqualTo("say checksum: recompute, or ethtool -K vb tx off");
        assertThat(before.plans()).containsExactly(new InterfacePlan("va", "veth", "copy", 1, 1500, 2048, "recompute"));
        assertThat(finding(after, "tx-checksum").level()).isEqualTo(Level.OK);
        assertThat(after.plans())
                .containsExactly(new InterfacePlan("va", "veth", "copy", 1, 1500, 2048, "incremental"));
    }

    @Test
    void shouldRefuseAnInterfaceThatSomebodyElseHolds() {
        try (BpfObject object = BpfObject.open(KernelObjects.xdpPass(), "xdp_pass")) {
            object.load();
            final int ifindex = InterfaceFacts.of("va").ifindex();
            try (BpfLink link = object.program(KernelObjects.XDP_PASS_PROGRAM).attachXdp(ifindex, XdpMode.NATIVE)) {
                final Finding held = finding(examine("va"), "xdp-program");
                assertThat(held.level()).isEqualTo(Level.FAILURE);
                assertThat(held.fact())
                        .isEqualTo("program " + link.programId()
                                + " (xdp_pass) is attached in native mode by somebody else");
                assertThat(examine("va").plans())
                        .extracting(InterfacePlan::mode)
                        .containsExactly("none");
            }
        }
        assertThat(finding(examine("va"), "xdp-program").level()).isEqualTo(Level.OK);
    }

    @Test
    void shouldSayThatThereIsNoSuchInterface() {
        final DoctorReport report = examine("vc");

        assertThat(report.worst()).isEqualTo(Level.FAILURE);
        assertThat(report.findings())
                .last()
                .extracting(Finding::fact)
                .isEqualTo("no interface \"vc\" in this network namespace; there are: lo, va, vb");
        assertThat(report.plans()).isEmpty();
    }

    @Test
    void shouldLookAtAllThatAreUpWhereNoneIsNamed() {
        ip("link", "set", "vb", "down");

        assertThat(Doctor.examine(List.of(), Optional.empty()).plans())
                .extracting(InterfacePlan::name)
                .containsExactly("va");
    }

    private void ip(final String... words) {
        final String[] command = new String[words.length + 3];
        command[0] = "ip";
        command[1] = "-n";
        command[2] = namespace;
        System.arraycopy(words, 0, command, 3, words.length);
        Shell.run(command);
    }

    private static DoctorReport examine(final String name) {
        return Doctor.examine(List.of(name), Optional.empty());
    }

    private static Finding finding(final DoctorReport report, final String check) {
        return report.findings().stream()
                .filter(found -> found.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing found of " + check));
    }
}

package io.fastpath.fastpath.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.fastpath.fastpath.config.ChecksumMode;
import io.fastpath.fastpath.config.InterfaceMode;
import io.fastpath.fastpath.config.QueueSelection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class InterfaceChecksTest {
    private static final InterfaceRequest ANY = InterfaceRequest.of("eth1");

    @Test
    void shouldFindNothingWrongWithAGoodInterface() {
        assertThat(checks(new FactsBuilder(), ANY)).extracting(Finding::level).containsOnly(Level.OK);
    }

    @Test
    void shouldSayNoMoreOfWhatIsNotEthernet() {
        assertThat(checks(new FactsBuilder().hardwareType(772), ANY))
                .extracting(Finding::check, Finding::level)
                .containsExactly(tuple("link", Level.FAILURE));
    }

    @Test
    void shouldJudgeTheLink() {
        assertThat(level(new FactsBuilder().flags(0), ANY, "link")).isEqualTo(Level.FAILURE);
        assertThat(level(new FactsBuilder().flags(1), ANY, "link")).isEqualTo(Level.WARNING);
        assertThat(finding(new FactsBuilder().master("bridge"), ANY, "master").advice())
                .contains("before the bridge sees them");
    }

    @Test
    void shouldJudgeTheModeByWhatIsAskedFor() {
        final FactsBuilder copyOnly = new FactsBuilder().veth();
        final FactsBuilder none = new FactsBuilder().xdp();

        assertThat(level(copyOnly, ANY, "xdp")).isEqualTo(Level.OK);
        assertThat(level(copyOnly, mode(InterfaceMode.ZEROCOPY), "xdp")).isEqualTo(Level.FAILURE);
        assertThat(level(none, ANY, "xdp")).isEqualTo(Level.WARNING);
        assertThat(level(none, mode(InterfaceMode.GENERIC), "xdp")).isEqualTo(Level.OK);
        assertThat(level(none, mode(InterfaceMode.COPY), "xdp")).isEqualTo(Level.FAILURE);
        assertThat(level(new FactsBuilder().xdpUnknown(), ANY, "xdp")).isEqualTo(Level.NOTE);
        assertThat(level(copyOnly, noDowngrade(InterfaceMode.AUTO), "xdp")).isEqualTo(Level.FAILURE);
        assertThat(level(copyOnly, noDowngrade(InterfaceMode.COPY), "xdp")).isEqualTo(Level.OK);
        assertThat(level(none, noDowngrade(InterfaceMode.GENERIC), "xdp")).isEqualTo(Level.OK);
    }

    @Test
    void shouldSayWhetherTheKernelEngineCanSend() {
        assertThat(level(new FactsBuilder(), ANY, "kernel-engine")).isEqualTo(Level.OK);
        assertThat(level(new FactsBuilder().veth(), ANY, "kernel-engine")).isEqualTo(Level.WARNING);
        assertThat(finding(new FactsBuilder().veth(), ANY, "kernel-engine").advice())
                .contains("gro on");
    }

    @Test
    void shouldJudgeTheMtuByFramesAndByNativeXdp() {
        assertThat(level(new FactsBuilder().mtu(1770), frames(2048), "mtu")).isEqualTo(Level.OK);
        assertThat(level(new FactsBuilder().mtu(1771), frames(2048), "mtu")).isEqualTo(Level.FAILURE);
        assertThat(level(new FactsBuilder().mtu(1771), frames(4096), "mtu")).isEqualTo(Level.OK);
        assertThat(level(new FactsBuilder().mtu(3498), frames(4096), "mtu")).isEqualTo(Level.OK);
        assertThat(level(new FactsBuilder().mtu(3499), frames(4096), "mtu")).isEqualTo(Level.WARNING);
        assertThat(level(new FactsBuilder().mtu(9000), ANY, "mtu")).isEqualTo(Level.FAILURE);
    }

    @Test
    void shouldJudgeTheQueues() {
        assertThat(finding(new FactsBuilder().queues(0, 0, 4), queues(List.of(0, 4)), "queues"))
                .isEqualTo(Finding.failure(
                        "eth1", "queues", "queue 4 is asked for, there are 4", "ethtool -L eth1 combined 5"));
        assertThat(finding(new FactsBuilder().queues(0, 0, 4), queues(List.of(9)), "queues")
                        .advice())
                .isEqualTo("ask for queues from 0 to 3");
        assertThat(finding(new FactsBuilder().queues(4, 1, 0), ANY, "queues").level())
                .isEqualTo(Level.FAILURE);
        assertThat(finding(new FactsBuilder().queues(4, 1, 0), queues(List.of(0)), "queues")
                        .level())
                .isEqualTo(Level.NOTE);
    }

    @Test
    void shouldTellIdleWorkers() {
        final InterfaceRequest twoWorkers = new InterfaceRequest(
                "eth1", QueueSelection.ALL, InterfaceMode.AUTO, ChecksumMode.INCREMENTAL, 2048, 4096, 2048, 2, false);

        assertThat(level(new FactsBuilder().queues(0, 0, 1), twoWorkers, "workers"))
                .isEqualTo(Level.NOTE);
        assertThat(checks(new FactsBuilder().queues(0, 0, 2), twoWorkers))
                .noneMatch(found -> found.check().equals("workers"));
    }

    @Test
    void shouldWantAFillRingForTheCardsRingToo() {
        final InterfaceRequest rings = new InterfaceRequest(
                "eth1", QueueSelection.ALL, InterfaceMode.AUTO, ChecksumMode.INCREMENTAL, 2048, 4096, 2048, 1, false);

        assertThat(checks(new FactsBuilder().rxRing(2048), rings))
                .noneMatch(found -> found.check().equals("rings"));
        assertThat(finding(new FactsBuilder().rxRing(2049), rings, "rings").advice())
                .startsWith("rings.fill of 8192");
    }

    @Test
    void shouldNameTheTrapsOfADriver() {
        assertThat(checks(new FactsBuilder().driver("ena"), ANY))
                .filteredOn(found -> found.check().equals("trap"))
                .hasSize(3)
                .allMatch(found -> found.level() == Level.NOTE)
                .anyMatch(found -> found.advice().equals("ip link set dev eth1 mtu 3498"));
    }

    @Test
    void shouldTellWhenChecksumsMustBeRecomputed() {
        final FactsBuilder veth = new FactsBuilder().veth();
        final FactsBuilder offloading = new FactsBuilder().veth().offload("tx-checksum-ip-generic");

        assertThat(offload(veth, Optional.empty(), null).level()).isEqualTo(Level.WARNING);
        assertThat(offload(veth, Optional.empty(), ChecksumMode.RECOMPUTE).level())
                .isEqualTo(Level.OK);
        assertThat(offload(veth, Optional.of(offloading), ChecksumMode.INCREMENTAL)
                        .advice())
                .isEqualTo("say checksum: recompute, or ethtool -K eth1 tx off");
        assertThat(offload(veth, Optional.of(offloading), ChecksumMode.RECOMPUTE)
                        .level())
                .isEqualTo(Level.OK);
        assertThat(offload(veth, Optional.of(veth), ChecksumMode.INCREMENTAL).level())
                .isEqualTo(Level.OK);
        assertThat(OffloadChecks.neededChecksum(veth.build(), Optional.empty())).isEqualTo(ChecksumMode.RECOMPUTE);
        assertThat(OffloadChecks.neededChecksum(veth.build(), Optional.of(veth.build())))
                .isEqualTo(ChecksumMode.INCREMENTAL);
        assertThat(OffloadChecks.neededChecksum(new FactsBuilder().build(), Optional.empty()))
                .isEqualTo(ChecksumMode.INCREMENTAL);
    }

    @Test
    void shouldTellWhatOffloadsDoToReceivedPackets() {
        final FactsBuilder facts =
                new FactsBuilder().offload("rx-lro").offload("rx-gro-hw").offload("rx-vlan-hw-parse");

        assertThat(OffloadChecks.run(facts.build(), Optional.empty(), ANY))
                .extracting(Finding::check, Finding::level)
                .containsExactly(
                        tuple("lro", Level.WARNING), tuple("gro-hw", Level.WARNING), tuple("rx-vlan", Level.NOTE));
    }

    private static Finding offload(
            final FactsBuilder facts, final Optional<FactsBuilder> peer, final ChecksumMode checksum) {
        final InterfaceRequest request = new InterfaceRequest(
                "eth1", QueueSelection.ALL, InterfaceMode.AUTO, checksum, 2048, 4096, 2048, 1, false);
        return OffloadChecks.run(facts.build(), peer.map(FactsBuilder::build), request)
                .get(0);
    }

    private static List<Finding> checks(final FactsBuilder facts, final InterfaceRequest request) {
        return InterfaceChecks.run(facts.build(), request);
    }

    private static Finding finding(final FactsBuilder facts, final InterfaceRequest request, final String check) {
        return checks(facts, request).stream()
                .filter(found -> found.check().equals(check))
                .findFirst()
                .orElseThrow(() -> new AssertionError("nothing found of " + check));
    }

    private static Level level(final FactsBuilder facts, final InterfaceRequest request, final String check) {
        return finding(facts, request, check).level();
    }

    private static InterfaceRequest mode(final InterfaceMode mode) {
        return new InterfaceRequest(
                "eth1", QueueSelection.ALL, mode, ChecksumMode.INCREMENTAL, 2048, 4096, 2048, 1, false);
    }

    private static InterfaceRequest noDowngrade(final InterfaceMode mode) {
        return new InterfaceRequest(
                "eth1", QueueSelection.ALL, mode, ChecksumMode.INCREMENTAL, 2048, 4096, 2048, 1, true);
    }

    private static InterfaceRequest frames(final int frameSize) {
        return new InterfaceRequest(
                "eth1",
                QueueSelection.ALL,
                InterfaceMode.AUTO,
                ChecksumMode.INCREMENTAL,
                frameSize,
                4096,
                2048,
                1,
                false);
    }

    private static InterfaceRequest queues(final List<Integer> indexes) {
        return new InterfaceRequest(
                "eth1",
                new QueueSelection(QueueSelection.Form.LISTED, indexes.size(), indexes),
                InterfaceMode.AUTO,
                null,
                0,
                0,
                0,
                0,
                false);
    }
}

package io.fastpath.lb.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.HashInput;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.selection.Explanation.Outcome;
import io.fastpath.lb.selection.Explanation.Share;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ExplainerTest {
    private static final Address VIP = Address.parse("10.7.0.100");
    private static final Address VIP6 = Address.parse("2001:db8::100");
    private static final ServiceSpec WEB = new ServiceSpec(
            "web",
            VIP,
            80,
            Protocol.TCP,
            Forwarding.FULL_NAT,
            List.of(
                    new BackendSpec(Address.parse("10.8.0.11"), 8080, 1),
                    new BackendSpec(Address.parse("10.8.0.12"), 8080, 2),
                    new BackendSpec(Address.parse("10.8.0.13"), 8080, 0)));
    private static final ServiceSpec DNS =
            new ServiceSpec("dns", VIP, 53, Protocol.UDP, Forwarding.NAT, 251, Samples.backends(1));
    private static final ServiceSpec IDLE =
            new ServiceSpec("idle", VIP, 81, Protocol.TCP, Forwarding.NAT, 251, List.of());
    private static final ServiceSpec SIX = new ServiceSpec(
            "six",
            VIP6,
            80,
            Protocol.TCP,
            Forwarding.NAT,
            4093,
            List.of(
                    new BackendSpec(Address.parse("2001:db8:1::1"), 80, 3),
                    new BackendSpec(Address.parse("2001:db8:1::2"), 80, 2),
                    new BackendSpec(Address.parse("2001:db8:1::3"), 80, 1)));
    private static final ServiceSpec STICKY = hashed(82, HashInput.SOURCE);
    private static final ServiceSpec PORTS = hashed(83, HashInput.SOURCE_AND_PORT);
    private static final List<ServiceSpec> ALL = List.of(WEB, DNS, IDLE, SIX, STICKY, PORTS);

    private final Explainer explainer = new Explainer(ALL);

    @Test
    void shouldNameTheBackendThatARunningInstancePicks() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final LbMemory memory = LbMemory.allocate(64, 64, 400_000, seed);
        final ServiceTable table = ServiceTable.attach(memory);
        table.apply(List.of(SIX, WEB)); // another order and history
        table.apply(ALL);
        final Selector selector = new Selector(memory);
        for (int i = 0; i < 300; i++) {
            final ServiceSpec service = ALL.get(random.nextInt(ALL.size()));
            final byte[] client = new byte[service.vip().bytes().length];
            random.nextBytes(client);
            final Endpoint source = new Endpoint(Address.ofBytes(client), random.nextInt(65_536));
            final Endpoint destination = new Endpoint(service.vip(), service.port());
            assertThat(explainer
                            .explain(service.protocol(), source, destination)
                            .backend())
                    .as("seed %d, %s from %s", seed, service.name(), source)
                    .isEqualTo(picked(selector, service.protocol(), source, destination));
        }
    }

    @Test
    void shouldTellWhoTakesOverAndGiveTheTupleToIt() {
        int otherCount = 0;
        for (int port = 1; port < 40; port++) {
            final Endpoint source = new Endpoint(Address.parse("2001:db8:9::9"), port);
            final Endpoint destination = new Endpoint(VIP6, 80);
            final Explanation explanation = explainer.explain(Protocol.TCP, source, destination);
            final List<BackendSpec> others = SIX.backends().stream()
                    .filter(backend -> !backend.endpoint().toString().equals(explanation.backend()))
                    .toList();
            final ServiceSpec fewer = new ServiceSpec("six", VIP6, 80, Protocol.TCP, Forwarding.NAT, 4093, others);
            assertThat(explanation.successor()).isNotEqualTo(explanation.backend());
            assertThat(new Explainer(List.of(fewer))
                            .explain(Protocol.TCP, source, destination)
                            .backend())
                    .isEqualTo(explanation.successor());
            otherCount +=
                    explanation.successor().equals(others.get(0).endpoint().toString()) ? 1 : 0;
        }
        assertThat(otherCount).isBetween(1, 38);
    }

    @Test
    void shouldShowTheShares() {
        final Explanation explanation =
                explainer.explain(Protocol.TCP, endpoint("10.9.0.7", 40_000), endpoint("10.7.0.100", 80));
        assertThat(explanation.outcome()).isEqualTo(Outcome.BACKEND);
        assertThat(explanation.shares())
                .extracting(Share::backend)
                .containsExactly("10.8.0.11:8080", "10.8.0.12:8080", "10.8.0.13:8080");
        assertThat(explanation.shares().stream().mapToInt(Share::slotCount).sum())
                .isEqualTo(65_537);
        assertThat(explanation.shares().get(1).slotShare()).isCloseTo(2 / 3.0, within(0.0001));
        assertThat(explanation.shares().get(1).weightShare()).isEqualTo(2 / 3.0);
        assertThat(explanation.shares().get(2)).isEqualTo(new Share("10.8.0.13:8080", 0, 0, 0, 0));
    }

    @Test
    void shouldReadWell() {
        final Explanation explanation =
                explainer.explain(Protocol.TCP, endpoint("10.9.0.7", 40_000), endpoint("10.7.0.100", 80));
        assertThat(explanation.toText()).isEqualToNormalizingNewlines("""
                tuple       tcp 10.9.0.7:40000 -> 10.7.0.100:80
                service     web
                hash        0x6ca7d8ab -> slot 27816 of 65537
                backend     10.8.0.12:8080
                if removed  10.8.0.11:8080
                because     hash 0x6ca7d8ab x 65537 / 2^32 is slot 27816, and in the Maglev table of service web that is \
                10.8.0.12:8080's
                  10.8.0.11:8080               weight    1  slots   21846   33.33 % (weights ask for  33.33 %)
                  10.8.0.12:8080               weight    2  slots   43691   66.67 % (weights ask for  66.67 %)  <-
                  10.8.0.13:8080               weight    0  slots       0    0.00 % (weights ask for   0.00 %)
                """);
    }

    @Test
    void shouldSayWhyThereIsNoBackend() {
        final Explanation idle = explainer.explain(Protocol.TCP, endpoint("10.9.0.7", 1), endpoint("10.7.0.100", 81));
        assertThat(idle.outcome()).isEqualTo(Outcome.NO_BACKEND);
        assertThat(idle.backend()).isNull();
        assertThat(idle.reason()).isEqualTo("no backend of service idle takes new flows");
        final Explanation alone = explainer.explain(Protocol.UDP, endpoint("10.9.0.7", 1), endpoint("10.7.0.100", 53));
        assertThat(alone.backend()).isEqualTo("10.0.0.1:8080");
        assertThat(alone.successor()).isNull();
        final Explanation port = explainer.explain(Protocol.UDP, endpoint("10.9.0.7", 1), endpoint("10.7.0.100", 80));
        assertThat(port.outcome()).isEqualTo(Outcome.NO_SERVICE);
        assertThat(port.reason())
                .isEqualTo("no service is udp 10.7.0.100:80; this VIP has tcp 80 (web), udp 53 (dns), tcp 81 (idle), "
                        + "tcp 82 (source), tcp 83 (source-and-port)");
        final Explanation stranger = explainer.explain(Protocol.UDP, endpoint("10.9.0.7", 1), endpoint("10.7.0.9", 80));
        assertThat(stranger.reason()).isEqualTo("10.7.0.9 is no VIP");
        assertThat(stranger.toText()).contains("service     none", "because     10.7.0.9 is no VIP");
    }

    @Test
    void shouldTellWhatIsHashed() {
        final Explanation sticky = explainer.explain(Protocol.TCP, endpoint("10.9.0.7", 1), endpoint("10.7.0.100", 82));
        assertThat(sticky.reason()).contains("of the source address alone x 251");
        assertThat(sticky.hash())
                .isEqualTo(explainer
                        .explain(Protocol.TCP, endpoint("10.9.0.7", 2), endpoint("10.7.0.100", 82))
                        .hash());
        assertThat(explainer
                        .explain(Protocol.TCP, endpoint("10.9.0.7", 1), endpoint("10.7.0.100", 83))
                        .reason())
                .contains("of the source address and the destination port x 251");
    }

    @Test
    void shouldRefuseTuplesOfTwoFamilies() {
        assertThatThrownBy(() -> explainer.explain(Protocol.TCP, endpoint("::2", 1), endpoint("10.7.0.100", 80)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not of one family");
    }

    private static String picked(
            final Selector selector, final Protocol protocol, final Endpoint source, final Endpoint destination) {
        final long vip0 = destination.address().word0();
        final long vip1 = destination.address().word1();
        final int index = selector.serviceIndex(vip0, vip1, destination.portBe(), protocol.number());
        final int backend = selector.select(
                index,
                source.address().word0(),
                source.address().word1(),
                vip0,
                vip1,
                source.portBe() | destination.portBe() << 16,
                protocol.number());
        return backend == Selector.NONE
                ? null
                : new Endpoint(
                                Address.ofWords(selector.backendAddress0(backend), selector.backendAddress1(backend)),
                                Short.reverseBytes((short) selector.backendPortBe(backend, destination.portBe()))
                                        & 0xffff)
                        .toString();
    }

    private static ServiceSpec hashed(final int port, final HashInput hash) {
        return new ServiceSpec(
                hash.label(),
                new ServiceKey(VIP, port, Protocol.TCP),
                Forwarding.NAT,
                251,
                new SelectionSpec(hash),
                Samples.backends(3));
    }

    private static Endpoint endpoint(final String address, final int port) {
        return new Endpoint(Address.parse(address), port);
    }
}

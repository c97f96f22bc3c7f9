package io.fastpath.fastpath.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowWalkTest {
    private static final long SECOND_NS = TimeUnit.SECONDS.toNanos(1);

    private final FakeInstance instance = new FakeInstance(4096);

    @Test
    void shouldReportAConnectionOfFullNat() {
        instance.open("web", endpoint("192.0.2.7", 40000), 1, 3 * SECOND_NS);

        final FlowReport flow = walk(FlowFilter.ALL).get(0);

        assertThat(flow.protocol()).isEqualTo("tcp");
        assertThat(flow.state()).isEqualTo("syn-sent");
        assertThat(flow.client() + ' ' + flow.clientPort()).isEqualTo("192.0.2.7 40000");
        assertThat(flow.vip() + ' ' + flow.port()).isEqualTo("10.7.0.100 80");
        assertThat(flow.service()).isEqualTo("web");
        assertThat(flow.forwarding()).isEqualTo("full-nat");
        assertThat(flow.backend() + ' ' + flow.backendPort()).isEqualTo("10.8.0.12 8080");
        assertThat(flow.snat()).isEqualTo("10.8.0.1");
        assertThat(flow.snatPort()).isBetween(1024, 65535);
        assertThat(flow.idleMs()).isBetween(2990L, 60_000L);
    }

    @Test
    void shouldReportAConnectionOfNatWithoutSnat() {
        instance.open("dns", endpoint("fd00::5", 5000), 0, 0);

        final FlowReport flow = walk(FlowFilter.ALL).get(0);

        assertThat(flow.protocol()).isEqualTo("udp");
        assertThat(flow.state()).isEqualTo("udp-single");
        assertThat(flow.client()).isEqualTo("fd00::5");
        assertThat(flow.forwarding()).isEqualTo("nat");
        assertThat(flow.backend() + ' ' + flow.backendPort()).isEqualTo("fd00:8::11 5353");
        assertThat(flow.snat()).isEmpty();
        assertThat(flow.snatPort()).isZero();
    }

    @Test
    void shouldMeetEachConnectionOnceInPiecesOfAnySize() {
        for (int i = 0; i < 100; i++) {
            instance.open("web", endpoint("192.0.2.7", 1000 + i), 0, 0);
        }
        for (final int pieceSize : new int[] {1, 7, 100, 1000}) {
            final List<FlowReport> found = new ArrayList<>();
            final FlowWalk walk = walkOf(FlowFilter.ALL);
            boolean more = true;
            while (more) {
                final int before = found.size();
                more = walk.next(pieceSize, Integer.MAX_VALUE, found::add);
                assertThat(found.size() - before).isLessThanOrEqualTo(pieceSize);
            }
            assertThat(found)
                    .extracting(FlowReport::clientPort)
                    .doesNotHaveDuplicates()
                    .hasSize(100);
        }
    }

    /** Or a walk over a table of millions that is almost empty would hold its thread. */
    @Test
    void shouldLookAtABoundedNumberOfSlotsAtATime() {
        instance.open("web", endpoint("192.0.2.7", 40000), 0, 0);
        final List<FlowReport> found = new ArrayList<>();
        final FlowWalk walk = walkOf(FlowFilter.ALL);
        int pieceCount = 1;
        while (walk.next(Integer.MAX_VALUE, 100, found::add)) {
            pieceCount++;
        }
        assertThat(pieceCount).as("4096 slots").isBetween(41, 42);
        assertThat(found).hasSize(1);
    }

    @Test
    void shouldMatchEveryPart() {
        instance.open("web", endpoint("192.0.2.7", 40000), 0, 0);
        instance.open("web", endpoint("192.0.2.8", 40001), 1, 0);
        instance.open("dns", endpoint("fd00::5", 40000), 0, 0);

        assertThat(ports(new FlowFilter("tcp", null, null, null, null, null, null, null, null)))
                .containsExactlyInAnyOrder(40000, 40001);
        assertThat(ports(new FlowFilter(null, "192.0.2.8", null, null, null, null, null, null, null)))
                .containsExactly(40001);
        assertThat(ports(new FlowFilter(null, null, 40000, null, null, null, null, null, null)))
                .hasSize(2);
        assertThat(ports(new FlowFilter(null, null, null, "fd00:7::100", null, null, null, null, null)))
                .containsExactly(40000);
        assertThat(ports(new FlowFilter(null, null, null, null, 53, null, null, null, null)))
                .containsExactly(40000);
        assertThat(ports(new FlowFilter(null, null, null, null, null, "10.8.0.12", null, null, null)))
                .containsExactly(40001);
        assertThat(ports(new FlowFilter(null, null, null, null, null, null, 8080, null, null)))
                .hasSize(2);
        assertThat(ports(new FlowFilter(null, null, null, null, null, null, null, "dns", null)))
                .containsExactly(40000);
        assertThat(ports(new FlowFilter(null, null, null, null, null, null, null, null, "syn-sent")))
                .hasSize(2);
        assertThat(ports(new FlowFilter("udp", "192.0.2.8", null, null, null, null, null, null, null)))
                .isEmpty();
    }

    @Test
    void shouldRefusePartsThatCanMatchNothing() {
        assertThatThrownBy(() -> new FlowFilter("sctp", null, null, null, null, null, null, null, null))
                .hasMessage("protocol \"sctp\" is unknown; allowed: tcp, udp");
        assertThatThrownBy(() -> new FlowFilter(null, "here", null, null, null, null, null, null, null))
                .hasMessageStartingWith("client: ")
                .hasMessageContaining("here");
        assertThatThrownBy(() -> new FlowFilter(null, null, 65536, null, null, null, null, null, null))
                .hasMessage("client port 65536 is not in 0-65535");
        assertThatThrownBy(() -> new FlowFilter(null, null, null, null, null, null, null, null, "free"))
                .hasMessageStartingWith("state \"free\" is unknown; allowed: syn-sent, ");
    }

    private FlowWalk walkOf(final FlowFilter filter) {
        return new FlowWalk(instance.tables(), instance.services(), filter, System::nanoTime);
    }

    private List<FlowReport> walk(final FlowFilter filter) {
        final List<FlowReport> found = new ArrayList<>();
        assertThat(walkOf(filter).next(Integer.MAX_VALUE, Integer.MAX_VALUE, found::add))
                .isFalse();
        return found;
    }

    private List<Integer> ports(final FlowFilter filter) {
        return walk(filter).stream().map(FlowReport::clientPort).toList();
    }

    private static Endpoint endpoint(final String address, final int port) {
        return new Endpoint(Address.parse(address), port);
    }
}

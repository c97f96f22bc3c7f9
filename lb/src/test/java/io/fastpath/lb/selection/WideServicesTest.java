package io.fastpath.lb.selection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.ControlDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.CapacityException;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.SelectionSpec;
import io.fastpath.lb.service.ServiceEntry;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.Vip;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Ranges, all ports and prefixes: look-ups and explain find the most specific service, whatever came and went before. */
class WideServicesTest {
    private static final String[] VIPS = {
        "10.9.0.0",
        "10.9.0.1",
        "10.9.0.0/24",
        "10.9.0.0/16",
        "10.9.128.0/17",
        "10.0.0.0/8",
        "2001:db8:9::",
        "2001:db8:9::/48",
        "2001:db8:9::/64",
        "2001:db8:9::/128"
    };
    private static final String[] ADDRESSES = {
        "10.9.0.0",
        "10.9.0.1",
        "10.9.0.2",
        "10.9.1.1",
        "10.9.200.1",
        "10.10.0.1",
        "11.0.0.1",
        "2001:db8:9::",
        "2001:db8:9::1",
        "2001:db8:9:1::",
        "2001:db8:a::1"
    };
    private static final Ports[] PORTS = {
        Ports.of(80), Ports.of(8000), new Ports(8000, 8100), new Ports(8101, 8102), new Ports(1, 100), Ports.ANY
    };
    private static final int[] ASKED = {0, 1, 79, 80, 100, 101, 7999, 8000, 8001, 8100, 8101, 8102, 8103, 65_535};

    private final LbMemory memory = LbMemory.allocate(512, 64, 400_000, 7);
    private final Selector selector = new Selector(memory);

    @Test
    void shouldFindTheMostSpecificServiceUnderRandomChanges() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        int foundCount = 0;
        for (int round = 0; round < 60; round++) {
            final List<ServiceSpec> specs = draw(random);
            final ServiceTable table = ServiceTable.attach(memory);
            apply(table, specs);
            final Map<Integer, ServiceKey> keys =
                    table.services().stream().collect(Collectors.toMap(ServiceEntry::index, ServiceEntry::key));
            assertThat(keys.values())
                    .containsExactlyInAnyOrderElementsOf(
                            specs.stream().map(ServiceSpec::key).toList());
            final Explainer explainer = new Explainer(specs);
            for (final String text : ADDRESSES) {
                final Address address = Address.parse(text);
                assertThat(selector.isVip(address.word0(), address.word1()))
                        .as("%s, seed %d", address, seed)
                        .isEqualTo(specs.stream()
                                .anyMatch(spec -> spec.key().virtual().contains(address)));
                assertThat(selector.isSingleVip(address.word0(), address.word1()))
                        .as("%s by itself, seed %d", address, seed)
                        .isEqualTo(specs.stream()
                                .anyMatch(spec -> spec.key().virtual().equals(new Vip(address))));
                for (final int port : ASKED) {
                    for (final Protocol protocol : Protocol.values()) {
                        final int index = selector.serviceIndex(
                                address.word0(), address.word1(), Endpoint.portBe(port), protocol.number());
                        final ServiceSpec expected = expected(specs, address, port, protocol);
                        assertThat(keys.get(index))
                                .as("%s %s:%d, seed %d", protocol, address, port, seed)
                                .isEqualTo(expected == null ? null : expected.key());
                        assertThat(explainer
                                        .explain(protocol, new Endpoint(address, 1), new Endpoint(address, port))
                                        .service())
                                .isEqualTo(expected == null ? null : expected.name());
                        foundCount += index >= 0 ? 1 : 0;
                    }
                }
            }
        }
        assertThat(foundCount).isGreaterThan(1000);
        ServiceTable.attach(memory).apply(List.of());
        assertThat(memory.control().getInt(ControlDescriptor.WIDE_OFFSET)).isZero();
    }

    @Test
    void shouldRefuseRangesThatOverlapAndAFifthPrefixLength() {
        final List<ServiceSpec> overlapping = List.of(
                spec("a", new ServiceKey(Vip.parse("10.9.0.1"), new Ports(1, 10), Protocol.TCP)),
                spec("b", new ServiceKey(Vip.parse("10.9.0.1"), new Ports(10, 20), Protocol.TCP)));
        assertThatThrownBy(() -> ServiceSpec.checkDistinct(overlapping))
                .hasMessage("service b: ports 10-20 overlap with ports 1-10 of another service of tcp 10.9.0.1");
        final List<ServiceSpec> lengths = new ArrayList<>();
        for (int length = 20; length < 25; length++) {
            final Vip vip = Vip.parse("10.0.0.0/" + length);
            lengths.add(spec("l" + length, new ServiceKey(vip, Ports.ANY, Protocol.TCP)));
        }
        assertThatThrownBy(() -> ServiceSpec.checkDistinct(lengths)).hasMessageContaining("fifth prefix length");
        ServiceSpec.checkDistinct(lengths.subList(0, 4));
    }

    @Test
    void shouldRefuseMoreRangesThanLookUpsProbeFor() {
        final List<ServiceSpec> specs = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            final Ports ports = new Ports(1 + 10 * i, 5 + 10 * i);
            specs.add(spec("r" + i, new ServiceKey(Vip.parse("10.9.0.1"), ports, Protocol.TCP)));
        }
        assertThatThrownBy(() -> ServiceSpec.checkDistinct(specs)).hasMessageContaining("more than 15 ranges");
        final ServiceTable table = ServiceTable.attach(memory);
        table.apply(specs.subList(0, 15));
        assertThatThrownBy(() -> table.put(specs.get(15))).isInstanceOf(CapacityException.class);
    }

    private static void apply(final ServiceTable table, final List<ServiceSpec> specs) {
        try {
            table.apply(specs);
        } catch (final CapacityException e) { // old and new ranges beside each other are too many: in two steps
            table.apply(List.of());
            table.apply(specs);
        }
    }

    private static List<ServiceSpec> draw(final Random random) {
        final List<ServiceSpec> specs = new ArrayList<>();
        for (final String vip : VIPS) {
            for (final Ports ports : PORTS) {
                final Protocol protocol = random.nextBoolean() ? Protocol.TCP : Protocol.UDP;
                final ServiceSpec spec = spec("s" + specs.size(), new ServiceKey(Vip.parse(vip), ports, protocol));
                if (random.nextInt(3) == 0 && specs.stream().noneMatch(other -> collides(other.key(), spec.key()))) {
                    specs.add(spec);
                }
            }
        }
        return specs;
    }

    private static boolean collides(final ServiceKey one, final ServiceKey other) {
        return one.equals(other)
                || one.virtual().equals(other.virtual())
                        && one.protocol() == other.protocol()
                        && !one.ports().isSingle()
                        && !other.ports().isSingle()
                        && !one.ports().isAny()
                        && !other.ports().isAny()
                        && one.ports().overlaps(other.ports());
    }

    /** By trying all: a prefix that is longer, then ports that are fewer. */
    private static ServiceSpec expected(
            final List<ServiceSpec> specs, final Address address, final int port, final Protocol protocol) {
        ServiceSpec best = null;
        for (final ServiceSpec spec : specs) {
            final ServiceKey key = spec.key();
            if (key.protocol() == protocol
                    && key.virtual().contains(address)
                    && key.ports().contains(port)
                    && (best == null || weight(key) < weight(best.key()))) {
                best = spec;
            }
        }
        return best;
    }

    private static int weight(final ServiceKey key) {
        return (key.virtual().hostBits() << 16)
                + key.ports().last()
                - key.ports().first();
    }

    private static ServiceSpec spec(final String name, final ServiceKey key) {
        return new ServiceSpec(name, key, Forwarding.NAT, 251, SelectionSpec.DEFAULT, List.of());
    }
}

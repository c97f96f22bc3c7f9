package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.selection.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ServiceTableTest {
    private static final int SIZE = 251;
    private static final Address VIP = Address.parse("10.200.0.1");

    private final LbMemory memory = LbMemory.allocate(64, 32, 16 * 256, 7);
    private final ServiceTable table = ServiceTable.attach(memory);
    private final Selector selector = new Selector(memory);

    @Test
    void shouldFindWhatWasApplied() {
        final ServiceSpec web = service("web", 80, Protocol.TCP, Samples.backends(3));
        final ServiceSpec dns = service("dns", 53, Protocol.UDP, Samples.backends(2));
        final ApplyResult result = table.apply(List.of(web, dns));

        assertThat(result).isEqualTo(new ApplyResult(2, 0, 0, 5, 0, result.maglevSlotsWritten()));
        assertThat(find(web.key())).isNotNegative().isNotEqualTo(find(dns.key()));
        assertThat(find(new ServiceKey(VIP, 80, Protocol.UDP))).isEqualTo(Selector.NONE);
        assertThat(find(new ServiceKey(VIP, 53, Protocol.TCP))).isEqualTo(Selector.NONE);
        assertThat(find(new ServiceKey(Samples.ipv4(1), 80, Protocol.TCP))).isEqualTo(Selector.NONE);
        assertThat(isVip(VIP)).isTrue();
        assertThat(isVip(Samples.ipv4(1))).isFalse();
        assertThat(selector.forwarding(find(web.key()))).isEqualTo(Forwarding.FULL_NAT.code());
        final ServiceEntry entry = entry(web.key());
        assertThat(entry.maglevSize()).isEqualTo(SIZE);
        assertThat(entry.weightedCount()).isEqualTo(3);
        assertThat(entry.backends())
                .extracting(BackendEntry::endpoint)
                .containsExactlyInAnyOrderElementsOf(endpoints(web));
    }

    @Test
    void shouldWriteNothingWhenNothingChanged() {
        final List<ServiceSpec> specs = List.of(
                service("web", 80, Protocol.TCP, Samples.backends(3)), service("empty", 81, Protocol.TCP, List.of()));
        table.apply(specs);
        final List<byte[]> before = Samples.bytes(memory);

        assertThat(table.apply(specs).isUnchanged()).isTrue();
        assertThat(ServiceTable.attach(memory).apply(specs).isUnchanged()).isTrue();
        assertThat(table.remove(new ServiceKey(VIP, 1, Protocol.TCP)).isUnchanged())
                .isTrue();
        assertThat(Samples.bytes(memory)).usingRecursiveComparison().isEqualTo(before);
    }

    @Test
    void shouldWriteOnlyTheWordsOfAChangedWeight() {
        final ServiceSpec web = service("web", 80, Protocol.TCP, Samples.backends(3));
        table.apply(List.of(web, service("other", 81, Protocol.TCP, Samples.backends(3))));
        final ServiceEntry entry = entry(web.key());
        final List<byte[]> before = Samples.bytes(memory);

        final List<BackendSpec> backends = new ArrayList<>(Samples.backends(3));
        backends.set(1, new BackendSpec(backends.get(1).endpoint(), 2));
        final ApplyResult result = table.put(service("web", 80, Protocol.TCP, backends));

        final List<byte[]> after = Samples.bytes(memory);
        final int changed = entry.backends().stream()
                .filter(backend -> backend.endpoint().equals(backends.get(1).endpoint()))
                .findFirst()
                .orElseThrow()
                .index();
        assertThat(result).isEqualTo(new ApplyResult(0, 1, 0, 0, 0, result.maglevSlotsWritten()));
        assertThat(differing(before.get(0), after.get(0)))
                .containsExactly(
                        (int) ServiceDescriptor.slotOffset(entry.index()) + ServiceDescriptor.MAGLEV_ACTIVE_OFFSET);
        assertThat(differing(before.get(1), after.get(1)))
                .allMatch(offset -> offset / 2 >= entry.maglevCopyB() && offset / 2 < entry.maglevCopyB() + SIZE);
        assertThat(differing(before.get(2), after.get(2)))
                .containsExactly((int) BackendDescriptor.recordOffset(changed) + BackendDescriptor.WEIGHT_OFFSET);
    }

    @Test
    void shouldWriteOneByteForAnotherForwarding() {
        final ServiceSpec web = service("web", 80, Protocol.TCP, Samples.backends(3));
        table.put(web);
        final List<byte[]> before = Samples.bytes(memory);
        final ServiceSpec nat =
                new ServiceSpec("web", VIP, 80, Protocol.TCP, Forwarding.NAT, SIZE, Samples.backends(3));
        assertThat(table.put(nat)).isEqualTo(new ApplyResult(0, 1, 0, 0, 0, 0));
        final List<byte[]> after = Samples.bytes(memory);
        assertThat(differing(before.get(0), after.get(0))).hasSize(1);
        assertThat(differing(before.get(1), after.get(1))).isEmpty();
        assertThat(differing(before.get(2), after.get(2))).isEmpty();
        assertThat(selector.forwarding(find(web.key()))).isEqualTo(Forwarding.NAT.code());
    }

    @Test
    void shouldStoreALimitOfSegmentSizesInPlace() {
        for (final MssLimit limit : List.of(new MssLimit(1400), MssLimit.OF_LINKS, MssLimit.NONE)) {
            final ServiceSpec spec = new ServiceSpec(
                    "web",
                    new ServiceKey(VIP, 80, Protocol.TCP),
                    Forwarding.NAT,
                    SIZE,
                    SelectionSpec.DEFAULT,
                    limit,
                    DrainSpec.of(Protocol.TCP),
                    TrackingSpec.DEFAULT,
                    Samples.backends(3));
            table.put(spec);

            assertThat(entry(spec.key()).mss()).isEqualTo(limit);
            assertThat(selector.mssLimit(find(spec.key()))).isEqualTo(limit.value());
            assertThat(table.put(spec).servicesChanged()).isZero();
        }
    }

    @Test
    void shouldKeepAVipAsLongAsOneServiceHasIt() {
        final ServiceSpec web = service("web", 80, Protocol.TCP, Samples.backends(1));
        final ServiceSpec dns = service("dns", 53, Protocol.UDP, Samples.backends(1));
        table.apply(List.of(web, dns));
        table.remove(web.key());
        assertThat(isVip(VIP)).isTrue();
        table.apply(List.of(web));
        assertThat(isVip(VIP)).isTrue();
        table.remove(web.key());
        assertThat(isVip(VIP)).isFalse();
        assertThat(find(web.key())).isEqualTo(Selector.NONE);
        assertThat(table.services()).isEmpty();
    }

    @Test
    void shouldKeepARetiredRecordUntilItIsReleased() {
        final ServiceSpec three = service("web", 80, Protocol.TCP, Samples.backends(3));
        table.put(three);
        final Endpoint third = three.backends().get(2).endpoint();
        final int index = backend(third).index();
        table.setNextHop(index, 9);
        assertThatThrownBy(() -> table.release(index)).isInstanceOf(IllegalArgumentException.class);

        final ServiceSpec two = service("web", 80, Protocol.TCP, Samples.backends(2));
        assertThat(table.put(two).backendsRetired()).isEqualTo(1);
        assertThat(backend(third).retired()).isTrue();
        assertThat(selector.backendPortBe(index, 7)).isEqualTo(third.portBe());
        assertThat(selector.backendAddress1(index)).isEqualTo(third.address().word1());

        table.put(three);
        assertThat(backend(third)).isEqualTo(new BackendEntry(index, find(three.key()), third, 1, 0, 9, false));

        table.put(two);
        table.release(index);
        assertThat(table.backends()).hasSize(2);
        final ServiceSpec other = service("other", 81, Protocol.TCP, List.of(new BackendSpec(Samples.ipv4(99), 1, 1)));
        table.put(other);
        assertThat(backend(other.backends().get(0).endpoint()).index()).isEqualTo(index);
        assertThat(selector.nextHopIndex(index)).isZero();
    }

    @Test
    void shouldGiveNoNewFlowsToAWeightOfZero() {
        final List<BackendSpec> drained =
                List.of(new BackendSpec(Samples.ipv4(1), 80, 0), new BackendSpec(Samples.ipv4(2), 80, 1));
        final ServiceSpec web = service("web", 80, Protocol.TCP, drained);
        table.put(web);
        assertThat(entry(web.key()).weightedCount()).isEqualTo(1);
        final int open = backend(drained.get(1).endpoint()).index();
        assertThat(IntStream.range(1, 1000).map(port -> select(web, port))).containsOnly(open);
    }

    @Test
    void shouldSelectNothingWithoutBackends() {
        final ServiceSpec web = service("web", 80, Protocol.TCP, List.of());
        table.put(web);
        assertThat(find(web.key())).isNotNegative();
        assertThat(select(web, 1)).isEqualTo(Selector.NONE);
        final ServiceSpec one = service("web", 80, Protocol.TCP, Samples.backends(1));
        table.put(one);
        assertThat(select(one, 1))
                .isEqualTo(backend(one.backends().get(0).endpoint()).index());
        table.put(web);
        assertThat(select(web, 1)).isEqualTo(Selector.NONE);
    }

    @Test
    void shouldChangeTheMaglevSizeInPlace() {
        final ServiceSpec small = service("web", 80, Protocol.TCP, Samples.backends(3));
        table.put(small);
        final int index = find(small.key());
        for (final int size : new int[] {509, 23, SIZE}) {
            final ServiceSpec other =
                    new ServiceSpec("web", VIP, 80, Protocol.TCP, Forwarding.FULL_NAT, size, Samples.backends(3));
            assertThat(table.put(other)).satisfies(result -> {
                assertThat(result.servicesChanged()).isEqualTo(1);
                assertThat(result.backendsAdded() + result.backendsRetired()).isZero();
            });
            assertThat(find(other.key())).isEqualTo(index);
            assertThat(entry(other.key()).maglevSize()).isEqualTo(size);
            assertThat(table.apply(List.of(other)).isUnchanged()).isTrue();
            assertThat(ServiceTable.attach(memory).apply(List.of(other)).isUnchanged())
                    .isTrue();
        }
    }

    @Test
    void shouldHoldIpv4AndIpv6BesideEachOther() {
        final Address vip6 = Address.parse("2001:db8::100");
        final ServiceSpec six = new ServiceSpec(
                "six",
                vip6,
                80,
                Protocol.TCP,
                Forwarding.NAT,
                SIZE,
                List.of(new BackendSpec(Address.parse("2001:db8:1::1"), 80, 1)));
        final ServiceSpec four = service("four", 80, Protocol.TCP, Samples.backends(1));
        table.apply(List.of(six, four));
        assertThat(find(six.key())).isNotNegative().isNotEqualTo(find(four.key()));
        assertThat(isVip(vip6)).isTrue();
        assertThat(entry(six.key()).backends().get(0).endpoint())
                .isEqualTo(six.backends().get(0).endpoint());
    }

    private int select(final ServiceSpec spec, final int port) {
        final Address client = Samples.ipv4(77);
        return selector.select(
                find(spec.key()),
                client.word0(),
                client.word1(),
                spec.vip().word0(),
                spec.vip().word1(),
                Endpoint.portBe(port) | spec.key().portBe() << 16,
                spec.protocol().number());
    }

    private int find(final ServiceKey key) {
        return selector.serviceIndex(
                key.vip().word0(),
                key.vip().word1(),
                key.portBe(),
                key.protocol().number());
    }

    private boolean isVip(final Address address) {
        return selector.isVip(address.word0(), address.word1());
    }

    private ServiceEntry entry(final ServiceKey key) {
        return table.services().stream()
                .filter(entry -> entry.key().equals(key))
                .findFirst()
                .orElseThrow();
    }

    private BackendEntry backend(final Endpoint endpoint) {
        return table.backends().stream()
                .filter(backend -> backend.endpoint().equals(endpoint))
                .findFirst()
                .orElseThrow();
    }

    private static List<Endpoint> endpoints(final ServiceSpec spec) {
        return spec.backends().stream().map(BackendSpec::endpoint).toList();
    }

    private static List<Integer> differing(final byte[] before, final byte[] after) {
        return IntStream.range(0, before.length)
                .filter(i -> before[i] != after[i])
                .boxed()
                .toList();
    }

    private static ServiceSpec service(
            final String name, final int port, final Protocol protocol, final List<BackendSpec> backends) {
        return new ServiceSpec(name, VIP, port, protocol, Forwarding.FULL_NAT, SIZE, backends);
    }
}

package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.CapacityException.Resource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ServiceTableLimitsTest {
    private static final int SIZE = 23;
    private static final Address VIP = Address.parse("10.200.0.1");

    @Test
    void shouldRefuseAServiceBeyondTheProbeLimitAndTakeItOnceThereIsATombstone() {
        final int slotCount = 200;
        final LbMemory memory = LbMemory.allocate(slotCount, 4, 32 * 100, 3);
        final ServiceTable table = ServiceTable.attach(memory);
        // The last slots of the table, so that the search wraps. The VIP's own entry may stand among them.
        final List<ServiceSpec> crowd = servicesWithHomesIn(memory, slotCount - 3, 30);
        int fitting = 0;
        CapacityException full = null;
        while (full == null) {
            final List<byte[]> before = Samples.bytes(memory);
            try {
                table.put(crowd.get(fitting));
                fitting++;
            } catch (final CapacityException refusal) {
                full = refusal;
                assertThat(Samples.bytes(memory)).usingRecursiveComparison().isEqualTo(before);
            }
        }
        assertThat(full.resource()).isEqualTo(Resource.SERVICE_SLOTS);
        assertThat(full).hasMessageContaining("within 16 of its home").hasMessageContaining("of 200 are in use");
        assertThat(fitting).isBetween(ServiceDescriptor.PROBE_LIMIT - 2, ServiceDescriptor.PROBE_LIMIT);
        final Selector selector = new Selector(memory);
        for (int i = 0; i < fitting; i++) {
            assertThat(find(selector, crowd.get(i))).isNotNegative();
        }
        assertThat(find(selector, crowd.get(0))).isEqualTo(slotCount - 3);
        assertThat(find(selector, crowd.get(fitting - 1))).isLessThan(slotCount - 3);

        table.remove(crowd.get(2).key());
        assertThat(find(selector, crowd.get(fitting - 1)))
                .as("past a tombstone")
                .isNotNegative();
        table.put(crowd.get(fitting));
        assertThat(find(selector, crowd.get(fitting))).isNotNegative();
        assertThat(find(selector, crowd.get(2))).isEqualTo(Selector.NONE);
    }

    @Test
    void shouldRefuseMoreBackendsThanRecords() {
        final LbMemory memory = LbMemory.allocate(64, 4, 32 * 100, 3);
        final ServiceTable table = ServiceTable.attach(memory);
        table.put(service(1, 80, Samples.backends(3)));
        final List<byte[]> before = Samples.bytes(memory);
        final ServiceSpec other = service(2, 80, Samples.backends(2));
        assertThatThrownBy(() -> table.put(other))
                .isInstanceOfSatisfying(
                        CapacityException.class,
                        full -> assertThat(full.resource()).isEqualTo(Resource.BACKENDS))
                .hasMessageContaining("10.0.0.2:8080")
                .hasMessageContaining("all 4 are in use, 0 of them retired");
        assertThat(Samples.bytes(memory)).usingRecursiveComparison().isEqualTo(before);

        table.put(service(1, 80, Samples.backends(2)));
        assertThatThrownBy(() -> table.put(other)).hasMessageContaining("1 of them retired");
        table.backends().stream().filter(BackendEntry::retired).forEach(backend -> table.release(backend.index()));
        table.put(other);
        assertThat(table.backends()).hasSize(4);
    }

    @Test
    void shouldRefuseMoreTablesThanMaglevEntries() {
        final LbMemory memory = LbMemory.allocate(64, 4, ServiceTable.recommendedMaglevEntryCount(2, SIZE), 3);
        final ServiceTable table = ServiceTable.attach(memory);
        final List<ServiceSpec> two = List.of(service(1, 80, List.of()), service(2, 80, List.of()));
        table.apply(two);
        final List<byte[]> before = Samples.bytes(memory);
        final List<ServiceSpec> replaced = List.of(two.get(0), service(3, 80, List.of()));
        assertThatThrownBy(() -> table.apply(replaced))
                .isInstanceOfSatisfying(
                        CapacityException.class,
                        full -> assertThat(full.resource()).isEqualTo(Resource.MAGLEV_ENTRIES))
                .hasMessageContaining("two copies of 32 entries are needed, 0 of 128 are free");
        assertThat(Samples.bytes(memory)).usingRecursiveComparison().isEqualTo(before);
        table.apply(two.subList(0, 1));
        table.apply(replaced);
        assertThat(table.services()).hasSize(2);
    }

    @Test
    void shouldRefuseTwoServicesOfOneKeyOrName() {
        final ServiceTable table = ServiceTable.attach(LbMemory.allocate(64, 4, 320, 3));
        final ServiceSpec web = service(1, 80, List.of());
        final ServiceSpec sameKey =
                new ServiceSpec("other", web.vip(), 80, Protocol.TCP, Forwarding.NAT, SIZE, List.of());
        assertThatThrownBy(() -> table.apply(List.of(web, sameKey)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("service other: another service has tcp 10.1.134.161:80 already");
        final ServiceSpec sameName =
                new ServiceSpec(web.name(), web.vip(), 81, Protocol.TCP, Forwarding.NAT, SIZE, List.of());
        assertThatThrownBy(() -> table.apply(List.of(web, sameName))).hasMessageContaining("is there twice");
        assertThat(table.services()).isEmpty();
    }

    @Test
    void shouldHardlyEverMissTheProbeLimitAtTheRecommendedSize() {
        int refused = 0;
        for (int seed = 0; seed < 20; seed++) {
            final int count = 500;
            final LbMemory memory =
                    LbMemory.allocate(ServiceTable.recommendedSlotCount(count), 1, 32 * 2 * count, seed);
            final List<ServiceSpec> specs = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                specs.add(service(i, 80, List.of()));
            }
            try {
                ServiceTable.attach(memory).apply(specs);
            } catch (final CapacityException full) {
                refused++;
            }
        }
        assertThat(refused).isZero();
    }

    @Test
    void shouldRefuseTablesThatContradictThemselves() {
        final LbMemory memory = LbMemory.allocate(64, 4, 320, 3);
        ServiceTable.attach(memory).put(service(1, 80, Samples.backends(1)));
        final ServiceEntry entry = TableReader.services(memory).get(0);
        final long slot = ServiceDescriptor.slotOffset(entry.index());
        shouldRefuse(memory, memory.services(), slot + ServiceDescriptor.MAGLEV_A_INDEX_OFFSET, 1, "Maglev copies");
        shouldRefuse(memory, memory.services(), slot + ServiceDescriptor.MAGLEV_B_INDEX_OFFSET, 0, "Maglev copies");
        shouldRefuse(memory, memory.services(), slot + ServiceDescriptor.MAGLEV_SIZE_OFFSET, 100_003, "of 100003");
        shouldRefuse(memory, memory.services(), slot + ServiceDescriptor.MAGLEV_ACTIVE_OFFSET, 2, "active 2");
        shouldRefuse(memory, memory.services(), slot, 3, "has state 3");
        shouldRefuse(
                memory, memory.services(), slot + ServiceDescriptor.PORT_BE_OFFSET, 0x0001_5000, "protocol number 1");
        shouldRefuse(
                memory, memory.services(), slot + ServiceDescriptor.PORT_BE_OFFSET, 0x0906_5000, "forwarding code 9");
        shouldRefuse(memory, memory.backends(), BackendDescriptor.STATE_OFFSET, 7, "backend record 0 has state 7");
        ServiceTable.attach(memory);
    }

    @Test
    void shouldRefuseRecordsAndTablesOfAnotherLayout() {
        final SharedMemory config = SharedMemory.allocate(ConfigDescriptor.LENGTH);
        final SharedMemory table = SharedMemory.allocate(128);
        assertThatThrownBy(() -> LbMemory.of(config, table, table, table, table))
                .hasMessageContaining("magic 00000000");
        config.putInt(ConfigDescriptor.MAGIC_OFFSET, ConfigDescriptor.MAGIC);
        config.putInt(ConfigDescriptor.LAYOUT_VERSION_OFFSET, ConfigDescriptor.LAYOUT_VERSION);
        assertThatThrownBy(() -> LbMemory.of(config, table, table, table, table))
                .hasMessageContaining("service slots: 0");
        config.putInt(ConfigDescriptor.SERVICE_SLOT_COUNT_OFFSET, 2);
        config.putInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET, 5);
        assertThatThrownBy(() -> LbMemory.of(config, table, table, table, table))
                .hasMessage("backends: 5 of 32 bytes don't fit in 128 bytes");
        config.putInt(ConfigDescriptor.BACKEND_CAPACITY_OFFSET, 65_536);
        assertThatThrownBy(() -> LbMemory.of(config, table, table, table, table))
                .hasMessageContaining("1..65535");
    }

    private static void shouldRefuse(
            final LbMemory memory, final SharedMemory table, final long offset, final int value, final String reason) {
        final int before = table.getInt(offset);
        table.putInt(offset, value);
        assertThatThrownBy(() -> ServiceTable.attach(memory))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining(reason);
        table.putInt(offset, before);
    }

    private static List<ServiceSpec> servicesWithHomesIn(final LbMemory memory, final int home, final int count) {
        final List<ServiceSpec> services = new ArrayList<>();
        for (int port = 1; port <= Endpoint.PORT_MAX && services.size() < count; port++) {
            if (memory.homeSlot(VIP.word0(), VIP.word1(), Endpoint.portBe(port), 6) == home) {
                services.add(new ServiceSpec("s" + port, VIP, port, Protocol.TCP, Forwarding.NAT, SIZE, List.of()));
            }
        }
        return services;
    }

    private static int find(final Selector selector, final ServiceSpec spec) {
        return selector.serviceIndex(
                spec.vip().word0(), spec.vip().word1(), spec.key().portBe(), 6);
    }

    private static ServiceSpec service(final int vip, final int port, final List<BackendSpec> backends) {
        final Address address = Samples.ipv4(100_000 + vip);
        return new ServiceSpec("s" + vip, address, port, Protocol.TCP, Forwarding.NAT, SIZE, backends);
    }
}

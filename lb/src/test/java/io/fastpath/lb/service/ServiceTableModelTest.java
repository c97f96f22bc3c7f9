package io.fastpath.lb.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.selection.Selector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Random changes against a {@link HashMap}, in tables so small that searches collide, wrap and meet tombstones. */
class ServiceTableModelTest {
    private static final int SLOT_COUNT = 37;
    private static final int VIP_COUNT = 5;
    private static final int PORT_COUNT = 6;
    private static final int SIZE = 23;

    private final Map<ServiceKey, ServiceSpec> model = new HashMap<>();
    private int fullCount;
    private int tombstoneCount;
    private int wrapCount;

    @Test
    void shouldAgreeWithAMapUnderRandomChanges() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int round = 0; round < 20; round++) {
            model.clear();
            final LbMemory memory = LbMemory.allocate(SLOT_COUNT, 120, 32 * 60, random.nextLong());
            ServiceTable table = ServiceTable.attach(memory);
            for (int i = 0; i < 300; i++) {
                if (random.nextInt(50) == 0) {
                    table = ServiceTable.attach(memory);
                }
                changeOnce(table, memory, random, seed);
                releaseSome(table, random);
                compare(table, memory, seed);
            }
        }
        assertThat(fullCount).as("changes that did not fit, seed %d", seed).isPositive();
        assertThat(tombstoneCount).as("tombstones seen, seed %d", seed).isPositive();
        assertThat(wrapCount).as("searches around the end, seed %d", seed).isPositive();
    }

    private void changeOnce(final ServiceTable table, final LbMemory memory, final Random random, final long seed) {
        final List<byte[]> before = Samples.bytes(memory);
        final Map<ServiceKey, ServiceSpec> wanted = new HashMap<>(model);
        try {
            final int kind = random.nextInt(10);
            if (kind < 5) {
                final ServiceSpec spec = randomService(random);
                wanted.put(spec.key(), spec);
                table.put(spec);
            } else if (kind < 8) {
                final ServiceKey key = randomService(random).key();
                wanted.remove(key);
                table.remove(key);
            } else {
                wanted.keySet().removeIf(key -> random.nextInt(3) == 0);
                for (int i = random.nextInt(6); i > 0; i--) {
                    final ServiceSpec spec = randomService(random);
                    wanted.put(spec.key(), spec);
                }
                table.apply(new ArrayList<>(wanted.values()));
            }
            model.clear();
            model.putAll(wanted);
        } catch (final CapacityException full) {
            fullCount++;
            assertThat(Samples.bytes(memory))
                    .as("nothing half applied, seed %d", seed)
                    .usingRecursiveComparison()
                    .isEqualTo(before);
        }
    }

    private void compare(final ServiceTable table, final LbMemory memory, final long seed) {
        final Selector selector = new Selector(memory);
        final Set<Address> vips = model.keySet().stream().map(ServiceKey::vip).collect(Collectors.toSet());
        for (int vip = 0; vip < VIP_COUNT; vip++) {
            final Address address = vip(vip);
            assertThat(selector.isVip(address.word0(), address.word1()))
                    .as("VIP %s, seed %d", address, seed)
                    .isEqualTo(vips.contains(address));
            for (int port = 1; port <= PORT_COUNT; port++) {
                compare(selector, memory, new ServiceKey(address, port, Protocol.TCP), seed);
                compare(selector, memory, new ServiceKey(address, port, Protocol.UDP), seed);
            }
        }
        final Map<ServiceKey, ServiceEntry> entries =
                table.services().stream().collect(Collectors.toMap(ServiceEntry::key, entry -> entry));
        assertThat(entries.keySet()).as("seed %d", seed).isEqualTo(model.keySet());
        model.forEach((key, spec) -> assertThat(entries.get(key).matches(spec))
                .as("%s holds %s, seed %d", key, spec, seed)
                .isTrue());
        checkTombstones(memory, seed);
    }

    private void compare(final Selector selector, final LbMemory memory, final ServiceKey key, final long seed) {
        final int index = selector.serviceIndex(
                key.vip().word0(),
                key.vip().word1(),
                key.portBe(),
                key.protocol().number());
        assertThat(index >= 0).as("%s, seed %d", key, seed).isEqualTo(model.containsKey(key));
        final int home = memory.homeSlot(
                key.vip().word0(),
                key.vip().word1(),
                key.portBe(),
                key.protocol().number());
        wrapCount += index >= 0 && index < home ? 1 : 0;
    }

    /** A tombstone that a free slot follows would make searches longer for nothing. */
    private void checkTombstones(final LbMemory memory, final long seed) {
        for (int i = 0; i < SLOT_COUNT; i++) {
            if (state(memory, i) == ServiceDescriptor.STATE_DELETED) {
                tombstoneCount++;
                assertThat(state(memory, (i + 1) % SLOT_COUNT))
                        .as("after tombstone %d, seed %d", i, seed)
                        .isNotEqualTo(ServiceDescriptor.STATE_FREE);
            }
        }
    }

    private static void releaseSome(final ServiceTable table, final Random random) {
        final Set<Integer> retired = new HashSet<>();
        table.backends().stream().filter(BackendEntry::retired).forEach(backend -> retired.add(backend.index()));
        retired.stream().filter(index -> random.nextInt(3) == 0).forEach(table::release);
    }

    private static int state(final LbMemory memory, final int index) {
        return memory.services().getInt(ServiceDescriptor.slotOffset(index) + ServiceDescriptor.STATE_OFFSET);
    }

    private static ServiceSpec randomService(final Random random) {
        final List<BackendSpec> backends = new ArrayList<>();
        for (final BackendSpec backend : Samples.backends(random.nextInt(5))) {
            backends.add(new BackendSpec(backend.address(), 80 + random.nextInt(3), random.nextInt(3)));
        }
        final int port = 1 + random.nextInt(PORT_COUNT);
        final Protocol protocol = random.nextBoolean() ? Protocol.TCP : Protocol.UDP;
        final Address vip = vip(random.nextInt(VIP_COUNT));
        return new ServiceSpec(
                vip.toString().replace('.', '-') + "-" + protocol.label() + "-" + port,
                vip,
                port,
                protocol,
                random.nextBoolean() ? Forwarding.NAT : Forwarding.FULL_NAT,
                random.nextInt(4) == 0 ? 43 : SIZE,
                backends);
    }

    private static Address vip(final int number) {
        return Samples.ipv4(1000 + number);
    }
}

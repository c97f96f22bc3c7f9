package io.fastpath.fastpath.steer;

import static io.fastpath.fastpath.steer.Frames.arp;
import static io.fastpath.fastpath.steer.Frames.frame;
import static io.fastpath.fastpath.steer.Frames.icmp;
import static io.fastpath.fastpath.steer.Frames.ip;
import static io.fastpath.fastpath.steer.Frames.solicitation;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.ServiceDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.selection.Selector;
import io.fastpath.lb.service.CapacityException;
import io.fastpath.lb.service.Ports;
import io.fastpath.lb.service.ServiceKey;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import io.fastpath.lb.service.Vip;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The program finds a service, and a VIP, exactly when Java does: past tombstones, around the end, in a crowd. */
class ServiceAgreementTest {
    private static final int VIP_COUNT = 6;
    private static final int PORT_COUNT = 4;
    private static final int ROUND_COUNT = 60;
    private static final String[] PREFIXES = {"10.7.0.0/24", "10.7.0.104/29", "10.4.0.0/14"};
    private static final String[] PREFIXES6 = {"2001:db8:7::/64", "2001:db8:7::100/120"};
    private static final Ports[] PORTS = {Ports.of(1), new Ports(2, 3), new Ports(3, 4), Ports.ANY};

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);
    private int foundCount;
    private int tombstoneCount;

    @ParameterizedTest
    @ValueSource(ints = {37, 64, 101})
    void shouldFindWhatJavaFinds(final int slotCount) {
        try (SteerRig rig = SteerRig.onLoopback(512, slotCount, seed)) {
            final LbMemory memory = rig.lbMemory();
            final ServiceTable table = ServiceTable.attach(memory);
            for (int round = 0; round < ROUND_COUNT; round++) {
                change(table);
                tombstoneCount += tombstones(rig, slotCount);
                askForAll(rig, new Selector(memory));
            }
            assertThat(foundCount).as("found, seed %d", seed).isGreaterThan(ROUND_COUNT);
            assertThat(tombstoneCount).as("tombstones, seed %d", seed).isPositive();
        }
    }

    /** The service is moved by hand, with tombstones from its home on: the last place is within reach, the next isn't. */
    @Test
    void shouldLookAsFarAsJava() {
        final int slotCount = 64;
        try (SteerRig rig = SteerRig.onLoopback(512, slotCount, seed)) {
            final LbMemory memory = rig.lbMemory();
            final ServiceKey key = Net.services().get(0).key();
            ServiceTable.attach(memory).put(Net.services().get(0));
            final Selector selector = new Selector(memory);
            final int home = memory.homeSlot(
                    key.vip().word0(),
                    key.vip().word1(),
                    key.portBe(),
                    key.protocol().number());
            int slot = selector.serviceIndex(
                    key.vip().word0(),
                    key.vip().word1(),
                    key.portBe(),
                    key.protocol().number());
            for (int distance = 0; distance <= ServiceDescriptor.PROBE_LIMIT; distance++) {
                final int next = (home + distance) % slotCount;
                move(rig.region(MapNames.SERVICES), slot, next);
                slot = next;
                askForService(rig, selector, key.vip(), key.port(), key.protocol());
                assertThat(foundCount).isEqualTo(Math.min(distance + 1, ServiceDescriptor.PROBE_LIMIT));
            }
        }
    }

    private static void move(final SharedMemory services, final int from, final int to) {
        final long source = ServiceDescriptor.slotOffset(from);
        final long target = ServiceDescriptor.slotOffset(to);
        for (int offset = 0; offset < ServiceDescriptor.LENGTH; offset += Long.BYTES) {
            services.putLong(target + offset, services.getLong(source + offset));
        }
        if (from != to) {
            services.putInt(source + ServiceDescriptor.STATE_OFFSET, ServiceDescriptor.STATE_DELETED);
        }
    }

    private void change(final ServiceTable table) {
        for (int i = 0; i < 4; i++) {
            final int number = random.nextInt(VIP_COUNT);
            final ServiceSpec spec = random.nextInt(3) == 0 ? wideService(number) : exactService(number);
            if (random.nextInt(5) < 2) {
                put(table, spec);
            } else {
                table.remove(spec.key());
            }
        }
        table.backends().stream()
                .filter(backend -> backend.retired())
                .forEach(backend -> table.release(backend.index()));
    }

    private ServiceSpec exactService(final int number) {
        return Net.service(
                random.nextBoolean() ? Protocol.TCP : Protocol.UDP,
                vip(number),
                1 + random.nextInt(PORT_COUNT),
                (number & 1) == 0 ? "10.8.0.1" : "2001:db8:8::1");
    }

    private ServiceSpec wideService(final int number) {
        final ServiceSpec exact = exactService(number);
        final boolean isIpv4 = exact.vip().isIpv4();
        final String[] vips = isIpv4 ? PREFIXES : PREFIXES6;
        final int choice = random.nextInt(2 * vips.length);
        final Vip vip = choice < vips.length ? Vip.parse(vips[choice]) : new Vip(exact.vip());
        final Ports ports = PORTS[random.nextInt(PORTS.length)];
        return new ServiceSpec(
                "wide",
                new ServiceKey(vip, ports, exact.protocol()),
                exact.forwarding(),
                exact.maglevSize(),
                exact.selection(),
                exact.backends());
    }

    private static void put(final ServiceTable table, final ServiceSpec spec) {
        try {
            table.put(spec);
        } catch (final CapacityException e) {
            assertThat(e).hasMessageContaining("no slot"); // a crowded neighbourhood is what the test is after
        }
    }

    private void askForAll(final SteerRig rig, final Selector selector) {
        for (int i = 0; i < VIP_COUNT; i++) {
            final Address vip = Address.parse(vip(i));
            final boolean isVip = selector.isVip(vip.word0(), vip.word1());
            askForVip(rig, vip, isVip, selector.isSingleVip(vip.word0(), vip.word1()));
            for (int port = 0; port <= PORT_COUNT; port++) {
                for (final Protocol protocol : Protocol.values()) {
                    askForService(rig, selector, vip, port, protocol);
                }
            }
        }
    }

    private void askForService(
            final SteerRig rig, final Selector selector, final Address vip, final int port, final Protocol protocol) {
        final boolean isService =
                selector.serviceIndex(vip.word0(), vip.word1(), Endpoint.portBe(port), protocol.number())
                        != Selector.NONE;
        foundCount += isService ? 1 : 0;
        final Address client = Address.parse(vip.isIpv4() ? Net.CLIENT : Net.CLIENT6);
        final Tuple tuple = new Tuple(client, 1024 + random.nextInt(60000), vip, port, protocol.number());
        assertThat(rig.receive(tuple.frame()))
                .as("%s %s:%d, seed %d", protocol, vip, port, seed)
                .isEqualTo(Verdict.of(isService ? Counter.XDP_STEERED_SERVICE : Counter.XDP_PASS_NOT_OURS));
    }

    /** The addresses of a prefix are nobody's neighbours. */
    private void askForVip(final SteerRig rig, final Address vip, final boolean isVip, final boolean isSingleVip) {
        if (vip.isIpv4()) {
            assertVerdict(rig, frame(arp(1, vip.toString())), isSingleVip, Counter.XDP_STEERED_ARP);
            assertVerdict(rig, frame(ip(Net.CLIENT, vip.toString(), icmp(8))), isVip, Counter.XDP_STEERED_ICMP);
        } else {
            final byte[] question = frame(ip(Net.CLIENT6, "ff02::1:ff00:0", solicitation(vip.toString())));
            assertVerdict(rig, question, isSingleVip, Counter.XDP_STEERED_ICMP);
        }
    }

    private void assertVerdict(final SteerRig rig, final byte[] frame, final boolean isVip, final Counter steered) {
        assertThat(rig.receive(frame))
                .as("seed %d", seed)
                .isEqualTo(Verdict.of(isVip ? steered : Counter.XDP_PASS_NOT_OURS));
    }

    private static int tombstones(final SteerRig rig, final int slotCount) {
        int count = 0;
        for (int slot = 0; slot < slotCount; slot++) {
            final long offset = ServiceDescriptor.slotOffset(slot) + ServiceDescriptor.STATE_OFFSET;
            count += rig.region(MapNames.SERVICES).getInt(offset) == ServiceDescriptor.STATE_DELETED ? 1 : 0;
        }
        return count;
    }

    private static String vip(final int number) {
        return (number & 1) == 0 ? "10.7.0." + (100 + number) : "2001:db8:7::" + (100 + number);
    }
}

package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.UDP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The source ports of full NAT: claimed once per backend and SNAT address, all of them, and given back. */
class FlowPortsTest {
    private static final long VIP = ipv4(10, 7, 0, 100);
    private static final int NOW = 5;

    private final CountingEvents events = new CountingEvents();

    @Test
    void shouldUseEveryPortOfASmallRangeAndThenSaySo() {
        final TestWorld world = new TestWorld(4096, 9, 2000, 2009);
        final FlowTable table = world.table(events);
        final int backend = 3;
        final Set<Integer> claimed = new HashSet<>();
        for (int client = 0; client < 20; client++) { // ten ports of two IPv4 addresses
            final int slot = FlowHandle.slotIndex(open(table, client, UDP, backend, FULL_NAT));
            final FlowFields fields = table.fields();
            assertThat(fields.snatIndex(slot)).isBetween(0, 1);
            assertThat(port(fields.snatPortBe(slot))).isBetween(2000, 2009);
            assertThat(claimed.add(fields.snatIndex(slot) << 16 | fields.snatPortBe(slot)))
                    .isTrue();
        }
        assertThat(open(table, 20, UDP, backend, FULL_NAT)).isEqualTo(FlowHandle.PORTS_EXHAUSTED);
        assertThat(FlowHandle.isFlow(open(table, 20, TCP, backend, FULL_NAT)))
                .as("the other protocol has ports of its own")
                .isTrue();
        assertThat(FlowHandle.isFlow(open(table, 21, UDP, backend + 1, FULL_NAT)))
                .as("so has the other backend")
                .isTrue();
        final TableChecker checker = new TableChecker(world);
        assertThat(checker.check("exhausted")).isEqualTo(22);

        assertThat(table.remove(find(table, 7, UDP), NOW)).isTrue();
        assertThat(FlowHandle.isFlow(open(table, 20, UDP, backend, FULL_NAT)))
                .as("a port given back")
                .isTrue();
        assertThat(checker.check("refilled")).isEqualTo(22);
    }

    @Test
    void shouldTakeThePortOfAnEndedConnectionOnlyWhenThereIsNoOther() {
        final TestWorld world = new TestWorld(4096, 19, 2000, 2009);
        final FlowTable table = world.table(events);
        for (int client = 0; client < 20; client++) {
            open(table, client, TCP, 3, FULL_NAT);
        }
        final long ended = find(table, 7, TCP);
        final int port = table.fields().snatPortBe(FlowHandle.slotIndex(ended));
        table.track(ended, TcpFlags.RST, NOW);

        assertThat(openAt(table, 20, NOW + PortRecycler.SILENT_TICKS)).isEqualTo(FlowHandle.PORTS_EXHAUSTED);
        assertThat(events.recycled).isZero();
        final long taken = openAt(table, 20, NOW + PortRecycler.SILENT_TICKS + 1);

        assertThat(table.fields().snatPortBe(FlowHandle.slotIndex(taken))).isEqualTo(port);
        assertThat(find(table, 7, TCP)).isEqualTo(FlowHandle.NOT_FOUND);
        assertThat(events.recycled).isEqualTo(1);
        assertThat(events.closed).isEqualTo(1);
        assertThat(new TableChecker(world).check("recycled")).isEqualTo(20);
    }

    private static long openAt(final FlowTable table, final int client, final int nowTicks) {
        return table.open(0, client(client), 0, VIP, ports(40000 + client, 80), TCP, 1, 3, FULL_NAT, nowTicks);
    }

    @Test
    void shouldFindPortsInANearlyUsedUpRange() {
        final TestWorld world = new TestWorld(1 << 16, 10, 1024, 1024 + 4095);
        final FlowTable table = world.table(events);
        int opened = 0;
        for (int client = 0; client < 7370; client++) { // nine of ten
            opened += FlowHandle.isFlow(open(table, client, UDP, 0, FULL_NAT)) ? 1 : 0;
        }
        assertThat(opened).isGreaterThan(7360);
    }

    @Test
    void shouldTakeAnAddressOfTheBackendsFamily() {
        final FlowTable table = new TestWorld(4096, 11).table(events);
        for (int client = 0; client < 300; client++) {
            final int v4 = FlowHandle.slotIndex(open(table, client, TCP, 2, FULL_NAT));
            final int v6 = FlowHandle.slotIndex(open(table, client, UDP, 10, FULL_NAT));
            assertThat(table.fields().snatIndex(v4)).isBetween(0, 1);
            assertThat(table.fields().snatIndex(v6)).isBetween(2, 4);
        }
    }

    @Test
    void shouldRefuseWithoutAnAddressOfTheFamily() {
        final TestWorld world = new TestWorld(4096, 12);
        world.config.putInt(ConfigDescriptor.SNAT_COUNT_OFFSET, 2);
        final FlowTable table = world.table(events);
        assertThat(open(table, 1, TCP, 10, FULL_NAT)).isEqualTo(FlowHandle.PORTS_EXHAUSTED);
        new TableChecker(world).checkEmpty("refused");
    }

    @Test
    void shouldRefuseASecondConnectionWithTheSameReplyTuple() {
        final TestWorld world = new TestWorld(4096, 13);
        final FlowTable table = world.table(events);
        assertThat(FlowHandle.isFlow(open(table, 1, TCP, 2, NAT))).isTrue();
        final long overOtherVip =
                table.open(0, client(1), 0, ipv4(10, 7, 0, 101), ports(40001, 80), TCP, 1, 2, NAT, NOW);
        assertThat(overOtherVip).isEqualTo(FlowHandle.PORTS_EXHAUSTED);
        assertThat(new TableChecker(world).check("conflict")).isEqualTo(1);
    }

    @Test
    void shouldSayBusyWhileAnotherWriterEntersTheSameConnection() {
        final TestWorld world = new TestWorld(4096, 14);
        final HookedSlotMemory memory = new HookedSlotMemory(world.flows);
        final FlowTable slow =
                new FlowTable(memory, world.config, world.backends, FlowTimeouts.defaults(), new CountingEvents());
        final FlowTable table = world.table(events);
        final Set<Long> answers = new HashSet<>();
        for (int store = 0; store < 30; store++) {
            final int[] storesLeft = {store};
            memory.hooks(() -> {}, () -> {
                if (storesLeft[0]-- == 0) {
                    answers.add(failureOf(open(table, 1, TCP, 2, NAT)));
                }
            });
            assertThat(FlowHandle.isFlow(open(slow, 1, TCP, 2, NAT))).isTrue();
            memory.noHooks();
            assertThat(new TableChecker(world).check("store " + store)).isEqualTo(1);
            table.remove(find(table, 1, TCP), NOW);
        }
        assertThat(answers).containsExactlyInAnyOrder(FlowHandle.BUSY, 0L);
    }

    private static long failureOf(final long answer) {
        return FlowHandle.isFlow(answer) ? 0 : answer;
    }

    @Test
    void shouldRefuseImpossibleSettings() {
        final TestWorld world = new TestWorld(512, 15);
        world.config.putInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET, 70_000);
        assertThatThrownBy(() -> world.table(events)).hasMessageContaining("1-65535");
        world.config.putInt(ConfigDescriptor.SNAT_PORT_MAX_OFFSET, 65_535);
        world.config.putInt(ConfigDescriptor.SNAT_COUNT_OFFSET, 65);
        assertThatThrownBy(() -> world.table(events)).hasMessageContaining("0 to 64");
        world.config.putInt(ConfigDescriptor.SNAT_COUNT_OFFSET, 3);
        world.config.putLong(ConfigDescriptor.SNAT_OFFSET + 16, TestWorld.ipv6Word0());
        world.config.putLong(ConfigDescriptor.SNAT_OFFSET + 32, 0);
        world.config.putLong(ConfigDescriptor.SNAT_OFFSET + 40, ipv4(10, 8, 0, 9));
        assertThatThrownBy(() -> world.table(events)).hasMessageContaining("stand together");
        world.config.putInt(ConfigDescriptor.SNAT_COUNT_OFFSET, 0);
        world.config.putInt(ConfigDescriptor.SNAT_PORT_MIN_OFFSET, 0);
        assertThat(world.table(events)).as("no addresses, no ports needed").isNotNull();
    }

    private static long open(
            final FlowTable table, final int client, final int protocol, final int backend, final int mode) {
        return table.open(
                0, client(client), 0, VIP, ports(40000 + client % 10_000, 80), protocol, 1, backend, mode, NOW);
    }

    private static long find(final FlowTable table, final int client, final int protocol) {
        return table.find(0, client(client), 0, VIP, ports(40000 + client % 10_000, 80), protocol);
    }

    private static long client(final int client) {
        return ipv4(192, 0, client >> 8, client & 0xff);
    }

    private static int port(final int portBe) {
        return Short.reverseBytes((short) portBe) & 0xffff;
    }
}

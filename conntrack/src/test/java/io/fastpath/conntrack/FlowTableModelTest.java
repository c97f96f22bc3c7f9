package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.UDP;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.fastpath.conntrack.TableChecker.Tuple;
import io.fastpath.conntrack.tcp.TcpFlags;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Random operations beside a HashMap that does the same, IPv4 and IPv6, both forwarding modes, up to a full table. */
class FlowTableModelTest {
    private static final int NOW = Integer.MAX_VALUE - 3; // ticks wrap during the test

    /** What the map knows of a connection. */
    private record Expected(int service, int backend, int mode, Tuple reverse, boolean[] established) {}

    private final CountingEvents events = new CountingEvents();
    private final Map<Tuple, Expected> model = new HashMap<>();
    private final Map<Tuple, Tuple> reverseModel = new HashMap<>();
    private final List<Tuple> keys = new ArrayList<>();
    private SplittableRandom random;
    private TestWorld world;
    private FlowTable table;
    private TableChecker checker;
    private String context;
    private int nowTicks = NOW;
    private int removedBelow;
    private int fullCount;

    @ParameterizedTest
    @CsvSource({
        "512, 60, 15, 20000",
        "512, 400, 15, 20000",
        "701, 2000, 15, 20000",
        "701, 2000, 1, 20000",
        "4096, 1500, 15, 20000",
        "65536, 20000, 10, 60000"
    })
    void shouldDoWhatAHashMapDoes(
            final int slotCount, final int keyCount, final int percentRemoved, final int operations) {
        removedBelow = percentRemoved;
        final long seed = System.nanoTime();
        random = new SplittableRandom(seed);
        world = new TestWorld(slotCount, random.nextLong(), 1024, 1024 + 30_000);
        table = world.table(events);
        checker = new TableChecker(world);
        for (int i = 0; i < keyCount; i++) {
            keys.add(randomKey());
        }
        final int checkInterval = Math.max(1, slotCount / 512);
        for (int i = 0; i < operations; i++) {
            context = "seed " + seed + " operation " + i;
            nowTicks += random.nextInt(2);
            operation(keys.get(random.nextInt(keyCount)));
            if (i % checkInterval == 0) {
                assertThat(checker.check(context)).as(context).isEqualTo(model.size());
            }
        }
        assertThat(events.opened - events.closed).as(context).isEqualTo(model.size());
        assertThat(events.reclaimed + events.lostRace).as(context).isZero();
        if (keyCount > slotCount && percentRemoved < 10) {
            assertThat(fullCount).as(context + ": the table was to be filled").isPositive();
        }
        empty();
    }

    private void operation(final Tuple key) {
        final int dice = random.nextInt(100);
        if (dice < removedBelow) {
            remove(key);
        } else if (dice < 30) {
            find(key);
        } else if (dice < 55) {
            establish(key);
        } else {
            open(key);
        }
    }

    private void open(final Tuple key) {
        final int backend = (key.source0() == 0 ? 0 : 8) + random.nextInt(8);
        final int service = random.nextInt(1000);
        final int mode = random.nextInt(3) == 0 ? NAT : FULL_NAT;
        final Expected known = model.get(key);
        final long closedBefore = events.closed;
        final long lostBefore = events.lostRace;
        final long handle = table.open(
                key.source0(),
                key.source1(),
                key.destination0(),
                key.destination1(),
                key.ports(),
                key.protocol(),
                service,
                backend,
                mode,
                nowTicks);
        dropEvicted(closedBefore);
        if (known != null) {
            assertThat(FlowHandle.isExisting(handle)).as(context).isTrue();
            assertThat(events.lostRace).as(context).isEqualTo(lostBefore + 1);
            events.lostRace = lostBefore;
            checkFound(handle, key, known);
        } else if (FlowHandle.isFlow(handle)) {
            assertThat(FlowHandle.isExisting(handle)).as(context).isFalse();
            final Tuple reverse = checker.tuple(table.fields().peerIndex(FlowHandle.slotIndex(handle)));
            final Expected expected = new Expected(service, backend, mode, reverse, new boolean[1]);
            model.put(key, expected);
            assertThat(reverseModel.put(reverse, key)).as(context).isNull();
            checkFound(handle, key, expected);
        } else if (handle == FlowHandle.FULL) {
            fullCount++;
        } else if (handle == FlowHandle.PORTS_EXHAUSTED) {
            assertThat(mode).as(context).isEqualTo(NAT);
            assertThat(reverseModel).as(context).containsKey(natReverse(key, backend));
        } else {
            fail("%s: answer %d", context, handle);
        }
    }

    /** Those that made room were half-open; the model learns of them by their number. */
    private void dropEvicted(final long closedBefore) {
        final long closed = events.closed - closedBefore;
        if (closed == 0) {
            return;
        }
        final List<Tuple> gone = new ArrayList<>();
        model.forEach((key, expected) -> {
            if (find(key, table) == FlowHandle.NOT_FOUND) {
                assertThat(expected.established[0]).as(context).isFalse();
                gone.add(key);
            }
        });
        assertThat(gone).as(context).hasSize((int) closed);
        gone.forEach(key -> reverseModel.remove(model.remove(key).reverse));
    }

    private void find(final Tuple key) {
        final long handle = find(key, table);
        final Expected known = model.get(key);
        if (known == null) {
            assertThat(handle).as(context).isEqualTo(FlowHandle.NOT_FOUND);
            return;
        }
        checkFound(handle, key, known);
        final long reverse = find(known.reverse, table);
        assertThat(FlowHandle.isReverse(reverse)).as(context).isTrue();
        assertThat(table.fields().peerIndex(FlowHandle.slotIndex(reverse)))
                .as(context)
                .isEqualTo(FlowHandle.slotIndex(handle));
    }

    private void checkFound(final long handle, final Tuple key, final Expected expected) {
        assertThat(FlowHandle.isFlow(handle)).as(context).isTrue();
        assertThat(FlowHandle.isReverse(handle)).as(context).isFalse();
        final int slot = FlowHandle.slotIndex(handle);
        final FlowFields fields = table.fields();
        assertThat(checker.tuple(slot)).as(context).isEqualTo(key);
        assertThat(fields.client1(slot)).as(context).isEqualTo(key.source1());
        assertThat(fields.vip0(slot)).as(context).isEqualTo(key.destination0());
        assertThat(fields.serviceIndex(slot)).as(context).isEqualTo(expected.service);
        assertThat(fields.backendIndex(slot)).as(context).isEqualTo(expected.backend);
        assertThat(FlowHandle.forwardingCode(handle)).as(context).isEqualTo(expected.mode);
        assertThat(fields.protocol(slot)).as(context).isEqualTo(key.protocol());
        assertThat(fields.lastSeenTicks(slot) - nowTicks).as(context).isNotPositive();
        assertThat(table.stillValid(handle)).as(context).isTrue();
        final int snat = fields.snatIndex(slot);
        if (expected.mode == NAT) {
            assertThat(snat).as(context).isEqualTo(FlowDescriptor.NO_SNAT);
        } else {
            final int port = Short.reverseBytes((short) fields.snatPortBe(slot)) & 0xffff;
            assertThat(port).as(context).isBetween(1024, 1024 + 30_000);
            assertThat(world.config.getLong(ConfigDescriptor.SNAT_OFFSET + snat * 16L))
                    .as(context + ": family of the SNAT address")
                    .isEqualTo(key.source0());
        }
    }

    private void establish(final Tuple key) {
        final Expected known = model.get(key);
        if (known == null) {
            return;
        }
        final int reply = random.nextBoolean() ? TcpFlags.SYN | TcpFlags.ACK : TcpFlags.SYN | TcpFlags.ACK | 0x40;
        assertThat(table.track(find(known.reverse, table), reply, nowTicks)).isEqualTo(TrackVerdict.ACCEPTED);
        assertThat(table.track(find(key, table), TcpFlags.ACK, nowTicks)).isEqualTo(TrackVerdict.ACCEPTED);
        final int expectedState = key.protocol() == TCP ? FlowState.TCP_ESTABLISHED : FlowState.UDP_STREAM;
        assertThat(FlowHandle.state(find(key, table))).as(context).isEqualTo(expectedState);
        assertThat(FlowHandle.state(find(known.reverse, table))).as(context).isEqualTo(expectedState);
        known.established[0] = true;
    }

    private void remove(final Tuple key) {
        final Expected known = model.remove(key);
        if (known == null) {
            return;
        }
        final long handle = find(random.nextBoolean() ? key : known.reverse, table);
        assertThat(table.remove(handle, nowTicks)).as(context).isTrue();
        assertThat(table.remove(handle, nowTicks)).as(context).isFalse();
        assertThat(table.stillValid(handle)).as(context).isFalse();
        if (FlowHandle.state(handle) != FlowState.UDP_STREAM) { // the steady state leaves that to stillValid
            assertThat(table.track(handle, TcpFlags.FIN | TcpFlags.ACK, nowTicks))
                    .as(context)
                    .isEqualTo(TrackVerdict.GONE);
        }
        assertThat(events.lastClosedService).as(context).isEqualTo(known.service);
        assertThat(events.lastClosedBackend).as(context).isEqualTo(known.backend);
        reverseModel.remove(known.reverse);
        assertThat(find(key, table)).as(context).isEqualTo(FlowHandle.NOT_FOUND);
        assertThat(find(known.reverse, table)).as(context).isEqualTo(FlowHandle.NOT_FOUND);
    }

    private void empty() {
        for (final Tuple key : List.copyOf(model.keySet())) {
            context += " emptied";
            remove(key);
        }
        checker.checkEmpty(context);
    }

    private Tuple natReverse(final Tuple key, final int backend) {
        final long record = backend * 32L;
        return new Tuple(
                world.backends.getLong(record + 16),
                world.backends.getLong(record + 24),
                key.source0(),
                key.source1(),
                world.backends.getShort(record + 12) & 0xffff | key.ports() << 16,
                key.protocol());
    }

    private Tuple randomKey() {
        final boolean isIpv4 = random.nextBoolean();
        final long client = random.nextInt(40);
        return new Tuple(
                isIpv4 ? 0 : TestWorld.ipv6Word0(),
                isIpv4 ? TestWorld.ipv4(192, 0, 2, (int) client) : client,
                isIpv4 ? 0 : TestWorld.ipv6Word0(),
                isIpv4 ? TestWorld.ipv4(10, 7, 0, random.nextInt(3)) : 0xcc00 + random.nextInt(3),
                TestWorld.ports(1000 + random.nextInt(2000), random.nextBoolean() ? 80 : 443),
                random.nextBoolean() ? TCP : UDP);
    }

    private static long find(final Tuple tuple, final FlowTable table) {
        return table.find(
                tuple.source0(),
                tuple.source1(),
                tuple.destination0(),
                tuple.destination1(),
                tuple.ports(),
                tuple.protocol());
    }
}

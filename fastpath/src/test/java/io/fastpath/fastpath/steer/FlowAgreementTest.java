package io.fastpath.fastpath.steer;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.conntrack.FlowHandle;
import io.fastpath.fastpath.steer.FlowWorld.Connection;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Java enters into the flow table the program finds, what Java removes it doesn't, and nothing else. */
class FlowAgreementTest {
    private static final int TCP_FLAG_BITS = 0x3f;

    private final long seed = System.nanoTime();
    private final Random random = new Random(seed);

    /** At 0.9 of the slots in use, entries stand at the far ends of their neighbourhoods, and around the table's end. */
    @ParameterizedTest
    @CsvSource({"512, 0.9", "1000, 0.9", "4096, 0.6", "6007, 0.85"})
    void shouldFindWhatJavaOpened(final int slotCount, final double loadFactor) {
        try (FlowWorld world = new FlowWorld(slotCount, seed)) {
            final List<Connection> connections = fill(world, slotCount, loadFactor);
            for (final Connection connection : connections) {
                assertVerdict(world, connection.request(), Counter.XDP_STEERED_SERVICE);
                assertVerdict(world, connection.reply(), Counter.XDP_STEERED_REPLY);
            }
            final int removedCount = connections.size() / 2;
            for (final Connection connection : connections.subList(0, removedCount)) {
                assertThat(world.flows.remove(connection.handle(), FlowWorld.NOW_TICKS))
                        .as("seed %d", seed)
                        .isTrue();
            }
            for (final Connection connection : connections.subList(0, removedCount)) {
                assertVerdict(world, connection.request(), Counter.XDP_PASS_NOT_OURS);
                assertVerdict(world, connection.reply(), Counter.XDP_PASS_NOT_OURS);
            }
            for (final Connection connection : connections.subList(removedCount, connections.size())) {
                assertVerdict(world, connection.request(), Counter.XDP_STEERED_SERVICE);
                assertVerdict(world, connection.reply(), Counter.XDP_STEERED_REPLY);
            }
        }
    }

    /** Tuples that differ from a live one in one field, and tuples of nobody: Java's look-up says what to expect. */
    @ParameterizedTest
    @ValueSource(ints = {512, 3001})
    void shouldFindWhatJavaFinds(final int slotCount) {
        try (FlowWorld world = new FlowWorld(slotCount, seed)) {
            final List<Connection> connections = fill(world, slotCount, 0.7);
            for (final Connection connection : connections) {
                for (final Tuple near : nearMisses(connection.request())) {
                    assertVerdict(world, near, near.reason(world.flows));
                }
                for (final Tuple near : nearMisses(connection.reply())) {
                    assertVerdict(world, near, near.reason(world.flows));
                }
                final Tuple stranger = FlowWorld.randomRequest(random);
                assertVerdict(world, stranger, stranger.reason(world.flows));
            }
        }
    }

    /** Connections come, change their states, are evicted by newer ones and removed, in a table that is too small. */
    @Test
    void shouldFindWhatJavaFindsWhileConnectionsComeAndGo() {
        try (FlowWorld world = new FlowWorld(701, seed)) {
            final List<Connection> past = new ArrayList<>();
            int steeredCount = 0;
            int passedCount = 0;
            for (int i = 0; i < 3000; i++) {
                final Connection opened = world.open(FlowWorld.randomRequest(random), randomForwarding(), random);
                if (opened != null) {
                    past.add(opened);
                }
                final Connection some = past.get(random.nextInt(past.size()));
                final Tuple tuple = random.nextBoolean() ? some.request() : some.reply();
                final Counter reason = tuple.reason(world.flows);
                assertVerdict(world, tuple, reason);
                steeredCount += Verdict.STEERED.contains(reason) ? 1 : 0;
                passedCount += reason == Counter.XDP_PASS_NOT_OURS ? 1 : 0;
                meddle(world, tuple);
            }
            assertThat(steeredCount).as("steered, seed %d", seed).isGreaterThan(200);
            assertThat(passedCount).as("passed, seed %d", seed).isGreaterThan(200);
        }
    }

    @Test
    void shouldPassConnectionsThatAreBeingEnteredOrRemoved() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final Connection connection = world.open(FlowWorld.randomRequest(random), Forwarding.FULL_NAT, random);
            final SharedMemory slots = world.rig.region(MapNames.FLOWS);
            final long offset = FlowDescriptor.slotOffset(FlowHandle.slotIndex(connection.handle()))
                    + FlowDescriptor.CONTROL_OFFSET;
            final int control = slots.getInt(offset);
            for (int state = FlowState.FREE; state <= FlowState.UDP_STREAM; state++) {
                slots.putInt(offset, control & ~FlowDescriptor.STATE_MASK | state);
                final boolean isLive = FlowState.isLive(state);
                assertVerdict(
                        world, connection.request(), isLive ? Counter.XDP_STEERED_SERVICE : Counter.XDP_PASS_NOT_OURS);
            }
        }
    }

    /** The slot's words are another process's: an index out of range finds nothing, and reads nothing. */
    @Test
    void shouldPassRepliesOfSlotsWithImpossibleIndices() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final Connection connection = world.open(FlowWorld.randomRequest(random), Forwarding.FULL_NAT, random);
            final long slot = FlowDescriptor.slotOffset(
                    FlowHandle.slotIndex(connection.reply().find(world.flows)));
            final SharedMemory slots = world.rig.region(MapNames.FLOWS);
            for (final int fieldOffset :
                    List.of(FlowDescriptor.BACKEND_INDEX_OFFSET, FlowDescriptor.SNAT_INDEX_OFFSET)) {
                final short own = slots.getShort(slot + fieldOffset);
                for (final int index : new int[] {64, 256, 0x7fff, 0xfffe, 0xffff}) {
                    slots.putShort(slot + fieldOffset, (short) index);
                    assertVerdict(world, connection.reply(), Counter.XDP_PASS_NOT_OURS);
                }
                slots.putShort(slot + fieldOffset, own);
                assertVerdict(world, connection.reply(), Counter.XDP_STEERED_REPLY);
            }
        }
    }

    /** The backend's record answers for its flows: with another address, replies of the old one are nobody's. */
    @Test
    void shouldAskTheBackendsRecord() {
        try (FlowWorld world = new FlowWorld(512, seed)) {
            final Connection connection = world.open(FlowWorld.randomRequest(random), Forwarding.NAT, random);
            final int backendIndex = world.flows.fields().backendIndex(FlowHandle.slotIndex(connection.handle()));
            Address.parse("10.9.9.9")
                    .store(
                            world.rig.region(MapNames.BACKENDS),
                            BackendDescriptor.recordOffset(backendIndex) + BackendDescriptor.ADDRESS_OFFSET);
            assertVerdict(world, connection.request(), Counter.XDP_STEERED_SERVICE);
            assertVerdict(world, connection.reply(), Counter.XDP_PASS_NOT_OURS);
        }
    }

    /** Opens until the table is as full as said; what newer connections evicted on the way is left out. */
    private List<Connection> fill(final FlowWorld world, final int slotCount, final double loadFactor) {
        final List<Connection> opened = new ArrayList<>();
        final int wantedCount = (int) (slotCount * loadFactor / 2);
        for (int i = 0; i < wantedCount; i++) {
            final Connection connection = world.open(FlowWorld.randomRequest(random), randomForwarding(), random);
            if (connection != null && !FlowHandle.isExisting(connection.handle())) {
                opened.add(connection);
            }
        }
        opened.removeIf(connection -> !world.flows.stillValid(connection.handle()));
        assertThat(opened.size()).as("connections, seed %d", seed).isGreaterThan(wantedCount * 8 / 10);
        return opened;
    }

    private void meddle(final FlowWorld world, final Tuple tuple) {
        final long handle = tuple.find(world.flows);
        if (FlowHandle.isFlow(handle)) {
            if (random.nextInt(4) == 0) {
                world.flows.remove(handle, FlowWorld.NOW_TICKS);
            } else {
                world.flows.track(handle, random.nextInt() & TCP_FLAG_BITS, FlowWorld.NOW_TICKS);
            }
        }
    }

    private List<Tuple> nearMisses(final Tuple live) {
        final Tuple otherWay = new Tuple(
                live.destination(), live.destinationPort(), live.source(), live.sourcePort(), live.protocol());
        return List.of(
                new Tuple(
                        flipped(live.source()),
                        live.sourcePort(),
                        live.destination(),
                        live.destinationPort(),
                        live.protocol()),
                new Tuple(
                        live.source(),
                        live.sourcePort() ^ 1,
                        live.destination(),
                        live.destinationPort(),
                        live.protocol()),
                new Tuple(
                        live.source(),
                        live.sourcePort(),
                        flipped(live.destination()),
                        live.destinationPort(),
                        live.protocol()),
                new Tuple(
                        live.source(),
                        live.sourcePort(),
                        live.destination(),
                        live.destinationPort() ^ 1,
                        live.protocol()),
                new Tuple(
                        live.source(),
                        live.sourcePort(),
                        live.destination(),
                        live.destinationPort(),
                        Frames.TCP + Frames.UDP - live.protocol()),
                otherWay);
    }

    private Address flipped(final Address address) {
        final byte[] bytes = address.bytes();
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
        return Address.ofBytes(bytes);
    }

    private Forwarding randomForwarding() {
        return random.nextBoolean() ? Forwarding.FULL_NAT : Forwarding.NAT;
    }

    private void assertVerdict(final FlowWorld world, final Tuple tuple, final Counter reason) {
        assertThat(world.rig.receive(tuple.frame()))
                .as("%s, seed %d", tuple, seed)
                .isEqualTo(Verdict.of(reason));
    }
}

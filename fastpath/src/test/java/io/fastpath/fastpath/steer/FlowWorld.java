package io.fastpath.fastpath.steer;

import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FlowFields;
import io.fastpath.conntrack.FlowHandle;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import java.util.Random;

/**
 * Java's flow table over the maps of the program, with backends of both families and without any service: whatever the
 * program steers, it found in the flow table.
 */
final class FlowWorld implements AutoCloseable {
    static final int NOW_TICKS = 1_000_000;

    private static final int BACKEND_COUNT = 16;
    private static final int BACKEND_PORT = 8080;

    final SteerRig rig;
    final FlowTable flows;

    /** A connection that was asked for, and its packets. */
    record Connection(long handle, Tuple request, Tuple reply) {}

    FlowWorld(final int slotCount, final long seed) {
        rig = SteerRig.onLoopback(slotCount, 1, seed);
        for (int i = 0; i < BACKEND_COUNT; i++) {
            final SharedMemory backends = rig.region(MapNames.BACKENDS);
            final long offset = BackendDescriptor.recordOffset(i);
            backendAddress(i).store(backends, offset + BackendDescriptor.ADDRESS_OFFSET);
            backends.putShort(offset + BackendDescriptor.PORT_BE_OFFSET, (short) Endpoint.portBe(BACKEND_PORT + i));
        }
        flows = new FlowTable(
                rig.region(MapNames.FLOWS),
                rig.region(MapNames.CONFIG),
                rig.region(MapNames.BACKENDS),
                FlowTimeouts.defaults(),
                FlowEvents.NONE);
    }

    /** A request of some client to some VIP of one of both families. */
    static Tuple randomRequest(final Random random) {
        final boolean ipv4 = random.nextBoolean();
        return new Tuple(
                randomAddress(random, ipv4 ? "192.0.2.0" : "2001:db8:1::"),
                1 + random.nextInt(65535),
                randomAddress(random, ipv4 ? "10.7.0.0" : "2001:db8:7::"),
                random.nextBoolean() ? 80 : 443,
                random.nextBoolean() ? Frames.TCP : Frames.UDP);
    }

    /** Opens a connection as a worker does; null where the table refuses it. */
    Connection open(final Tuple request, final Forwarding forwarding, final Random random) {
        final int backendIndex =
                2 * random.nextInt(BACKEND_COUNT / 2) + (request.destination().isIpv4() ? 0 : 1);
        final long handle = flows.open(
                request.source().word0(),
                request.source().word1(),
                request.destination().word0(),
                request.destination().word1(),
                request.ports(),
                request.protocol(),
                0,
                backendIndex,
                forwarding.code(),
                NOW_TICKS);
        return FlowHandle.isFlow(handle) ? new Connection(handle, request, reply(request, handle)) : null;
    }

    /** What the backend answers: to the source that it saw, and as the VIP if it has it itself. */
    private Tuple reply(final Tuple request, final long handle) {
        final FlowFields fields = flows.fields();
        final int slot = FlowHandle.slotIndex(handle);
        final int backendIndex = fields.backendIndex(slot);
        final int snatIndex = fields.snatIndex(slot);
        if (snatIndex == FlowDescriptor.DIRECT) {
            return new Tuple(
                    request.destination(),
                    request.destinationPort(),
                    request.source(),
                    request.sourcePort(),
                    request.protocol());
        }
        final boolean isTranslated = snatIndex != FlowDescriptor.NO_SNAT;
        return new Tuple(
                backendAddress(backendIndex),
                BACKEND_PORT + backendIndex,
                isTranslated ? Address.parse(SteerRig.SNAT.get(snatIndex)) : request.source(),
                isTranslated ? Endpoint.portBe(fields.snatPortBe(slot)) : request.sourcePort(),
                request.protocol());
    }

    /** Even backends are of IPv4, odd ones of IPv6. */
    private static Address backendAddress(final int backendIndex) {
        return Address.parse((backendIndex & 1) == 0 ? "10.8.1." + backendIndex : "2001:db8:8:1::" + backendIndex);
    }

    /** A prefix with its last byte made random, so that tuples differ by little. */
    private static Address randomAddress(final Random random, final String prefix) {
        final byte[] bytes = Address.parse(prefix).bytes();
        bytes[bytes.length - 1] = (byte) (1 + random.nextInt(254));
        return Address.ofBytes(bytes);
    }

    @Override
    public void close() {
        rig.close();
    }
}

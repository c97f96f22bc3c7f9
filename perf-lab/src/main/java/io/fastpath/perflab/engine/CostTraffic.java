package io.fastpath.perflab.engine;

import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Flows of one transport protocol and family to the rig's service. Immutable.
 *
 * @param protocol TCP or UDP.
 * @param isIpv4 the family.
 * @param forwarding mode of the service.
 */
record CostTraffic(Protocol protocol, boolean isIpv4, Forwarding forwarding) {
    /** The service's port, and the backend's. */
    static final int PORT = 9000;

    /** Lowest source port of full NAT. */
    static final int PORT_MIN = 1024;

    /** Highest source port of full NAT. */
    static final int PORT_MAX = 65535;

    /** So many that a million flows take a quarter of the ports. */
    private static final int SOURCE_COUNT = 60;

    private static final int CLIENT_COUNT = 4096;
    private static final int FIRST_CLIENT_PORT = 1024;

    private static final Address VIP_V4 = Address.parse("10.7.0.100");
    private static final Address VIP_V6 = Address.parse("2001:db8:7::100");
    private static final Address BACKEND_V4 = Address.parse("10.8.0.11");
    private static final Address BACKEND_V6 = Address.parse("2001:db8:8::11");
    private static final Address SOURCE_V4 = Address.parse("10.8.1.0");
    private static final Address SOURCE_V6 = Address.parse("2001:db8:8:1::");
    private static final Address CLIENT_V4 = Address.parse("10.64.0.0");
    private static final Address CLIENT_V6 = Address.parse("2001:db8:64::");

    /** {@return the service's address} */
    Address vip() {
        return isIpv4 ? VIP_V4 : VIP_V6;
    }

    /** {@return the backend's address} */
    Address backend() {
        return isIpv4 ? BACKEND_V4 : BACKEND_V6;
    }

    /** {@return source addresses of full NAT} */
    List<Address> sources() {
        return IntStream.range(0, SOURCE_COUNT).mapToObj(this::source).toList();
    }

    /** {@return for people} */
    String label() {
        return protocol.label().toLowerCase(Locale.ROOT) + (isIpv4 ? "4" : "6");
    }

    /**
     * {@return the client of a flow}
     *
     * @param flow its number.
     */
    Address client(final int flow) {
        return numbered(isIpv4 ? CLIENT_V4 : CLIENT_V6, flow % CLIENT_COUNT);
    }

    /**
     * {@return a packet from a client}
     *
     * @param flow its number.
     * @param port of the VIP.
     * @param tcpFlags of its segment.
     */
    byte[] request(final int flow, final int port, final int tcpFlags) {
        return CostFrame.transport(
                protocol, client(flow), FIRST_CLIENT_PORT + flow / CLIENT_COUNT, vip(), port, tcpFlags);
    }

    /**
     * {@return a packet from the backend to where it saw the client, or null if the slot holds no client's direction}
     *
     * @param flows the table.
     * @param slotIndex of any slot.
     * @param tcpFlags of its segment.
     */
    byte[] reply(final SharedMemory flows, final int slotIndex, final int tcpFlags) {
        final long offset = FlowDescriptor.slotOffset(slotIndex);
        final int control = flows.getInt(offset + FlowDescriptor.CONTROL_OFFSET);
        final boolean isReverse = (control >>> FlowDescriptor.KIND_SHIFT & FlowDescriptor.KIND_REVERSE) != 0;
        if (isReverse || !FlowState.isLive(control & FlowDescriptor.STATE_MASK)) {
            return null;
        }
        final int snatIndex = flows.getShort(offset + FlowDescriptor.SNAT_INDEX_OFFSET) & 0xffff;
        final boolean isNat = snatIndex == FlowDescriptor.NO_SNAT;
        final Address to = isNat ? Address.load(flows, offset + FlowDescriptor.CLIENT_OFFSET) : source(snatIndex);
        final short portBe = flows.getShort(
                offset + (isNat ? FlowDescriptor.CLIENT_PORT_BE_OFFSET : FlowDescriptor.SNAT_PORT_BE_OFFSET));
        return CostFrame.transport(protocol, backend(), PORT, to, Short.reverseBytes(portBe) & 0xffff, tcpFlags);
    }

    private Address source(final int snatIndex) {
        return numbered(isIpv4 ? SOURCE_V4 : SOURCE_V6, snatIndex);
    }

    private static Address numbered(final Address first, final int number) {
        final byte[] bytes = first.bytes();
        final ByteBuffer buffer = ByteBuffer.wrap(bytes);
        final int tail = bytes.length - Integer.BYTES;
        buffer.putInt(tail, buffer.getInt(tail) + number);
        return Address.ofBytes(bytes);
    }
}

package io.fastpath.bench.stage;

import io.fastpath.kernelbpf.layout.AddressDescriptor;
import io.fastpath.lb.Endpoint;

/**
 * The clients of benchmarks: connection number n has this address and this port, by arithmetic, so that making a packet
 * costs no cache line. 65,536 clients in the network for benchmarks (RFC 2544, C.2.2), each port of all of them before the
 * next port. Pure functions.
 */
public final class Connections {
    private static final int FIRST_CLIENT = 198 << 24 | 18 << 16;
    private static final int CLIENT_BITS = 16;
    private static final int CLIENT_MASK = (1 << CLIENT_BITS) - 1;
    private static final int FIRST_PORT = 1024;

    private Connections() {}

    /**
     * Client address.
     *
     * @param number of the connection, 0 or more
     * @return its four bytes as they stand in memory
     */
    public static int clientMemory(final int number) {
        return Integer.reverseBytes(FIRST_CLIENT | number & CLIENT_MASK);
    }

    /**
     * Client address.
     *
     * @param number of the connection, 0 or more
     * @return word 1 of the address; word 0 is 0
     */
    public static long clientWord1(final int number) {
        return AddressDescriptor.ipv4Word1(clientMemory(number));
    }

    /**
     * Ports of a request.
     *
     * @param number of the connection, 0 or more
     * @param servicePortBe port of the VIP, network order
     * @return client port in the low 16 bits, the VIP's above, as they stand in memory
     */
    public static int ports(final int number, final int servicePortBe) {
        return Endpoint.portBe(FIRST_PORT + (number >>> CLIENT_BITS)) | servicePortBe << Short.SIZE;
    }
}

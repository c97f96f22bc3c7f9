package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;

/** The frames of the usual connections, before and after the balancer. */
public final class Frames {
    public static final String CLIENT = "192.0.2.10";
    public static final String CLIENT6 = "2001:db8:1::10";
    public static final String REMOTE_CLIENT = "198.51.100.7";
    public static final String VIP = "10.7.0.100";
    public static final String VIP6 = "2001:db8:7::100";
    public static final String BACKEND = "10.8.0.11";
    public static final String BACKEND6 = "2001:db8:8::11";
    public static final String SNAT = "10.8.0.1";
    public static final String SNAT6 = "2001:db8:8::1";

    private Frames() {}

    /** A client's segment to the service under full NAT. */
    public static PacketBuilder request() {
        return PacketBuilder.tcp(CLIENT, 1234, VIP, 80);
    }

    /** The same on its way to the backend. */
    public static PacketBuilder requestOut() {
        return toBackend(PacketBuilder.tcp(SNAT, 40000, BACKEND, 8080));
    }

    /** A backend's segment to the balancer. */
    public static PacketBuilder reply() {
        return fromBackend(PacketBuilder.tcp(BACKEND, 8080, SNAT, 40000).flags(SYN | ACK));
    }

    /** The same on its way to the client. */
    public static PacketBuilder replyOut() {
        return toClient(PacketBuilder.tcp(VIP, 80, CLIENT, 1234).flags(SYN | ACK));
    }

    public static PacketBuilder toBackend(final PacketBuilder packet) {
        return packet.from(SERVERS_MAC).to(BACKEND_MAC).ttl(63);
    }

    public static PacketBuilder fromBackend(final PacketBuilder packet) {
        return packet.from(BACKEND_MAC).to(SERVERS_MAC);
    }

    public static PacketBuilder toClient(final PacketBuilder packet) {
        return packet.from(CLIENTS_MAC).to(CLIENT_MAC).ttl(63);
    }
}

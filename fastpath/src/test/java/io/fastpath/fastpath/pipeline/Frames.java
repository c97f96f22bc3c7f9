package io.fastpath.fastpath.pipeline;

import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.TestBalancer.BACKEND_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS_MAC;

/** The frames of the usual connections, before and after the balancer. */
final class Frames {
    static final String CLIENT = "192.0.2.10";
    static final String CLIENT6 = "2001:db8:1::10";
    static final String REMOTE_CLIENT = "198.51.100.7";
    static final String VIP = "10.7.0.100";
    static final String VIP6 = "2001:db8:7::100";
    static final String BACKEND = "10.8.0.11";
    static final String BACKEND6 = "2001:db8:8::11";
    static final String SNAT = "10.8.0.1";
    static final String SNAT6 = "2001:db8:8::1";

    private Frames() {}

    /** A client's segment to the service under full NAT. */
    static PacketBuilder request() {
        return PacketBuilder.tcp(CLIENT, 1234, VIP, 80);
    }

    /** The same on its way to the backend. */
    static PacketBuilder requestOut() {
        return toBackend(PacketBuilder.tcp(SNAT, 40000, BACKEND, 8080));
    }

    /** A backend's segment to the balancer. */
    static PacketBuilder reply() {
        return fromBackend(PacketBuilder.tcp(BACKEND, 8080, SNAT, 40000).flags(SYN | ACK));
    }

    /** The same on its way to the client. */
    static PacketBuilder replyOut() {
        return toClient(PacketBuilder.tcp(VIP, 80, CLIENT, 1234).flags(SYN | ACK));
    }

    static PacketBuilder toBackend(final PacketBuilder packet) {
        return packet.from(SERVERS_MAC).to(BACKEND_MAC).ttl(63);
    }

    static PacketBuilder fromBackend(final PacketBuilder packet) {
        return packet.from(BACKEND_MAC).to(SERVERS_MAC);
    }

    static PacketBuilder toClient(final PacketBuilder packet) {
        return packet.from(CLIENTS_MAC).to(CLIENT_MAC).ttl(63);
    }

    /** Brings the usual connection to ESTABLISHED. */
    static void establish(final PacketStage stage) {
        stage.receive(CLIENTS, request());
        stage.receive(SERVERS, reply());
        stage.receive(CLIENTS, request().flags(ACK));
    }
}

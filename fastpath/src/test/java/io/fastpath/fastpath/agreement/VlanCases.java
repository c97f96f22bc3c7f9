package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.replyOut;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.PacketBuilder;
import java.util.List;

/** Tagged clients: their requests go on without tags, their replies with the tags that they came with. */
final class VlanCases {
    /** TPID 0x8100 and VID 200, as they stand in memory. */
    private static final int TAG_200 = 0xc800_0081;

    private VlanCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase("one tag: off on the way to the backend, on again on the way back", stage -> {
                    stage.receive(CLIENTS, request().vlan(100)).leaves(FORWARDED_REQUEST, SERVERS, requestOut());
                    stage.receive(SERVERS, reply())
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                }),
                packetCase("two tags, odd data, IPv6", stage -> {
                    stage.receive(
                                    CLIENTS,
                                    tcp(CLIENT6, 1234, VIP6, 80).serviceVlan(7).vlan(100))
                            .leaves(
                                    FORWARDED_REQUEST,
                                    SERVERS,
                                    Frames.toBackend(tcp(Frames.SNAT6, 40000, Frames.BACKEND6, 8080)));
                    stage.receive(
                                    SERVERS,
                                    Frames.fromBackend(tcp(Frames.BACKEND6, 8080, Frames.SNAT6, 40000)
                                            .flags(PacketBuilder.SYN | PacketBuilder.ACK)
                                            .payload(13)))
                            .leaves(
                                    FORWARDED_REPLY,
                                    CLIENTS,
                                    Frames.toClient(tcp(VIP6, 80, CLIENT6, 1234)
                                                    .flags(PacketBuilder.SYN | PacketBuilder.ACK)
                                                    .payload(13))
                                            .serviceVlan(7)
                                            .vlan(100));
                }),
                packetCase("the priority of a request's tag is not the reply's", stage -> {
                    stage.receive(CLIENTS, request().vlan(0xb000 | 100));
                    stage.receive(SERVERS, reply())
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                }),
                packetCase("a tag that names no VLAN counts as none", stage -> {
                    stage.receive(CLIENTS, request().vlan(0xe000));
                    stage.receive(SERVERS, reply()).leaves(FORWARDED_REPLY, CLIENTS, replyOut());
                }),
                packetCase("learned tags outlive a change of routes", VlanCases::routeChanges)
                        .needsRoutes(),
                packetCase("learned tags outlive a hop that goes out of use", stage -> {
                            stage.receive(CLIENTS, request().vlan(100));
                            stage.balancer().hopsStale();
                            stage.receive(SERVERS, reply())
                                    .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                        })
                        .needsRoutes(),
                packetCase("two clients with one address in two VLANs' gateways keep apart by MAC and tag", stage -> {
                    stage.receive(CLIENTS, request().vlan(100));
                    stage.receive(CLIENTS, tcp(CLIENT, 99, VIP, 90).vlan(101).from("02:aa:00:00:00:77"));
                    stage.receive(SERVERS, reply())
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
                }),
                packetCase("a route over a VLAN device gives its tag, whatever the request had", stage -> {
                    stage.balancer().routes().add("192.0.2.10", 4, CLIENTS, null, TAG_200);
                    stage.receive(CLIENTS, request().vlan(200));
                    stage.receive(SERVERS, reply())
                            .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(200));
                }));
    }

    private static void routeChanges(final PacketStage stage) {
        stage.receive(CLIENTS, request().vlan(100));
        stage.balancer().routesChanged();
        stage.receive(SERVERS, reply())
                .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
        stage.balancer().routes().clear();
        stage.balancer().routesChanged();
        stage.balancer().routes().add("192.0.2.0", 3, CLIENTS, null);
        stage.balancer().routesChanged();
        stage.receive(SERVERS, reply())
                .leaves(FORWARDED_REPLY, CLIENTS, replyOut().vlan(100));
    }
}

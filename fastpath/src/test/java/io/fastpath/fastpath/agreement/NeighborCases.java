package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.PacketBuilder.advertisement;
import static io.fastpath.fastpath.pipeline.PacketBuilder.linkOption;
import static io.fastpath.fastpath.pipeline.PacketBuilder.solicitation;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS_MAC;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENT_MAC;
import static io.fastpath.kernelbpf.layout.Counter.ANSWERED_NEIGHBOR;
import static io.fastpath.kernelbpf.layout.Counter.DROP_ICMP;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_VIP_SOURCE;

import io.fastpath.fastpath.pipeline.PacketBuilder;
import java.util.List;

/** Neighbour solicitations (RFC 4861): the validation of 7.1.1, the answer of 7.2.4. */
final class NeighborCases {
    private static final String GROUP = "ff02::1:ff00:100";
    private static final String OTHER_MAC = "02:aa:00:00:00:77";
    private static final int SOURCE_LINK = 1;
    private static final int TARGET_LINK = 2;
    private static final int SOLICITED_OVERRIDE = 0x6000_0000;
    private static final int OVERRIDE = 0x2000_0000;

    private NeighborCases() {}

    static List<PacketCase> all() {
        return List.of(
                packetCase(
                        "a solicitation for a VIP is answered with an advertisement",
                        stage -> stage.receive(
                                        CLIENTS,
                                        ask().payload(linkOption(SOURCE_LINK, CLIENT_MAC))
                                                .to("33:33:ff:00:01:00"))
                                .leaves(ANSWERED_NEIGHBOR, CLIENTS, answer())),
                packetCase(
                        "a unicast one without an option too, though the answer is longer",
                        stage -> stage.receive(
                                        CLIENTS,
                                        solicitation(CLIENT6, VIP6, VIP6).vlan(100))
                                .leaves(ANSWERED_NEIGHBOR, CLIENTS, answer().vlan(100))),
                packetCase(
                        "the MAC in the option counts more than the frame's",
                        stage -> stage.receive(CLIENTS, ask().payload(linkOption(SOURCE_LINK, OTHER_MAC)))
                                .leaves(ANSWERED_NEIGHBOR, CLIENTS, answer().to(OTHER_MAC))),
                packetCase(
                        "traffic class, unknown and longer options are passed over",
                        stage -> stage.receive(
                                        CLIENTS,
                                        ask().patchNetwork(0, 0x6b, 0x81, 0x23, 0x45)
                                                .payload(PacketBuilder.concat(
                                                        new byte[] {14, 2, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
                                                        },
                                                        linkOption(SOURCE_LINK, CLIENT_MAC))))
                                .leaves(ANSWERED_NEIGHBOR, CLIENTS, answer())),
                packetCase(
                        "an address probe is answered to all nodes",
                        stage -> stage.receive(CLIENTS, solicitation("::", GROUP, VIP6))
                                .leaves(
                                        ANSWERED_NEIGHBOR,
                                        CLIENTS,
                                        advertisement(VIP6, "ff02::1", VIP6, OVERRIDE)
                                                .payload(linkOption(TARGET_LINK, CLIENTS_MAC))
                                                .from(CLIENTS_MAC)
                                                .to("33:33:00:00:00:01"))),
                packetCase("solicitations that are not valid", NeighborCases::invalid),
                packetCase(
                        "a solicitation for another address",
                        stage -> stage.receive(CLIENTS, solicitation(CLIENT6, "ff02::1:ff00:101", "2001:db8:7::101"))
                                .ends(DROP_NO_SERVICE)),
                packetCase("a solicitation from nowhere, or from the VIP", stage -> {
                    stage.receive(CLIENTS, solicitation("::1", GROUP, VIP6)).ends(DROP_MARTIAN);
                    stage.receive(CLIENTS, solicitation("ff02::5", GROUP, VIP6)).ends(DROP_MARTIAN);
                    stage.receive(CLIENTS, solicitation(VIP6, GROUP, VIP6)).ends(DROP_VIP_SOURCE);
                }));
    }

    private static void invalid(final PacketStage stage) {
        stage.receive(CLIENTS, ask().ttl(254)).ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().patchTransport(1, 1)).ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().patchFinal(42, 0x12, 0x34)).ends(DROP_ICMP);
        stage.receive(
                        CLIENTS,
                        PacketBuilder.ip(58, CLIENT6, GROUP)
                                .payload(new byte[] {(byte) 135, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})
                                .ttl(255))
                .ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().payload(new byte[8])).ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().payload(new byte[] {1})).ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().payload(new byte[] {1, 2, 0, 0, 0, 0, 0, 0}))
                .ends(DROP_ICMP);
        stage.receive(CLIENTS, ask().payload(linkOption(SOURCE_LINK, "33:33:00:00:00:01")))
                .ends(DROP_ICMP);
        stage.receive(CLIENTS, solicitation(CLIENT6, "ff02::1:ff00:101", VIP6)).ends(DROP_ICMP);
        stage.receive(CLIENTS, solicitation(CLIENT6, GROUP, "ff02::1:ff00:100")).ends(DROP_ICMP);
        stage.receive(CLIENTS, solicitation("::", VIP6, VIP6)).ends(DROP_ICMP);
        stage.receive(CLIENTS, solicitation("::", GROUP, VIP6).payload(linkOption(SOURCE_LINK, CLIENT_MAC)))
                .ends(DROP_ICMP);
        stage.receive(CLIENTS, advertisement(CLIENT6, VIP6, CLIENT6, SOLICITED_OVERRIDE))
                .ends(DROP_ICMP);
    }

    private static PacketBuilder ask() {
        return solicitation(CLIENT6, GROUP, VIP6);
    }

    private static PacketBuilder answer() {
        return advertisement(VIP6, CLIENT6, VIP6, SOLICITED_OVERRIDE)
                .payload(linkOption(TARGET_LINK, CLIENTS_MAC))
                .from(CLIENTS_MAC)
                .to(CLIENT_MAC);
    }
}

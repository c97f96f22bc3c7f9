package io.fastpath.fastpath.agreement;

import static io.fastpath.fastpath.agreement.PacketCase.packetCase;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT;
import static io.fastpath.fastpath.pipeline.Frames.CLIENT6;
import static io.fastpath.fastpath.pipeline.Frames.VIP;
import static io.fastpath.fastpath.pipeline.Frames.VIP6;
import static io.fastpath.fastpath.pipeline.Frames.fromBackend;
import static io.fastpath.fastpath.pipeline.Frames.reply;
import static io.fastpath.fastpath.pipeline.Frames.request;
import static io.fastpath.fastpath.pipeline.Frames.requestOut;
import static io.fastpath.fastpath.pipeline.PacketBuilder.ACK;
import static io.fastpath.fastpath.pipeline.PacketBuilder.FIN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.RST;
import static io.fastpath.fastpath.pipeline.PacketBuilder.SYN;
import static io.fastpath.fastpath.pipeline.PacketBuilder.tcp;
import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static io.fastpath.fastpath.pipeline.TestBalancer.CLIENTS;
import static io.fastpath.fastpath.pipeline.TestBalancer.SERVERS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FAMILY_MISMATCH;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FLOW_BUSY;
import static io.fastpath.kernelbpf.layout.Counter.DROP_FLOW_TABLE_FULL;
import static io.fastpath.kernelbpf.layout.Counter.DROP_MARTIAN;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_BACKEND;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_FLOW;
import static io.fastpath.kernelbpf.layout.Counter.DROP_NO_SERVICE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_PORTS_EXHAUSTED;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_FLAGS;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TCP_STATE;
import static io.fastpath.kernelbpf.layout.Counter.DROP_TTL_EXPIRED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_OPENED;
import static io.fastpath.kernelbpf.layout.Counter.FLOW_REOPENED;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REPLY;
import static io.fastpath.kernelbpf.layout.Counter.FORWARDED_REQUEST;

import io.fastpath.conntrack.FlowTable;
import io.fastpath.fastpath.pipeline.Frames;
import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Protocol;
import java.util.List;
import java.util.stream.Stream;

/** Who may open a connection, what is refused, and what a connection refuses. */
final class AdmissionCases {
    private static final String[] MARTIANS = {"0.1.2.3", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"};
    private static final String[] MARTIANS6 = {"::", "::1", "ff02::1"};

    private AdmissionCases() {}

    static List<PacketCase> all() {
        return Stream.of(refusals(), limits()).flatMap(List::stream).toList();
    }

    private static List<PacketCase> refusals() {
        return List.of(
                packetCase("no service at the port, the protocol or the address", stage -> {
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 81)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 0)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, tcp(CLIENT, 1234, "10.7.0.101", 80)).ends(DROP_NO_SERVICE);
                    stage.receive(CLIENTS, udp(CLIENT6, 1234, VIP6, 81)).ends(DROP_NO_SERVICE);
                }),
                packetCase("a segment without SYN opens nothing", stage -> {
                    for (final int flags : new int[] {ACK, SYN | ACK, FIN | ACK, RST, RST | ACK}) {
                        stage.receive(CLIENTS, request().flags(flags))
                                .ends(DROP_NO_FLOW)
                                .counts(FLOW_OPENED, 0);
                    }
                }),
                packetCase("flags that contradict each other, with and without a connection", stage -> {
                    for (final int flags : new int[] {0, FIN, SYN | FIN, SYN | RST}) {
                        stage.receive(CLIENTS, request().flags(flags)).ends(DROP_TCP_FLAGS);
                    }
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(SYN | FIN)).ends(DROP_TCP_FLAGS);
                }),
                packetCase("a segment that can't come in its connection's state", stage -> {
                    stage.receive(CLIENTS, request());
                    stage.receive(CLIENTS, request().flags(FIN | ACK)).ends(DROP_TCP_STATE);
                }),
                packetCase("sources that can't be a client's", stage -> {
                    for (final String source : MARTIANS) {
                        stage.receive(CLIENTS, tcp(source, 1234, VIP, 80)).ends(DROP_MARTIAN);
                    }
                    for (final String source : MARTIANS6) {
                        stage.receive(CLIENTS, udp(source, 1234, VIP6, 80)).ends(DROP_MARTIAN);
                    }
                }),
                packetCase("the last hop of a packet's life, before and after opening", stage -> {
                    stage.receive(CLIENTS, request().ttl(1))
                            .ends(DROP_TTL_EXPIRED)
                            .counts(FLOW_OPENED, 0);
                    stage.receive(CLIENTS, request().ttl(0)).ends(DROP_TTL_EXPIRED);
                    stage.receive(CLIENTS, tcp(CLIENT6, 1, VIP6, 80).ttl(1)).ends(DROP_TTL_EXPIRED);
                    stage.receive(CLIENTS, request().ttl(2))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().ttl(1));
                    stage.receive(SERVERS, reply().ttl(1)).ends(DROP_TTL_EXPIRED);
                }),
                packetCase("a RST on its last hop does not end the connection", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(RST).ttl(1)).ends(DROP_TTL_EXPIRED);
                    stage.receive(CLIENTS, request().flags(ACK))
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut().flags(ACK));
                }));
    }

    private static List<PacketCase> limits() {
        return List.of(
                new PacketCase(
                        "a service without backends",
                        AdmissionCases::withoutBackends,
                        stage -> stage.receive(CLIENTS, request()).ends(DROP_NO_BACKEND)),
                packetCase(
                        "a backend of the other family, where nothing translates to it",
                        AdmissionCases::familyMismatch),
                packetCase("the second client finds the only source port taken", stage -> {
                    stage.receive(CLIENTS, request());
                    stage.receive(CLIENTS, tcp(CLIENT, 1235, VIP, 80)).ends(DROP_PORTS_EXHAUSTED);
                }),
                new PacketCase("a table full of live connections", AdmissionCases::small, AdmissionCases::fill),
                packetCase("a connection that another writer is just entering", AdmissionCases::busy),
                packetCase("a finished connection's tuple opens it again", stage -> {
                    stage.establish();
                    stage.receive(CLIENTS, request().flags(RST));
                    stage.receive(CLIENTS, request())
                            .leaves(FORWARDED_REQUEST, SERVERS, requestOut())
                            .counts(FLOW_REOPENED, 1);
                }));
    }

    private static TestBalancer withoutBackends() {
        return new TestBalancer().service(Protocol.TCP, VIP, 80, Forwarding.FULL_NAT);
    }

    private static TestBalancer small() {
        return new TestBalancer()
                .service(Protocol.UDP, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080)
                .flowSlots(FlowTable.SLOT_COUNT_MIN);
    }

    /** The configuration refuses such a service, so the record is changed behind its back. */
    private static void familyMismatch(final PacketStage stage) {
        final SharedMemory backends = stage.balancer().tables().region(MapNames.BACKENDS);
        final Address other = Address.parse("2001:db8:8::11");
        for (int i = 0; i < 8; i++) {
            final long offset = BackendDescriptor.recordOffset(i) + BackendDescriptor.ADDRESS_OFFSET;
            if (Address.load(backends, offset).isIpv4()) {
                other.store(backends, offset);
            }
        }
        stage.receive(CLIENTS, tcp(CLIENT, 1234, VIP, 90)).ends(DROP_FAMILY_MISMATCH);
    }

    /** Connections with packets of both sides, which make room for nobody. */
    private static void fill(final PacketStage stage) {
        for (int port = 1; port <= FlowTable.SLOT_COUNT_MIN; port++) {
            final Counter verdict =
                    stage.receive(CLIENTS, udp(CLIENT, port, VIP, 80)).outcome().verdict();
            if (verdict == DROP_FLOW_TABLE_FULL) {
                return;
            }
            stage.receive(SERVERS, fromBackend(udp("10.8.0.11", 8080, CLIENT, port)));
        }
        throw new AssertionError("more connections than half the slots");
    }

    /** The reverse slot is there, the forward one is not visible yet: as between two steps of another writer. */
    private static void busy(final PacketStage stage) {
        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).counts(FLOW_OPENED, 1);
        final FlowTable flows = stage.balancer().worker(0).context().flowTable();
        final Address client = Address.parse(CLIENT);
        final Address vip = Address.parse(VIP);
        final int ports = Short.reverseBytes((short) 1234) & 0xffff | Short.reverseBytes((short) 90) << 16;
        final int home = flows.home(flows.hash(0, client.word1(), 0, vip.word1(), ports, Protocol.UDP.number()));
        final long hop = FlowDescriptor.slotOffset(home) + FlowDescriptor.HOP_OFFSET;
        stage.balancer().tables().region(MapNames.FLOWS).getAndBitwiseAndInt(hop, ~FlowDescriptor.HOP_MASK);
        stage.receive(CLIENTS, udp(CLIENT, 1234, VIP, 90)).ends(DROP_FLOW_BUSY);
        stage.receive(SERVERS, fromBackend(udp("10.8.0.11", 9090, CLIENT, 1234)))
                .leaves(FORWARDED_REPLY, CLIENTS, Frames.toClient(udp(VIP, 90, CLIENT, 1234)));
    }
}

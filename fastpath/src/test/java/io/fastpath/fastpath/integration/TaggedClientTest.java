package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.UdpLoad;
import io.fastpath.kernelbpf.KernelObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An unmodified client on an 802.1Q link. The kernel need not have VLAN devices: TC programs on the client's interface push
 * a tag on the way out and take it off on the way in, so that everything between client and balancer is tagged, ARP
 * and neighbour discovery too, and the balancer's kernel knows neither the VLAN nor the client.
 */
final class TaggedClientTest {
    @TempDir
    private Path folder;

    @Test
    void shouldServeTaggedClientsWithTheirTag() throws IOException {
        try (TestBalancer balancer = TestBalancer.lab(1)) {
            final String client = balancer.lab().client();
            tag(client);
            balancer.start(balancer.head("1") + TestBalancer.services("full-nat"));

            final Path body = folder.resolve("body");
            Lab.in(
                    client,
                    "curl",
                    "-sS",
                    "--max-time",
                    "20",
                    "-o",
                    body.toString(),
                    "http://" + Lab.VIP + "/bytes/300000");
            assertThat(Files.size(body)).isEqualTo(300_000);
            ForwardingTest.drive(new HttpLoad(client, "http://[" + Lab.VIP6 + "]/", 8));
            final UdpLoad udp = new UdpLoad(client, Lab.VIP, 7, 4);
            ForwardingTest.drive(udp);
            assertThat(udp.lost()).isZero();
            Lab.in(client, "ping", "-c", "3", "-i", "0.05", "-W", "5", Lab.VIP);
            balancer.assertNothingLost();
        }
    }

    /** Also proves that frames are tagged: the balancer's kernel, which has no such VLAN, doesn't answer any more. */
    private void tag(final String client) throws IOException {
        final Path push = Files.write(folder.resolve("push.o"), KernelObjects.vlanPush());
        final Path pop = Files.write(folder.resolve("pop.o"), KernelObjects.vlanPop());
        Lab.in(client, "ping", "-c", "1", "-W", "5", "10.7.0.1");
        Lab.in(client, "tc", "qdisc", "add", "dev", "eth0", "clsact");
        filter(client, "egress", push);
        filter(client, "ingress", pop);
        Lab.in(client, "ip", "neigh", "flush", "all");
        Lab.in(client, "sh", "-c", "! ping -c 1 -W 1 10.7.0.1");
    }

    static void filter(final String client, final String direction, final Path object) {
        Lab.in(
                client,
                "tc",
                "filter",
                "add",
                "dev",
                "eth0",
                direction,
                "bpf",
                "direct-action",
                "object-file",
                object.toString(),
                "section",
                "tc");
    }
}

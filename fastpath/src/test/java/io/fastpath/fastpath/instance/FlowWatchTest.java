package io.fastpath.fastpath.instance;

import static io.fastpath.fastpath.pipeline.PacketBuilder.udp;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.pipeline.TestBalancer;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class FlowWatchTest {
    private static final String VIP = "10.7.0.100";
    private static final int CAPACITY = 100;

    private final TestBalancer balancer = new TestBalancer()
            .service(Protocol.UDP, VIP, 80, Forwarding.NAT, "10.8.0.11", 8080)
            .service(Protocol.UDP, VIP, 90, Forwarding.NAT, "10.8.0.11", 9090)
            .start();
    private final List<String> lines = new ArrayList<>();
    private final FlowWatch watch = new FlowWatch(balancer.tables(), balancer.services(), CAPACITY, lines::add);
    private long nowNs = 1;

    @Test
    void shouldTellOnceWhoFillsTheTable() {
        open("192.0.2.10", 60, 80);
        open("192.0.2.11", 19, 90);
        assertThat(turns()).isEmpty();
        open("192.0.2.12", 1, 90);
        assertThat(turns()).hasSize(1);
        assertThat(lines.get(0))
                .contains("80 connections, 80 % of its capacity; of 80 looked at")
                .contains(
                        "clients 192.0.2.10 (75 %), 192.0.2.11 (24 %), 192.0.2.12 (1 %); of the services s0 (75 %), s1 (25 %)");
        open("192.0.2.13", 5, 90);
        assertThat(turns()).as("told already").hasSize(1);
    }

    private void open(final String client, final int count, final int port) {
        for (int i = 0; i < count; i++) {
            balancer.receive(
                    TestBalancer.CLIENTS, udp(client, 1000 + i, VIP, port).build());
        }
    }

    private List<String> turns() {
        for (int i = 0; i < 100; i++) {
            nowNs += TimeUnit.MILLISECONDS.toNanos(100);
            watch.poll(nowNs);
        }
        return lines;
    }
}

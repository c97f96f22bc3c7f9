package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.control.PinnedTables;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.UdpLoad;
import io.fastpath.fastpath.tables.CounterReader;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.Counter;
import io.fastpath.kernelbpf.layout.MapNames;
import org.junit.jupiter.api.Test;

/**
 * Two queues, two workers. The senders are told by XPS which of their queues to use, and a veth's queue is its peer's: all
 * requests come to worker 0, all replies to worker 1, so every reply needs a flow that the other worker has opened.
 */
final class TwoQueuesTest {
    @Test
    void shouldTranslateRepliesThatArriveAtTheOtherWorker() throws Exception {
        try (TestBalancer balancer = TestBalancer.lab(2)) {
            balancer.start(balancer.head("0, 1") + TestBalancer.services("full-nat"));
            sendOnlyBy(balancer.lab().client(), "eth0", 0);
            sendOnlyBy(balancer.lab().fabric(), "uplink", 1);

            ForwardingTest.drive(new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", 16));
            final UdpLoad udp = new UdpLoad(balancer.lab().client(), Lab.VIP6, 7, 8);
            ForwardingTest.drive(udp);

            assertThat(udp.lost()).isZero();
            balancer.assertNothingLost();
            final JsonNode workers = balancer.ask("status").path("workers");
            assertThat(workers).hasSize(2);
            try (PinnedTables pinned = PinnedTables.open(InstanceDirectory.standard(), balancer.name())) {
                assertWorkIsSplit(pinned.tables());
            }
        }
    }

    private static void assertWorkIsSplit(final SharedTables tables) {
        final CounterReader counters = new CounterReader(tables.region(MapNames.COUNTERS), tables.sizes());
        final int first = tables.sizes().workerRow(0);
        final int second = tables.sizes().workerRow(1);
        assertThat(counters.row(first, Counter.FORWARDED_REQUEST)).isGreaterThan(1_000);
        assertThat(counters.row(second, Counter.FORWARDED_REPLY)).isGreaterThan(1_000);
        assertThat(counters.row(second, Counter.FORWARDED_REQUEST)).isZero();
        assertThat(counters.row(first, Counter.FORWARDED_REPLY)).isZero();
    }

    /** Every CPU's packets go out by one queue. */
    private static void sendOnlyBy(final String namespace, final String link, final int queue) {
        final String folder = "/sys/class/net/" + link + "/queues/tx-";
        Lab.in(namespace, "sh", "-c", "echo 3 > " + folder + queue + "/xps_cpus");
        Lab.in(namespace, "sh", "-c", "echo 0 > " + folder + (1 - queue) + "/xps_cpus");
    }
}

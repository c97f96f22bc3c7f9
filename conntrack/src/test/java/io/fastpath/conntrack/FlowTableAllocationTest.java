package io.fastpath.conntrack;

import static io.fastpath.conntrack.TestWorld.FULL_NAT;
import static io.fastpath.conntrack.TestWorld.TCP;
import static io.fastpath.conntrack.TestWorld.ipv4;
import static io.fastpath.conntrack.TestWorld.ports;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.conntrack.tcp.TcpFlags;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Nothing is allocated: not by a look-up, an open, tracking, a removal, an eviction or a sweep. */
class FlowTableAllocationTest {
    private static final int ROUNDS = 100;

    private final TestWorld world = new TestWorld(1024, 51);
    private final FlowTable table = world.table(new CountingEvents());
    private final FlowSweeper sweeper = new FlowSweeper(table, 0, 1, nextHop -> nextHop == 3);
    private int nowTicks;

    @Test
    void shouldAllocateNothing() {
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE; // the JVM itself may allocate on this thread now and then, but not each time
        for (int i = 0; i < 5 && least > 0; i++) {
            rounds();
            final long before = threads.getCurrentThreadAllocatedBytes();
            final long between = threads.getCurrentThreadAllocatedBytes();
            rounds();
            final long after = threads.getCurrentThreadAllocatedBytes();
            least = Math.min(least, after - between - (between - before));
        }
        assertThat(least).as("bytes").isZero();
    }

    private void rounds() {
        for (int round = 0; round < ROUNDS; round++) {
            for (int client = 0; client < 600; client++) {
                connection(client);
            }
            sweeper.sweep(nowTicks += 1000, 1024);
        }
    }

    private void connection(final int client) {
        final long client1 = ipv4(192, 0, 2, client & 0xff);
        final int ports = ports(2000 + client, 80);
        final long handle = table.open(0, client1, 0, 5, ports, TCP, 1, 2, FULL_NAT, nowTicks);
        if (FlowHandle.isFlow(handle)) {
            table.nextHopIndex(handle, client & 3);
            table.track(table.find(0, client1, 0, 5, ports, TCP), TcpFlags.SYN, nowTicks);
            if (client % 3 == 0) {
                table.remove(handle, nowTicks);
            }
        }
    }
}

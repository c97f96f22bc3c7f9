package io.fastpath.fastpath.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.control.ControlException;
import io.fastpath.fastpath.control.InstanceDirectory;
import io.fastpath.fastpath.control.PinnedTables;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.Shell;
import io.fastpath.fastpath.nexthop.NextHopTable;
import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.layout.NextHopDescriptor;
import io.fastpath.kernelbpf.memory.SharedMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A neighbour that gets another MAC while no process proves it: the kernel engine asks the kernel, and goes on. */
final class HopProofTest {
    private static final long NOBODY = 0x99_00_00_00_00_02L;
    private static final long LONG_AGO_NS = TimeUnit.SECONDS.toNanos(61);
    private static final int SOME = 50;

    @Test
    void shouldAskTheKernelForANeighbourThatNobodyProves() throws ControlException {
        try (TestBalancer balancer = TestBalancer.lab(1);
                HttpLoad http = new HttpLoad(balancer.lab().client(), "http://" + Lab.VIP + "/", 2)) {
            Shell.run("ip", "netns", "exec", balancer.lab().balancer(), "sysctl", "-qw", "net.ipv4.ip_forward=1");
            balancer.start(balancer.head("0") + TestBalancer.service("web4", Lab.VIP, 80, "tcp", "full-nat"));
            http.start();
            more(http);
            balancer.process().kill();
            try (PinnedTables pinned = PinnedTables.open(InstanceDirectory.standard(), balancer.name())) {
                final SharedMemory memory = pinned.tables().region(MapNames.NEXT_HOPS);
                final NextHopTable hops =
                        new NextHopTable(memory, pinned.tables().sizes().nextHopCapacity());
                final List<Integer> valid = new ArrayList<>();
                for (int index = 1; index < hops.capacity(); index++) {
                    if (hops.state(index) == NextHopDescriptor.STATE_VALID) {
                        valid.add(index);
                        mislead(memory, index);
                    }
                }
                assertThat(valid).hasSizeGreaterThanOrEqualTo(2);
                more(http);
                assertThat(http.failures())
                        .as(() -> "first: " + http.firstFailure())
                        .isZero();
                assertThat(valid).allMatch(index -> MacWord.of(hops.macWord(index)) != NOBODY);
            }
        }
    }

    private static void mislead(final SharedMemory memory, final int index) {
        final long record = NextHopDescriptor.recordOffset(index);
        final long word = record + NextHopDescriptor.DESTINATION_MAC_OFFSET;
        memory.putLong(word, memory.getLong(word) & ~MacWord.MASK | NOBODY);
        memory.putLong(record + NextHopDescriptor.PROVED_NS_OFFSET, System.nanoTime() - LONG_AGO_NS);
    }

    private static void more(final HttpLoad http) {
        final long target = http.requests() + SOME;
        TestBalancer.await(target + " requests", () -> http.requests() >= target || http.failures() > 0);
    }
}

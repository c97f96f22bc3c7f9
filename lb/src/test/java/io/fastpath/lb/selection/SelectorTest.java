package io.fastpath.lb.selection;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.lb.Address;
import io.fastpath.lb.BackendSpec;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.LbMemory;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.Samples;
import io.fastpath.lb.service.ServiceSpec;
import io.fastpath.lb.service.ServiceTable;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SelectorTest {
    private static final Address VIP = Address.parse("10.200.0.1");
    private static final int TCP = Protocol.TCP.number();
    private static final int PORT_BE = Endpoint.portBe(80);

    private final LbMemory memory = LbMemory.allocate(16, 64, 32 * 100, 3);
    private final ServiceTable table = ServiceTable.attach(memory);
    private final Selector selector = new Selector(memory);

    @Test
    void shouldRefuseABackendThatIsNotUpForTheService() {
        table.put(service(80, 23, Samples.backends(1)));
        table.put(service(81, 23, Samples.backends(2).subList(1, 2)));
        final int index = index(PORT_BE);
        final int backend = select(index, 1);
        assertThat(backend).isNotNegative();

        final long record = BackendDescriptor.recordOffset(backend);
        memory.backends().putInt(record + BackendDescriptor.STATE_OFFSET, BackendDescriptor.STATE_RETIRED);
        assertThat(select(index, 1)).isEqualTo(Selector.NONE);
        memory.backends().putInt(record + BackendDescriptor.STATE_OFFSET, BackendDescriptor.STATE_UP);
        memory.backends().putShort(record + BackendDescriptor.SERVICE_INDEX_OFFSET, (short) index(Endpoint.portBe(81)));
        assertThat(select(index, 1)).isEqualTo(Selector.NONE);
    }

    @Test
    void shouldSurviveAnySlotIndexAndAnyEntry() {
        table.put(service(80, 23, Samples.backends(1)));
        for (int slot = 0; slot < memory.serviceSlotCount(); slot++) {
            assertThat(slot == index(PORT_BE) || select(slot, 1) == Selector.NONE)
                    .isTrue();
        }
        for (int entry = 0; entry < memory.maglevEntryCount(); entry++) {
            memory.maglev().putShort(2L * entry, (short) 0xfffe);
        }
        assertThat(select(index(PORT_BE), 1)).isEqualTo(Selector.NONE);
    }

    @Test
    void shouldAllocateNothing() {
        table.put(service(80, 23, Samples.backends(3)));
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        final long thread = Thread.currentThread().getId();
        long found = lookUp(100_000);
        final long before = threads.getThreadAllocatedBytes(thread);
        found += lookUp(1_000_000);
        final long allocated = threads.getThreadAllocatedBytes(thread) - before;
        assertThat(found).isEqualTo(1_100_000);
        assertThat(allocated).as("bytes for a million look-ups").isLessThan(10_000);
    }

    /** While the control thread goes on changing backends and sizes, a new flow gets a backend of its service. */
    @Test
    void shouldSelectOldOrNewWhileTheTablesChange() throws InterruptedException {
        final List<BackendSpec> pool = Samples.backends(12);
        final ServiceSpec[] states = {
            service(80, 23, pool.subList(0, 4)),
            service(80, 43, pool.subList(2, 6)),
            service(80, 43, pool.subList(0, 3))
        };
        table.put(states[0]);
        final AtomicBoolean running = new AtomicBoolean(true);
        final AtomicReference<String> failure = new AtomicReference<>();
        final AtomicLong selectedCount = new AtomicLong();
        final Thread reader = new Thread(() -> {
            for (int port = 0; running.get() && failure.get() == null; port++) {
                final int index = index(PORT_BE);
                final int backend = index == Selector.NONE ? Selector.NONE : select(index, port & 0xffff);
                if (backend == Selector.NONE || !isOfPool(backend)) {
                    failure.set("service " + index + " backend " + backend);
                }
                selectedCount.lazySet(port);
            }
        });
        reader.start();
        final long deadlineNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        for (int i = 1; i <= 3_000 || selectedCount.get() < 10_000 && System.nanoTime() < deadlineNs; i++) {
            table.put(states[i % states.length]);
            table.put(service(81, 23, pool.subList(6, 6 + i % 5))); // a neighbour that takes and leaves room
            if (i % 3 == 0) {
                table.remove(service(81, 23, List.of()).key());
            }
        }
        running.set(false);
        reader.join();
        assertThat(failure.get()).isNull();
        assertThat(selectedCount.get()).isGreaterThanOrEqualTo(10_000);
    }

    private boolean isOfPool(final int backend) {
        final int host = (int) (selector.backendAddress1(backend) >>> 56);
        return host >= 1 && host <= 6;
    }

    private long lookUp(final int count) {
        long found = 0;
        for (int i = 0; i < count; i++) {
            final int index = index(PORT_BE);
            found += select(index, i & 0xffff) >= 0 && selector.isVip(VIP.word0(), VIP.word1()) ? 1 : 0;
        }
        return found;
    }

    private int index(final int portBe) {
        return selector.serviceIndex(VIP.word0(), VIP.word1(), portBe, TCP);
    }

    private int select(final int serviceIndex, final int sourcePortBe) {
        return selector.select(
                serviceIndex, 0, 0x0100_000a_ffff_0000L, VIP.word0(), VIP.word1(), sourcePortBe | PORT_BE << 16, TCP);
    }

    private static ServiceSpec service(final int port, final int size, final List<BackendSpec> backends) {
        return new ServiceSpec("s" + port, VIP, port, Protocol.TCP, Forwarding.FULL_NAT, size, backends);
    }
}

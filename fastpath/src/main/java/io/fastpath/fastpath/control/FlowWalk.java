package io.fastpath.fastpath.control;

import io.fastpath.conntrack.FlowCursor;
import io.fastpath.conntrack.FlowEvents;
import io.fastpath.conntrack.FlowFlyweight;
import io.fastpath.conntrack.FlowTable;
import io.fastpath.conntrack.FlowTimeouts;
import io.fastpath.fastpath.tables.ConfigRecord;
import io.fastpath.fastpath.tables.SharedTables;
import io.fastpath.kernelbpf.layout.BackendDescriptor;
import io.fastpath.kernelbpf.layout.ConfigDescriptor;
import io.fastpath.kernelbpf.layout.FlowDescriptor;
import io.fastpath.kernelbpf.layout.FlowState;
import io.fastpath.kernelbpf.layout.Forwarding;
import io.fastpath.kernelbpf.layout.MapNames;
import io.fastpath.kernelbpf.memory.SharedMemory;
import io.fastpath.lb.Address;
import io.fastpath.lb.Endpoint;
import io.fastpath.lb.Protocol;
import io.fastpath.lb.service.ServiceSpec;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Walks over the connections of an instance, alive or dead, some at a time, and reports those that match. It holds
 * nothing but its place. One thread.
 */
public final class FlowWalk {
    private final FlowCursor cursor;
    private final FlowMatcher matcher;
    private final ServiceNames names;
    private final SharedMemory config;
    private final SharedMemory backends;
    private final LongSupplier clockNs;

    /**
     * A walk from the first slot.
     *
     * @param tables of the instance.
     * @param specs the services in force, for their names.
     * @param filter which connections.
     * @param clockNs CLOCK_MONOTONIC, as the engines stamp flows.
     */
    public FlowWalk(
            final SharedTables tables,
            final List<ServiceSpec> specs,
            final FlowFilter filter,
            final LongSupplier clockNs) {
        this.clockNs = clockNs;
        config = tables.region(MapNames.CONFIG);
        backends = tables.region(MapNames.BACKENDS);
        names = new ServiceNames(ServiceTables.lbMemory(tables), specs);
        matcher = new FlowMatcher(filter, names, backends);
        final SharedMemory all = tables.region(MapNames.FLOWS);
        final SharedMemory flows =
                new SharedMemory(all.address(), tables.sizes().length(MapNames.FLOWS));
        cursor = new FlowCursor(new FlowTable(flows, config, backends, FlowTimeouts.defaults(), FlowEvents.NONE));
    }

    /**
     * Goes on.
     *
     * @param flowLimit connections to look at, at most.
     * @param slotLimit slots to look at, at most: most of them may be empty.
     * @param sink takes those that match.
     * @return whether there may be more.
     */
    public boolean next(final int flowLimit, final int slotLimit, final Consumer<FlowReport> sink) {
        final int nowTicks = FlowDescriptor.ticks(clockNs.getAsLong());
        final int firstSlot = cursor.slotIndex();
        for (int i = 0; i < flowLimit && cursor.slotIndex() - firstSlot < slotLimit; i++) {
            if (!cursor.next(slotLimit - (cursor.slotIndex() - firstSlot))) {
                break;
            }
            if (matcher.matches(cursor.flow())) {
                sink.accept(report(cursor.flow(), nowTicks));
            }
        }
        return !cursor.isAtEnd();
    }

    private FlowReport report(final FlowFlyweight flow, final int nowTicks) {
        final Endpoint backend = backend(flow.backendIndex());
        final int snatIndex = flow.snatIndex();
        final boolean translated = snatIndex < ConfigDescriptor.SNAT_LIMIT;
        return new FlowReport(
                flow.protocol() == Protocol.TCP.number() ? Protocol.TCP.label() : Protocol.UDP.label(),
                FlowState.label(flow.state()),
                Address.ofWords(flow.client0(), flow.client1()).toString(),
                port(flow.clientPortBe()),
                Address.ofWords(flow.vip0(), flow.vip1()).toString(),
                port(flow.vipPortBe()),
                names.of(flow.serviceIndex()),
                forwarding(flow.forwardingCode()),
                backend == null ? "" : backend.address().toString(),
                backend == null ? 0 : backend.port() == 0 ? port(flow.vipPortBe()) : backend.port(),
                translated
                        ? Address.load(config, ConfigRecord.snatOffset(snatIndex))
                                .toString()
                        : "",
                translated ? port(flow.snatPortBe()) : 0,
                TimeUnit.NANOSECONDS.toMillis((long) flow.idleTicks(nowTicks) << FlowDescriptor.TICK_SHIFT));
    }

    private Endpoint backend(final int backendIndex) {
        final long record = BackendDescriptor.recordOffset(backendIndex);
        return record + BackendDescriptor.LENGTH > backends.length()
                ? null
                : new Endpoint(
                        Address.load(backends, record + BackendDescriptor.ADDRESS_OFFSET),
                        port(backends.getShort(record + BackendDescriptor.PORT_BE_OFFSET) & 0xffff));
    }

    /** A slot that changes hands while it is read may show any code. */
    private static String forwarding(final int code) {
        return code < Forwarding.values().length ? Forwarding.ofCode(code).label() : "";
    }

    private static int port(final int portBe) {
        return Endpoint.portBe(portBe);
    }
}

package io.fastpath.fastpath.demo;

import io.fastpath.fastpath.control.CountersReport;
import io.fastpath.fastpath.lab.HttpLoad;
import io.fastpath.fastpath.lab.InstanceCounters;
import io.fastpath.fastpath.lab.Lab;
import io.fastpath.fastpath.lab.UdpLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The demo's requests: HTTP, a connection each, and UDP exchanges. */
final class DemoTraffic implements AutoCloseable {
    private static final int HTTP_CLIENTS = 4;
    private static final int UDP_CLIENTS = 2;

    private final HttpLoad http;
    private final UdpLoad udp;
    private long startNs;

    DemoTraffic(final Lab lab) {
        http = new HttpLoad(lab.client(), "http://" + Lab.VIP + "/", HTTP_CLIENTS);
        udp = new UdpLoad(lab.client(), Lab.VIP, DemoConfig.UDP_VIP_PORT, UDP_CLIENTS);
    }

    HttpLoad http() {
        return http;
    }

    UdpLoad udp() {
        return udp;
    }

    /** When it started. */
    long startNs() {
        return startNs;
    }

    void start() {
        startNs = System.nanoTime();
        http.start();
        udp.start();
    }

    void finish() {
        http.finish();
        udp.finish();
    }

    @Override
    public void close() {
        http.close();
        udp.close();
    }

    /** What was found, with the counters at the end. */
    DemoResult result(final CountersReport counters) {
        final Map<String, Long> perBackend = new TreeMap<>(http.perBackend());
        udp.perBackend().forEach((backend, count) -> perBackend.merge(backend, count, Long::sum));
        return new DemoResult(
                http.requests(),
                http.failures() + udp.failures(),
                udp.exchanges(),
                udp.lost(),
                perBackend,
                idleBackends(),
                InstanceCounters.packetsByEngine(counters),
                InstanceCounters.drops(counters),
                (System.nanoTime() - startNs) / 1e9,
                http.firstFailure() == null ? udp.firstFailure() : http.firstFailure());
    }

    private List<String> idleBackends() {
        final List<String> idle = new ArrayList<>();
        for (int number = 1; number <= DemoBackends.COUNT; number++) {
            final String backend = DemoBackends.nameOf(number);
            if (!http.perBackend().containsKey(backend)) {
                idle.add(DemoConfig.HTTP_SERVICE + ' ' + backend);
            }
            if (!udp.perBackend().containsKey(backend)) {
                idle.add(DemoConfig.UDP_SERVICE + ' ' + backend);
            }
        }
        return idle;
    }
}

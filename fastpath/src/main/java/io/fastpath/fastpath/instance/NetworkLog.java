package io.fastpath.fastpath.instance;

import io.fastpath.fastpath.worker.LogPace;
import io.fastpath.kernelbpf.layout.InterfaceDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the operator what became of links, routes and backends. It tells how things stand, not each time they change: a
 * link that flaps or a routing daemon at work is a line now and then, and the last line is true. Control thread.
 */
final class NetworkLog {
    /** Between two lines of one kind, about one interface. */
    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(5);

    private final Logger logger;
    private final List<LinkNews> links = new ArrayList<>();
    private final LogPace routesPace = new LogPace(INTERVAL_NS);
    private long routesChangeCount;
    private String unreachable = "";
    private String unreachableTold = "";

    /** News of one interface. */
    private static final class LinkNews {
        private final LogPace pace = new LogPace(INTERVAL_NS);
        private String name;
        private boolean isUp = true;
        private long changeCount;
    }

    NetworkLog() {
        this(LoggerFactory.getLogger(NetworkControl.class));
    }

    NetworkLog(final Logger logger) {
        this.logger = logger;
        for (int slot = 0; slot < InterfaceDescriptor.SLOTS; slot++) {
            links.add(new LinkNews());
        }
    }

    /** An interface may have gone up or down. */
    void link(final int slot, final String name, final boolean isUp) {
        final LinkNews news = links.get(slot);
        if (news.isUp != isUp) {
            news.name = name;
            news.isUp = isUp;
            news.changeCount++;
        }
    }

    void routesChanged() {
        routesChangeCount++;
    }

    /** Backends that packets can't be sent to now; replaces what was told before. */
    void unreachable(final List<BackendReachability.Unreachable> backends) {
        unreachable = backends.isEmpty() ? "" : backends.size() + " unreachable: " + backends.get(0);
    }

    /** Writes what is new and due. */
    void poll(final long nowNs) {
        for (final LinkNews news : links) {
            if (news.changeCount > 0 && news.pace.admits(nowNs)) {
                logger.warn(
                        "interface {} is {}{}",
                        news.name,
                        news.isUp ? "up" : "down",
                        news.changeCount > 1 ? " after " + news.changeCount + " changes" : "");
                news.changeCount = 0;
            }
        }
        if ((routesChangeCount > 0 || !unreachable.equals(unreachableTold)) && routesPace.admits(nowNs)) {
            tellRoutes();
        }
    }

    private void tellRoutes() {
        if (routesChangeCount > 0) {
            logger.info("routes changed ({} times): next hops are resolved again", routesChangeCount);
            routesChangeCount = 0;
        }
        if (!unreachable.equals(unreachableTold)) {
            logger.warn("backends: {}", unreachable.isEmpty() ? "all have a route again" : unreachable);
            unreachableTold = unreachable;
        }
    }
}

package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NetworkLogTest {
    private final Logger logger = new LoggerContext().getLogger("network");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final NetworkLog log = new NetworkLog(logger);

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void shouldTellHowAFlappingLinkStandsAndNotEachFlap() {
        log.link(3, "eth1", false);
        log.poll(0);
        for (int i = 1; i < 1000; i++) {
            log.link(3, "eth1", i % 2 == 1);
            log.poll(i);
        }
        log.poll(NetworkLog.INTERVAL_NS);
        log.poll(2 * NetworkLog.INTERVAL_NS);

        assertThat(told()).containsExactly("interface eth1 is down", "interface eth1 is up after 999 changes");
    }

    @Test
    void shouldTellEachInterfaceApartAndNothingThatStays() {
        log.link(1, "eth1", true);
        log.link(2, "eth2", false);
        log.link(2, "eth2", false);
        log.link(4, "eth4", false);
        log.poll(0);

        assertThat(told()).containsExactly("interface eth2 is down", "interface eth4 is down");
    }

    @Test
    void shouldSumUpRouteChanges() {
        log.routesChanged();
        log.poll(0);
        for (int i = 0; i < 500; i++) {
            log.routesChanged();
            log.poll(i);
        }
        log.poll(NetworkLog.INTERVAL_NS);

        assertThat(told())
                .containsExactly(
                        "routes changed (1 times): next hops are resolved again",
                        "routes changed (500 times): next hops are resolved again");
    }

    private List<String> told() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }
}

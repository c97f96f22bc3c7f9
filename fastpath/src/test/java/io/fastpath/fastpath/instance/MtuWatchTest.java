package io.fastpath.fastpath.instance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.NetworkListener;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class MtuWatchTest {
    private static final int PACKET_LENGTH_LIMIT = 2048 - 256;

    private final Logger logger = new LoggerContext().getLogger("test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final List<Link> passedOn = new ArrayList<>();
    private final NetworkListener next = new NetworkListener() {
        @Override
        public void onLinkChanged(final Link link) {
            passedOn.add(link);
        }

        @Override
        public void onLinkRemoved(final Link link) {
            passedOn.add(link);
        }
    };

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @Test
    void shouldWarnOnceUntilTheMtuFitsAgain() {
        final MtuWatch watch = watch(TestLinks.IFINDEX);
        watch.onLinkChanged(TestLinks.up(9000));
        watch.onLinkChanged(TestLinks.up(9001));
        assertThat(lines.list).hasSize(1);
        assertThat(lines.list.get(0).getFormattedMessage())
                .startsWith("interface eth1 has an MTU of 9000, but a frame holds packets of up to 1770");

        watch.onLinkChanged(TestLinks.up(1500));
        watch.onLinkChanged(TestLinks.up(9000));

        assertThat(lines.list).hasSize(2);
    }

    @Test
    void shouldNotWarnOfInterfacesThatAreNotServed() {
        watch(TestLinks.IFINDEX + 1).onLinkChanged(TestLinks.up(65_536));
        assertThat(lines.list).isEmpty();
    }

    @Test
    void shouldPassNewsOn() {
        final MtuWatch watch = watch(TestLinks.IFINDEX);
        watch.onLinkChanged(TestLinks.up(9000));
        watch.onLinkRemoved(TestLinks.down());
        assertThat(passedOn).containsExactly(TestLinks.up(9000), TestLinks.down());
    }

    private MtuWatch watch(final int ifindex) {
        return new MtuWatch(next, Set.of(ifindex), PACKET_LENGTH_LIMIT, logger);
    }
}

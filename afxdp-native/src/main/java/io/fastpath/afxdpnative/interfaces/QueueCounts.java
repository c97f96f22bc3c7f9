package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.Optional;
import org.agrona.DirectBuffer;

/**
 * Queues of an interface. AF_XDP binds to queue ids from 0 up to {@link #rxTotal()}.
 *
 * @param rx queues that only receive.
 * @param tx queues that only transmit.
 * @param combined queues that do both.
 * @param combinedLimit what {@code ethtool -L} could set {@code combined} to, 0 where it can't be told.
 * @param source who told.
 */
public record QueueCounts(int rx, int tx, int combined, int combinedLimit, Source source) {
    private static final int ETHTOOL_GCHANNELS = 0x3c;
    private static final int LENGTH = 36;

    /** Who told the counts. */
    public enum Source {
        /** The driver, by ethtool: the queues in use. */
        DRIVER,
        /** {@code /sys/class/net}: the queues in use. */
        SYSFS,
        /** rtnetlink: the queues the device was made with, of which some may be out of use. */
        LINK
    }

    /** {@return queues that receive} */
    public int rxTotal() {
        return rx + combined;
    }

    /** {@return queues that transmit} */
    public int txTotal() {
        return tx + combined;
    }

    static QueueCounts read(final EthtoolSocket ethtool, final Link link) {
        return fromDriver(ethtool, link.name())
                .or(() -> SysfsQueues.read(SysfsQueues.ROOT, link))
                .orElseGet(() -> new QueueCounts(link.rxQueueLimit(), link.txQueueLimit(), 0, 0, Source.LINK));
    }

    private static Optional<QueueCounts> fromDriver(final EthtoolSocket ethtool, final String name) {
        try (NativeMemory channels = NativeMemory.allocate(LENGTH)) {
            return ethtool.run(name, ETHTOOL_GCHANNELS, channels)
                    ? Optional.of(decode(channels.buffer()))
                    : Optional.empty();
        }
    }

    /** Decode {@code struct ethtool_channels}. */
    static QueueCounts decode(final DirectBuffer channels) {
        return new QueueCounts(
                channels.getInt(20), channels.getInt(24), channels.getInt(32), channels.getInt(16), Source.DRIVER);
    }
}

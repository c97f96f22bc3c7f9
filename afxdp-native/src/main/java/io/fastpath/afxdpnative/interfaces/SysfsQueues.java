package io.fastpath.afxdpnative.interfaces;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.MacAddress;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Counts queues in {@code /sys/class/net}. That folder shows the network namespace in which it was mounted, not the one
 * that the thread visits, so an interface is believed only if index and Ethernet address are the link's.
 */
final class SysfsQueues {
    static final Path ROOT = Path.of("/sys/class/net");

    private SysfsQueues() {}

    /** {@return the queues in use, or empty if the folder shows no such interface or another one} */
    static Optional<QueueCounts> read(final Path root, final Link link) {
        try {
            final Path device = root.resolve(link.name());
            if (!isThisLink(device, link)) {
                return Optional.empty();
            }
            final Path queues = device.resolve("queues");
            final int rx = count(queues, "rx-*");
            final int tx = count(queues, "tx-*");
            return rx == 0 ? Optional.empty() : Optional.of(new QueueCounts(rx, tx, 0, 0, QueueCounts.Source.SYSFS));
        } catch (final IOException ex) {
            return Optional.empty();
        }
    }

    private static boolean isThisLink(final Path device, final Link link) throws IOException {
        return line(device, "ifindex").equals(String.valueOf(link.ifindex()))
                && (link.mac() == MacAddress.NONE || line(device, "address").equals(MacAddress.format(link.mac())));
    }

    private static String line(final Path device, final String file) throws IOException {
        return Files.readString(device.resolve(file)).strip();
    }

    private static int count(final Path queues, final String pattern) throws IOException {
        int count = 0;
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(queues, pattern)) {
            for (final Path entry : entries) {
                count += Files.isDirectory(entry) ? 1 : 0;
            }
        }
        return count;
    }
}

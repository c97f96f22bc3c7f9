package io.fastpath.afxdpnative.interfaces;

import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.OperState;
import io.fastpath.afxdpnative.netlink.XdpAttachment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SysfsQueuesTest {
    @TempDir
    private Path root;

    @BeforeEach
    void setUp() throws IOException {
        final Path queues = Files.createDirectories(root.resolve("eth9/queues"));
        for (final String queue : new String[] {"rx-0", "rx-1", "rx-2", "tx-0", "tx-1"}) {
            Files.createDirectory(queues.resolve(queue));
        }
        Files.writeString(root.resolve("eth9/ifindex"), "7\n");
        Files.writeString(root.resolve("eth9/address"), "02:fc:00:00:00:01\n");
    }

    @Test
    void shouldCountFolders() {
        assertThat(SysfsQueues.read(root, link(7, 0x02fc00000001L)))
                .contains(new QueueCounts(3, 2, 0, 0, QueueCounts.Source.SYSFS));
    }

    @Test
    void shouldNotBelieveAnotherNamespacesInterface() {
        assertThat(SysfsQueues.read(root, link(8, 0x02fc00000001L))).isEmpty();
        assertThat(SysfsQueues.read(root, link(7, 0x02fc00000002L))).isEmpty();
        assertThat(SysfsQueues.read(root.resolve("nowhere"), link(7, 0x02fc00000001L)))
                .isEmpty();
    }

    @Test
    void shouldTakeNoFoldersForNoAnswer() throws IOException {
        Files.createDirectories(root.resolve("fpx/queues"));
        Files.writeString(root.resolve("fpx/ifindex"), "7\n");
        Files.writeString(root.resolve("fpx/address"), "02:fc:00:00:00:01\n");
        final Link link = link(7, 0x02fc00000001L);
        assertThat(SysfsQueues.read(root.resolve("fpx/.."), renamed(link, "fpx")))
                .isEmpty();
    }

    private static Link link(final int ifindex, final long mac) {
        return new Link(
                ifindex,
                "eth9",
                1,
                1,
                mac,
                1500,
                OperState.UP,
                8,
                8,
                0,
                "",
                0,
                false,
                "",
                Optional.empty(),
                XdpAttachment.NONE);
    }

    private static Link renamed(final Link link, final String name) {
        return new Link(
                link.ifindex(),
                name,
                1,
                1,
                link.mac(),
                1500,
                OperState.UP,
                8,
                8,
                0,
                "",
                0,
                false,
                "",
                Optional.empty(),
                XdpAttachment.NONE);
    }
}

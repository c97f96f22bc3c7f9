package io.fastpath.afxdpnative.netns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.netlink.Link;
import io.fastpath.afxdpnative.netlink.RtnetlinkSocket;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** Needs root. */
class NetworkNamespaceTest {
    private static final Path OWN = Path.of("/proc/thread-self/ns/net");

    @Test
    void shouldMoveThisThreadInAndBack() throws IOException {
        final Path home = Files.readSymbolicLink(OWN);
        try (TestNamespace namespace = TestNamespace.create()) {
            try (NetworkNamespace visit = NetworkNamespace.enter(namespace.name())) {
                assertThat(visit.name()).isEqualTo(namespace.name());
                assertThat(Files.readSymbolicLink(OWN)).isNotEqualTo(home);
            }
            assertThat(Files.readSymbolicLink(OWN)).isEqualTo(home);
        }
    }

    @Test
    void shouldNest() throws IOException {
        final Path home = Files.readSymbolicLink(OWN);
        try (TestNamespace outer = TestNamespace.create();
                TestNamespace inner = TestNamespace.create()) {
            try (NetworkNamespace first = outer.enter()) {
                final Path between = Files.readSymbolicLink(OWN);
                try (NetworkNamespace second = inner.enter()) {
                    assertThat(Files.readSymbolicLink(OWN)).isNotEqualTo(between);
                    assertThat(second.name()).isNotEqualTo(first.name());
                }
                assertThat(Files.readSymbolicLink(OWN)).isEqualTo(between);
            }
            assertThat(Files.readSymbolicLink(OWN)).isEqualTo(home);
        }
    }

    @Test
    void shouldLeaveSocketsInTheNamespaceTheyWereMadeIn() {
        try (TestNamespace namespace = TestNamespace.create()) {
            namespace.ip("link add fpa type veth peer name fpb");
            final RtnetlinkSocket socket;
            try (NetworkNamespace visit = namespace.enter()) {
                assertThat(visit.name()).isNotEmpty();
                socket = RtnetlinkSocket.open();
            }
            try (socket) {
                final List<String> names =
                        socket.links().stream().map(Link::name).toList();
                assertThat(names).contains("fpa", "fpb").doesNotContain("eth0");
            }
        }
    }

    @Test
    void shouldMoveNoThreadButThoseStartedDuringTheVisit() throws Exception {
        final Path home = Files.readSymbolicLink(OWN);
        final ExecutorService older = Executors.newSingleThreadExecutor();
        final ExecutorService younger = Executors.newSingleThreadExecutor();
        try (TestNamespace namespace = TestNamespace.create()) {
            older.submit(() -> {}).get();
            try (NetworkNamespace visit = namespace.enter()) {
                assertThat(older.submit(() -> Files.readSymbolicLink(OWN)).get())
                        .as("outside of %s", visit.name())
                        .isEqualTo(home);
                assertThat(younger.submit(() -> Files.readSymbolicLink(OWN)).get())
                        .isEqualTo(Files.readSymbolicLink(OWN))
                        .isNotEqualTo(home);
            }
        } finally {
            older.shutdownNow();
            younger.shutdownNow();
        }
    }

    @Test
    void shouldRefuseWhatIsNotThere() throws IOException {
        final Path home = Files.readSymbolicLink(OWN);
        assertThatThrownBy(() -> NetworkNamespace.enter("fptnone"))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.ENOENT)).isTrue())
                .hasMessageContaining("/run/netns/fptnone");
        for (final String bad : List.of("", "../x", "a/b", ".", "a\0b")) {
            assertThatThrownBy(() -> NetworkNamespace.enter(bad)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(Files.readSymbolicLink(OWN)).isEqualTo(home);
    }

    @Test
    void shouldRefuseToBeClosedByAnotherThreadAndBearClosingTwice() throws IOException {
        final Path home = Files.readSymbolicLink(OWN);
        try (TestNamespace namespace = TestNamespace.create()) {
            final NetworkNamespace visit = namespace.enter();
            try {
                assertThatThrownBy(
                                () -> CompletableFuture.runAsync(visit::close).join())
                        .hasCauseInstanceOf(IllegalStateException.class);
            } finally {
                visit.close();
                visit.close();
            }
            assertThat(Files.readSymbolicLink(OWN)).isEqualTo(home);
        }
    }
}

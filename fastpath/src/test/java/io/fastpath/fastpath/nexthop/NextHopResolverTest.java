package io.fastpath.fastpath.nexthop;

import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_A;
import static io.fastpath.fastpath.nexthop.NextHopFixture.MAC_B;
import static io.fastpath.fastpath.nexthop.RouteFixture.IFINDEX;
import static io.fastpath.fastpath.nexthop.RouteFixture.NOWHERE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_INCOMPLETE;
import static io.fastpath.kernelbpf.layout.NextHopDescriptor.STATE_PROVISIONAL;
import static org.assertj.core.api.Assertions.assertThat;

import io.fastpath.fastpath.wire.MacWord;
import io.fastpath.lb.Address;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NextHopResolverTest {
    private static final int SPOOFED_COUNT = 20_000;
    private static final int TAG_100 = 0x6400_0081;

    private final RouteFixture world = new RouteFixture(4096, 1);
    private final NextHopTable table = world.hops.table;
    private final NextHopResolver resolver = world.resolver();

    @Test
    void shouldResolveANewBackendThoughThousandsOfSourcesOnTheLinkWereMadeUp() {
        final Set<Integer> clients = new HashSet<>();
        for (int number = 1; number <= SPOOFED_COUNT; number++) {
            clients.add(sender("10." + (number >>> 16) + "." + (number >>> 8 & 0xff) + "." + (number & 0xff), 0, 0));
        }
        assertThat(clients).contains(NextHopResolver.FULL).allMatch(i -> i == NextHopResolver.FULL || i > 0);
        assertThat(clients).hasSizeBetween(900, table.clientCapacity() + 1);
        for (int number = 1; number <= 1_000; number++) {
            final int backend = backend("172.16." + (number >>> 8) + "." + (number & 0xff));
            assertThat(backend).isPositive();
            assertThat(clients).doesNotContain(backend);
        }
    }

    /** The tags are the sender's choice as well, even where the client is behind a gateway. */
    @Test
    void shouldKeepMadeUpTagsAmongTheClients() {
        world.route("198.51.100.1", "192.0.2.1");
        final Set<Integer> clients = new HashSet<>();
        for (int vlan = 1; vlan < 4095; vlan++) {
            clients.add(sender("198.51.100.1", 1, Integer.reverseBytes(0x8100_0000 | vlan)));
        }
        assertThat(clients).contains(NextHopResolver.FULL);
        assertThat(clients).allMatch(i -> i == NextHopResolver.FULL || table.isOfClients(i));
        final int gateway = sender("198.51.100.1", 0, 0);
        assertThat(gateway).isPositive();
        assertThat(table.isOfClients(gateway)).isFalse();
    }

    @Test
    void shouldTellAFullTableFromAMissingRoute() {
        world.route("198.51.100.1", NOWHERE);
        assertThat(backend("198.51.100.1")).isEqualTo(NextHopResolver.NO_ROUTE);
        int last = 1;
        for (int number = 1; last > 0; number++) {
            last = backend("10.0." + (number >>> 8) + "." + (number & 0xff));
        }
        assertThat(last).isEqualTo(NextHopResolver.FULL).isNotEqualTo(NextHopResolver.NO_ROUTE);
    }

    @Test
    void shouldNotLetAClientThatClaimsABackendsAddressTellItsMac() {
        final int backend = backend("10.8.0.11");
        final int client = sender("10.8.0.11", 0, 0);
        assertThat(client).isNotEqualTo(backend);
        assertThat(table.state(client)).isEqualTo(STATE_PROVISIONAL);
        assertThat(table.state(backend)).isEqualTo(STATE_INCOMPLETE);
    }

    @Test
    void shouldHearOfANeighbourForBothKindsOfHops() {
        final Address address = Address.parse("10.8.0.11");
        final int backend = backend("10.8.0.11");
        final int client = sender("10.8.0.11", 0, 0);
        resolver.heardOf(IFINDEX, address.word0(), address.word1(), 0, 0, 0, MAC_B);
        assertThat(MacWord.of(table.macWord(backend))).isEqualTo(MAC_B);
        assertThat(MacWord.of(table.macWord(client))).isEqualTo(MAC_B);
    }

    @Test
    void shouldCarryAClientsTagsAndMacOverAndABackendsMacAlone() {
        final int tagged = sender("192.0.2.10", 1, TAG_100);
        world.hops.maintenance.interfaceGone(IFINDEX);
        final Address client = Address.parse("192.0.2.10");
        final int fresh = resolver.resolveClient(client.word0(), client.word1(), tagged, 1);
        assertThat(fresh).isPositive().isNotEqualTo(tagged);
        assertThat(table.outerTag(fresh)).isEqualTo(TAG_100);
        assertThat(MacWord.of(table.macWord(fresh))).isEqualTo(MAC_A);
        final int untagged = resolver.resolve(client.word0(), client.word1(), tagged, 1);
        assertThat(table.tagCount(untagged)).isZero();
        assertThat(table.state(untagged)).isEqualTo(STATE_INCOMPLETE);
    }

    private int backend(final String address) {
        final Address backend = Address.parse(address);
        return resolver.resolve(backend.word0(), backend.word1(), NextHopTable.NOT_RESOLVED, 1);
    }

    private int sender(final String address, final int tagCount, final int outerTag) {
        final Address source = Address.parse(address);
        return resolver.resolveSender(source.word0(), source.word1(), IFINDEX, tagCount, outerTag, 0, MAC_A, 1);
    }
}

package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NeighboursTest {
    @Test
    void shouldTellOneInterfaceFromAnother() {
        final IpAddress address = ip("fe80::1");
        final Neighbours table = Neighbours.of(List.of(
                new Neighbour(1, address, 0xa, NeighbourState.REACHABLE),
                new Neighbour(2, address, 0xb, NeighbourState.STALE)));

        assertThat(table.usableMac(1, address.high(), address.low())).isEqualTo(0xa);
        assertThat(table.usableMac(2, address.high(), address.low())).isEqualTo(0xb);
        assertThat(table.usableMac(3, address.high(), address.low())).isEqualTo(MacAddress.NONE);
        assertThat(Neighbours.EMPTY.find(1, 0, 0)).isNull();
    }

    @Test
    void shouldOfferOnlyAddressesThatMayBeUsed() {
        final IpAddress address = ip("10.0.0.1");
        final int[] usable = {
            NeighbourState.REACHABLE,
            NeighbourState.STALE,
            NeighbourState.DELAY,
            NeighbourState.PROBE,
            NeighbourState.PERMANENT,
            NeighbourState.NOARP
        };
        for (final int state : usable) {
            assertThat(new Neighbour(1, address, 5, state).isUsable()).isTrue();
            assertThat(new Neighbour(1, address, MacAddress.NONE, state).isUsable())
                    .isFalse();
        }
        for (final int state : new int[] {NeighbourState.NONE, NeighbourState.INCOMPLETE, NeighbourState.FAILED}) {
            final Neighbours table = Neighbours.of(List.of(new Neighbour(1, address, 5, state)));
            assertThat(table.usableMac(1, address.high(), address.low())).isEqualTo(MacAddress.NONE);
            assertThat(table.find(1, address.high(), address.low()).state()).isEqualTo(state);
        }
    }

    @Test
    void shouldAgreeWithAMap() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        for (int size = 0; size < 400; size = size * 2 + 1) {
            final Map<List<Object>, Neighbour> model = new HashMap<>();
            for (int i = 0; i < size; i++) {
                final IpAddress address = IpAddress.of((byte) 10, (byte) 0, (byte) random.nextInt(2), (byte) i);
                final Neighbour neighbour = new Neighbour(random.nextInt(3), address, i, NeighbourState.STALE);
                model.put(List.of(neighbour.ifindex(), address), neighbour);
            }
            final Neighbours table = Neighbours.of(model.values());
            assertThat(table.all()).hasSize(model.size());
            for (int i = 0; i < 256; i++) {
                for (int ifindex = 0; ifindex < 3; ifindex++) {
                    final IpAddress address = IpAddress.of((byte) 10, (byte) 0, (byte) random.nextInt(3), (byte) i);
                    assertThat(table.find(ifindex, address.high(), address.low()))
                            .as("seed %d", seed)
                            .isEqualTo(model.get(List.of(ifindex, address)));
                }
            }
        }
    }
}

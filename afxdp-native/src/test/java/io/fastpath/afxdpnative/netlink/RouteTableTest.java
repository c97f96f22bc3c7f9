package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.bits;
import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class RouteTableTest {
    @Test
    void shouldPreferTheLongerPrefixThenTheSmallerMetricThenTheEarlierRoute() {
        final RouteTable table = RouteTable.of(List.of(
                route("0.0.0.0", 0, 0, 1),
                route("10.0.0.0", 8, 100, 2),
                route("10.0.0.0", 8, 50, 3),
                route("10.0.0.0", 8, 50, 4),
                route("10.1.0.0", 16, 900, 5),
                route("10.1.2.3", 32, 900, 6)));

        assertThat(ifindex(table, "9.0.0.0")).isEqualTo(1);
        assertThat(ifindex(table, "10.0.0.0")).isEqualTo(3);
        assertThat(ifindex(table, "10.0.255.255")).isEqualTo(3);
        assertThat(ifindex(table, "10.1.0.0")).isEqualTo(5);
        assertThat(ifindex(table, "10.1.2.3")).isEqualTo(6);
        assertThat(ifindex(table, "10.1.2.4")).isEqualTo(5);
        assertThat(ifindex(table, "10.2.0.0")).isEqualTo(3);
        assertThat(ifindex(table, "11.0.0.0")).isEqualTo(1);
        assertThat(ifindex(table, "255.255.255.255")).isEqualTo(1);
    }

    @Test
    void shouldKeepTheFamiliesApart() {
        final RouteTable ipv6 = RouteTable.of(List.of(route("::", 0, 0, 6)));
        assertThat(ifindex(ipv6, "::1")).isEqualTo(6);
        assertThat(ifindex(ipv6, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff")).isEqualTo(6);
        assertThat(ifindex(ipv6, "10.0.0.1")).isEqualTo(-1);
        assertThat(ifindex(ipv6, "0.0.0.0")).isEqualTo(-1);
        assertThat(ifindex(ipv6, "255.255.255.255")).isEqualTo(-1);

        final RouteTable ipv4 = RouteTable.of(List.of(route("0.0.0.0", 0, 0, 4)));
        assertThat(ifindex(ipv4, "10.0.0.1")).isEqualTo(4);
        assertThat(ifindex(ipv4, "::1")).isEqualTo(-1);
        assertThat(ifindex(ipv4, "2001:db8::1")).isEqualTo(-1);
        assertThat(ifindex(RouteTable.EMPTY, "10.0.0.1")).isEqualTo(-1);
        assertThat(RouteTable.EMPTY.size()).isZero();
    }

    @Test
    void shouldAskTheLocalTableFirstWhateverThePrefix() {
        final RouteTable table = RouteTable.of(List.of(
                route("127.0.1.0", 24, 0, 2),
                new Route(ip("127.0.0.0"), 104, 255, RouteType.LOCAL, 0, 0, ip("127.0.0.1"), hops(1)),
                route("0.0.0.0", 0, 0, 3)));

        final int index = table.lookup(ip("127.0.1.1").high(), ip("127.0.1.1").low());
        assertThat(table.type(index)).isEqualTo(RouteType.LOCAL);
        assertThat(table.sourceLow(index)).isEqualTo(ip("127.0.0.1").low());
        assertThat(table.isOnLink(index)).isTrue();
        assertThat(ifindex(table, "128.0.0.0")).isEqualTo(3);
    }

    @Test
    void shouldNotLookBehindAThrowRoute() {
        final RouteTable table = RouteTable.of(List.of(
                route("10.0.0.0", 8, 0, 2),
                new Route(ip("10.1.0.0"), 112, 254, RouteType.THROW, 0, 0, IpAddress.NONE, List.of()),
                new Route(ip("10.2.0.0"), 112, 254, RouteType.BLACKHOLE, 0, 0, IpAddress.NONE, List.of())));

        assertThat(ifindex(table, "10.1.0.1")).isEqualTo(-1);
        final int index = table.lookup(ip("10.2.0.1").high(), ip("10.2.0.1").low());
        assertThat(table.type(index)).isEqualTo(RouteType.BLACKHOLE);
        assertThat(table.ifindex(index)).isZero();
    }

    @Test
    void shouldPassOverDeadRoutes() {
        final RouteTable table = RouteTable.of(List.of(
                route("10.0.0.0", 8, 10, 2),
                with("10.1.0.0", 16, 5, new NextHop(3, ip("10.0.0.1"), 1, 1)),
                with("10.0.0.0", 8, 5, new NextHop(4, ip("10.0.0.1"), 1, 1), new NextHop(5, ip("10.0.0.1"), 1, 1)),
                with("10.9.0.0", 16, 5, new NextHop(6, ip("10.0.0.1"), 1, 0x10))));

        assertThat(ifindex(table, "10.0.0.1")).isEqualTo(2);
        assertThat(ifindex(table, "10.1.0.1")).isEqualTo(2);
        assertThat(ifindex(table, "10.9.0.1"))
                .as("no carrier is not dead: the kernel would still use it")
                .isEqualTo(6);
    }

    @Test
    void shouldSpreadDestinationsByWeightOverLiveHopsWithACarrier() {
        final RouteTable table = RouteTable.of(List.of(with(
                "10.0.0.0",
                8,
                0,
                new NextHop(2, ip("10.0.0.1"), 1, 0),
                new NextHop(3, ip("10.0.0.2"), 3, 0),
                new NextHop(4, ip("10.0.0.3"), 200, 1),
                new NextHop(5, ip("10.0.0.4"), 200, 0x10))));
        final int[] hits = new int[6];
        for (int i = 0; i < 4000; i++) {
            final IpAddress address = IpAddress.of((byte) 10, (byte) 0, (byte) (i >> 8), (byte) i);
            final int index = table.lookup(address.high(), address.low());
            hits[table.ifindex(index)]++;
            assertThat(table.lookup(address.high(), address.low())).isEqualTo(index);
            assertThat(table.gatewayLow(index))
                    .isEqualTo(ip("10.0.0." + (table.ifindex(index) - 1)).low());
        }
        assertThat(hits[4] + hits[5]).isZero();
        assertThat(hits[2]).isBetween(900, 1100);
        assertThat(hits[3]).isBetween(2900, 3100);
    }

    @Test
    void shouldAllocateNothingInALookUp() {
        final RouteTable table = RouteTable.of(List.of(
                route("0.0.0.0", 0, 0, 1),
                with("10.0.0.0", 8, 0, new NextHop(2, ip("1.1.1.1"), 1, 0), new NextHop(3, ip("1.1.1.2"), 1, 0))));
        final IpAddress address = ip("10.0.0.1");
        final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long least = Long.MAX_VALUE;
        long sum = 0;
        for (int round = 0; round < 20; round++) {
            final long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 10_000; i++) {
                final int index = table.lookup(address.high(), address.low() + ((long) i << 48));
                sum += table.ifindex(index) + table.gatewayLow(index) + table.mtu(index) + table.sourceLow(index);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(least).as("bytes by 10,000 look-ups, sum %d", sum).isLessThan(1_000);
    }

    @Test
    void shouldAgreeWithANaiveModel() {
        final long seed = System.nanoTime();
        for (int round = 0; round < 60; round++) {
            agree(new Random(seed + round), "seed " + (seed + round));
        }
    }

    private static void agree(final Random random, final String description) {
        final boolean dense = random.nextBoolean();
        final List<Route> routes = new ArrayList<>();
        for (int i = random.nextInt(300); i > 0; i--) {
            routes.add(randomRoute(random, dense, i));
        }
        Collections.shuffle(routes, random);
        final RouteTable table = RouteTable.of(routes);
        for (int i = 0; i < 500; i++) {
            final IpAddress address = i % 2 == 0 || routes.isEmpty()
                    ? randomAddress(random, random.nextBoolean(), dense)
                    : edge(random, routes.get(random.nextInt(routes.size())));
            final Route expected = model(routes, address);
            final int index = table.lookup(address.high(), address.low());
            assertThat(index == RouteTable.NO_ROUTE ? null : table.route(index))
                    .as("%s: route to %s", description, address)
                    .isEqualTo(expected);
        }
    }

    private static Route model(final List<Route> routes, final IpAddress address) {
        for (final int tableId : new int[] {Route.TABLE_LOCAL, Route.TABLE_MAIN}) {
            Route best = null;
            for (final Route route : routes) {
                final boolean better = best == null
                        || route.prefixLength() > best.prefixLength()
                        || route.prefixLength() == best.prefixLength() && route.metric() < best.metric();
                if (route.table() == tableId && holds(route, address) && better) {
                    best = route;
                }
            }
            if (best != null) {
                return best;
            }
        }
        return null;
    }

    private static boolean holds(final Route route, final IpAddress address) {
        if (route.destination().isIpv4() != address.isIpv4()) {
            return false;
        }
        final byte[] prefix = wide(route.destination());
        final byte[] bytes = wide(address);
        for (int bit = 0; bit < route.prefixLength(); bit++) {
            final int mask = 0x80 >> bit % 8;
            if ((prefix[bit / 8] & mask) != (bytes[bit / 8] & mask)) {
                return false;
            }
        }
        return true;
    }

    private static Route randomRoute(final Random random, final boolean dense, final int id) {
        final boolean ipv4 = random.nextBoolean();
        final int length = ipv4 ? 96 + random.nextInt(33) : random.nextInt(129);
        IpAddress address = Prefixes.mask(randomAddress(random, ipv4, dense), length);
        if (!ipv4 && address.isIpv4()) {
            address = ip("fd00::");
        }
        final int table = random.nextInt(8) == 0 ? Route.TABLE_LOCAL : Route.TABLE_MAIN;
        return new Route(address, length, table, RouteType.UNICAST, random.nextInt(3), 0, IpAddress.NONE, hops(id));
    }

    private static IpAddress randomAddress(final Random random, final boolean ipv4, final boolean dense) {
        final byte[] bytes = new byte[ipv4 ? 4 : 16];
        random.nextBytes(bytes);
        if (dense) {
            Arrays.fill(bytes, 0, bytes.length - 1, (byte) (random.nextInt(4) == 0 ? 0 : -1));
        }
        final IpAddress address = IpAddress.of(bytes);
        return !ipv4 && address.isIpv4() ? ip("fd00::") : address;
    }

    /** The first or last address of a prefix, or the one before or behind it. */
    private static IpAddress edge(final Random random, final Route route) {
        final byte[] bytes = wide(route.destination());
        if (random.nextBoolean()) {
            for (int bit = route.prefixLength(); bit < 128; bit++) {
                bytes[bit / 8] |= (byte) (0x80 >> bit % 8);
            }
        }
        final BigInteger value = new BigInteger(1, bytes)
                .add(BigInteger.valueOf(random.nextInt(3) - 1))
                .mod(BigInteger.ONE.shiftLeft(128));
        final byte[] sum = new byte[16];
        final byte[] raw = value.toByteArray();
        final int count = Math.min(raw.length, 16);
        System.arraycopy(raw, raw.length - count, sum, 16 - count, count);
        return IpAddress.of(sum);
    }

    private static byte[] wide(final IpAddress address) {
        final UnsafeBuffer buffer = new UnsafeBuffer(new byte[16]);
        buffer.putLong(0, address.high());
        buffer.putLong(8, address.low());
        return buffer.byteArray();
    }

    private static int ifindex(final RouteTable table, final String address) {
        final int index = table.lookup(ip(address).high(), ip(address).low());
        return index == RouteTable.NO_ROUTE ? -1 : table.ifindex(index);
    }

    private static Route route(final String prefix, final int length, final int metric, final int ifindex) {
        return with(prefix, length, metric, new NextHop(ifindex, IpAddress.NONE, 1, 0));
    }

    private static Route with(final String prefix, final int length, final int metric, final NextHop... hops) {
        return new Route(
                ip(prefix),
                bits(prefix, length),
                Route.TABLE_MAIN,
                RouteType.UNICAST,
                metric,
                0,
                IpAddress.NONE,
                List.of(hops));
    }

    private static List<NextHop> hops(final int ifindex) {
        return List.of(new NextHop(ifindex, IpAddress.NONE, 1, 0));
    }
}

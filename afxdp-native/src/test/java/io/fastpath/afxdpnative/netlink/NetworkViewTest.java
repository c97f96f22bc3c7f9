package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.netns.TestNamespace;
import io.fastpath.afxdpnative.sys.Errno;
import io.fastpath.afxdpnative.sys.NativeException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The view beside a kernel whose tables change under it. Needs root. */
class NetworkViewTest implements NetworkListener {
    private final List<String> news = new ArrayList<>();
    private TestNamespace here;
    private TestNamespace there;
    private NetworkView view;
    private int ifindex;

    @BeforeEach
    void setUp() {
        here = TestNamespace.create();
        there = TestNamespace.create();
        here.ip("link add fpa type veth peer name fpb netns " + there.name());
        here.ip("link set fpa addrgenmode none");
        there.ip("link set fpb addrgenmode none");
        here.ip("addr add 10.1.0.1/24 dev fpa");
        here.ip("addr add fd01::1/64 dev fpa nodad");
        here.ip("addr add fe80::1/64 dev fpa nodad");
        here.ip("link set fpa up");
        there.ip("addr add 10.1.0.2/24 dev fpb");
        there.ip("addr add fd01::2/64 dev fpb nodad");
        there.ip("link set fpb up");
        try (NetworkNamespace visit = here.enter()) {
            assertThat(visit.name()).isNotEmpty();
            view = NetworkView.open(this);
        }
        ifindex = ifindex("fpa");
    }

    @AfterEach
    void tearDown() {
        if (view != null) {
            view.close();
        }
        for (final TestNamespace namespace : new TestNamespace[] {there, here}) {
            if (namespace != null) {
                namespace.close();
            }
        }
    }

    @Override
    public void onRoutesChanged(final RouteTable routes) {
        assertThat(routes).isSameAs(view.routes());
        news.add("routes");
    }

    @Override
    public void onNeighbourChanged(final Neighbour neighbour) {
        news.add("neighbour " + neighbour.address() + (neighbour.isUsable() ? " usable" : " unusable"));
    }

    @Override
    public void onLinkChanged(final Link link) {
        news.add("link " + link.name());
    }

    @Override
    public void onLinkRemoved(final Link link) {
        news.add("link " + link.name() + " removed");
    }

    @Override
    public void onAddressesChanged() {
        news.add("addresses");
    }

    @Test
    void shouldShowThePictureAtOpen() {
        assertThat(view.links()).extracting(Link::name).contains("lo", "fpa");
        assertThat(view.addresses()).extracting(InterfaceAddress::address).contains(ip("10.1.0.1"), ip("fd01::1"));
        assertThat(type("10.1.0.1")).isEqualTo(RouteType.LOCAL);
        assertThat(type("10.1.0.255")).isEqualTo(RouteType.BROADCAST);
        assertThat(way("10.1.0.77")).isEqualTo("fpa on-link");
        assertThat(way("fd01::77")).isEqualTo("fpa on-link");
        assertThat(way("10.2.0.1")).isEqualTo("none");
        assertThat(way("fd02::1")).isEqualTo("none");
        final int route = lookup("10.1.0.77");
        assertThat(new IpAddress(view.routes().sourceHigh(route), view.routes().sourceLow(route)))
                .isEqualTo(ip("10.1.0.1"));
        assertThat(news).isEmpty();
        Await.polling(
                view, "IPv6's local route, which the kernel adds later", () -> type("fd01::1") == RouteType.LOCAL);
    }

    @Test
    void shouldFollowRoutesAddedChangedAndRemoved() {
        final long before = view.generation();
        here.ip("route add 10.2.0.0/16 via 10.1.0.2 mtu 1300");
        here.ip("route add fd02::/32 via fd01::2");
        Await.polling(
                view,
                "routes added",
                () -> way("10.2.3.4").equals("fpa via 10.1.0.2")
                        && way("fd02::9").equals("fpa via fd01:0:0:0:0:0:0:2"));
        assertThat(view.routes().mtu(lookup("10.2.3.4"))).isEqualTo(1300);
        assertThat(view.generation()).isGreaterThan(before);
        assertThat(news).contains("routes");

        here.ip("route change 10.2.0.0/16 via 10.1.0.3");
        here.ip("route add blackhole 10.2.9.0/24");
        here.ip("route add unreachable fd02:0:1::/48");
        Await.polling(
                view,
                "routes changed",
                () -> way("10.2.3.4").equals("fpa via 10.1.0.3")
                        && type("10.2.9.1") == RouteType.BLACKHOLE
                        && type("fd02:0:1::1") == RouteType.UNREACHABLE);

        here.ip("route del 10.2.0.0/16");
        here.ip("-6 route del fd02::/32");
        Await.polling(
                view,
                "routes removed",
                () -> way("10.2.3.4").equals("none") && way("fd02::9").equals("none"));
        assertThat(type("10.2.9.1")).isEqualTo(RouteType.BLACKHOLE);
    }

    @Test
    void shouldTakeNextHopsOfOtherFamilyAndOfMultipathRoutes() {
        here.ip("route add 10.3.0.0/16 via inet6 fd01::2 dev fpa");
        here.ip("route add 10.4.0.0/16 nexthop via 10.1.0.2 weight 3 nexthop via 10.1.0.3");
        here.ip("-6 route add fd04::/32 nexthop via fd01::2 nexthop via fd01::3");
        Await.polling(
                view,
                "routes",
                () -> !way("10.4.0.1").equals("none")
                        && !way("10.3.0.1").equals("none")
                        && !way("fd04::1").equals("none"));
        assertThat(way("10.3.0.1")).isEqualTo("fpa via fd01:0:0:0:0:0:0:2");
        final List<String> ways =
                IntStream.range(0, 256).mapToObj(i -> way("10.4.1." + i)).toList();
        assertThat(ways).contains("fpa via 10.1.0.2", "fpa via 10.1.0.3");
        assertThat(ways.stream().filter("fpa via 10.1.0.2"::equals).count()).isBetween(150L, 230L);
        assertThat(IntStream.range(0, 64).mapToObj(i -> way("fd04::" + i)).distinct())
                .containsExactlyInAnyOrder("fpa via fd01:0:0:0:0:0:0:2", "fpa via fd01:0:0:0:0:0:0:3");
    }

    @Test
    void shouldLoseTheRoutesOfALinkThatGoesDown() {
        here.ip("route add 10.2.0.0/16 via 10.1.0.2");
        Await.polling(view, "route", () -> !way("10.2.0.1").equals("none"));

        here.ip("link set fpa down");

        Await.polling(view, "link down", () -> !view.link(ifindex).orElseThrow().isUp() && !view.isBehind());
        assertThat(way("10.2.0.1")).isEqualTo("none");
        assertThat(way("10.1.0.77")).isEqualTo("none");
        assertThat(news).contains("link fpa", "routes");
    }

    @Test
    void shouldSeeTheRoutesGoTogetherWithTheirLink() {
        final List<String> manyRoutes = IntStream.range(0, 2000)
                .mapToObj(i -> "route add 10.6." + i / 250 + "." + i % 250 + " via 10.1.0.2")
                .toList();
        for (int round = 0; round < 5; round++) {
            here.ipBatch(manyRoutes);
            Await.polling(view, "routes", () -> way("10.6.7.249").equals("fpa via 10.1.0.2"));
            final CompletableFuture<String> change = CompletableFuture.supplyAsync(() -> here.ip("link set fpa down"));
            final long deadlineNs = System.nanoTime() + 5_000_000_000L;
            while ((view.link(ifindex).orElseThrow().isUp() || view.isBehind()) && System.nanoTime() - deadlineNs < 0) {
                view.poll();
            }
            assertThat(IntStream.range(0, 2000)
                            .filter(i -> !way("10.6." + i / 250 + "." + i % 250).equals("none")))
                    .as("round %d", round)
                    .isEmpty();
            change.join();
            here.ip("link set fpa up");
        }
    }

    @Test
    void shouldTellOfALostCarrierAndOfARemovedLink() {
        Await.polling(view, "up", () -> view.link(ifindex).orElseThrow().isUsable());
        there.ip("link set fpb down");
        Await.polling(
                view, "no carrier", () -> !view.link(ifindex).orElseThrow().hasCarrier());
        assertThat(view.link(ifindex).orElseThrow().isUp()).isTrue();

        there.ip("link del fpb");
        Await.polling(view, "removed", () -> view.link(ifindex).isEmpty());
        assertThat(news).contains("link fpa removed", "addresses", "routes");
        assertThat(view.addresses()).noneMatch(address -> address.ifindex() == ifindex);
        assertThat(view.neighbours().all()).noneMatch(neighbour -> neighbour.ifindex() == ifindex);
    }

    @Test
    void shouldHaveNeighboursResolvedByProbe() {
        final long mac = ifindexMac(there, "fpb");
        for (final String neighbour : List.of("10.1.0.2", "fd01::2")) {
            final IpAddress address = ip(neighbour);
            assertThat(view.neighbours().usableMac(ifindex, address.high(), address.low()))
                    .isEqualTo(MacAddress.NONE);
            view.probe(ifindex, address.high(), address.low());
            Await.polling(
                    view,
                    neighbour + " resolved",
                    () -> view.neighbours().usableMac(ifindex, address.high(), address.low()) == mac);
            assertThat(news).contains("neighbour " + address + " usable");
        }
    }

    @Test
    void shouldTellOfANeighbourThatDoesNotAnswer() {
        here.exec("sysctl -q -w net.ipv4.neigh.fpa.retrans_time_ms=20 net.ipv4.neigh.fpa.mcast_solicit=1");
        final IpAddress nobody = ip("10.1.0.99");
        view.probe(ifindex, nobody.high(), nobody.low());
        Await.polling(view, "failed", () -> {
            final Neighbour entry = view.neighbours().find(ifindex, nobody.high(), nobody.low());
            return entry != null && entry.state() == NeighbourState.FAILED;
        });
        assertThat(news).contains("neighbour 10.1.0.99 unusable");
    }

    @Test
    void shouldSetNeighboursAndFollowTheirRemoval() {
        final IpAddress address = ip("10.1.0.9");
        view.requests().setNeighbour(ifindex, address, 0x02fc0000aaL, NeighbourState.STALE);
        Await.polling(
                view,
                "set",
                () -> view.neighbours().usableMac(ifindex, address.high(), address.low()) == 0x02fc0000aaL);
        view.requests().setNeighbour(ifindex, address, 0x02fc0000bbL, NeighbourState.REACHABLE);
        Await.polling(
                view,
                "moved",
                () -> view.neighbours().usableMac(ifindex, address.high(), address.low()) == 0x02fc0000bbL);

        news.clear();
        here.ip("neigh del 10.1.0.9 dev fpa");
        Await.polling(view, "gone", () -> view.neighbours().find(ifindex, address.high(), address.low()) == null);
        assertThat(news).contains("neighbour 10.1.0.9 unusable");
    }

    @Test
    void shouldNameTheNeighbourThatCanNotBeProbed() {
        assertThatThrownBy(() -> view.probe(9999, 0, ip("10.1.0.9").low()))
                .isInstanceOfSatisfying(
                        NativeException.class,
                        ex -> assertThat(ex.is(Errno.ENODEV)).isTrue())
                .hasMessageContaining("10.1.0.9");
    }

    @Test
    void shouldReadEverythingAnewAfterLosingNotifications() {
        view.close();
        try (NetworkNamespace visit = here.enter()) {
            assertThat(visit.name()).isNotEmpty();
            view = NetworkView.open(this, 4096);
        }
        final List<String> batch = new ArrayList<>();
        for (int i = 0; i < 250; i++) {
            batch.add("route add 10.5." + i + ".0/24 via 10.1.0.2");
            batch.add("neigh add 10.1.0." + i + " lladdr 02:00:00:00:00:"
                    + Integer.toHexString(0x100 | i).substring(1) + " dev fpa nud permanent");
        }
        batch.remove("neigh add 10.1.0.0 lladdr 02:00:00:00:00:00 dev fpa nud permanent");
        batch.removeIf(line -> line.contains(" 10.1.0.1 "));
        here.ipBatch(batch);

        Await.polling(view, "all read", () -> !view.isBehind());

        assertThat(view.resyncCount()).isPositive();
        for (int i = 2; i < 250; i++) {
            final IpAddress neighbour = ip("10.1.0." + i);
            assertThat(way("10.5." + i + ".1")).isEqualTo("fpa via 10.1.0.2");
            assertThat(view.neighbours().usableMac(ifindex, neighbour.high(), neighbour.low()))
                    .isEqualTo(0x020000000000L + i);
        }
    }

    @Test
    void shouldNotTellOfWhatChangedNothing() {
        Await.polling(
                view,
                "at rest",
                () -> view.link(ifindex).orElseThrow().operState() == OperState.UP && !view.isBehind());
        here.ip("route add 10.2.0.0/16 via 10.1.0.2");
        here.ip("route del 10.2.0.0/16");
        news.clear();
        final long before = view.generation();

        assertThat(view.poll()).isEqualTo(2);
        Await.polling(view, "read anew", () -> !view.isBehind());

        assertThat(news).isEmpty();
        assertThat(view.generation()).isEqualTo(before);
    }

    private int lookup(final String address) {
        return view.routes().lookup(ip(address).high(), ip(address).low());
    }

    private RouteType type(final String address) {
        final int route = lookup(address);
        return route == RouteTable.NO_ROUTE ? null : view.routes().type(route);
    }

    private String way(final String address) {
        final RouteTable routes = view.routes();
        final int route = lookup(address);
        if (route == RouteTable.NO_ROUTE) {
            return "none";
        }
        final String name =
                view.link(routes.ifindex(route)).map(Link::name).orElse("interface " + routes.ifindex(route));
        return routes.isOnLink(route)
                ? name + " on-link"
                : name + " via " + new IpAddress(routes.gatewayHigh(route), routes.gatewayLow(route));
    }

    private int ifindex(final String name) {
        return view.links().stream()
                .filter(link -> link.name().equals(name))
                .findFirst()
                .orElseThrow()
                .ifindex();
    }

    private static long ifindexMac(final TestNamespace namespace, final String name) {
        try (NetworkNamespace visit = namespace.enter();
                RtnetlinkSocket socket = RtnetlinkSocket.open()) {
            assertThat(visit.name()).isNotEmpty();
            return socket.link(name).orElseThrow().mac();
        }
    }
}

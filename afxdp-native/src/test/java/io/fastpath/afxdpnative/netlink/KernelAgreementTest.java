package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fastpath.afxdpnative.netns.NetworkNamespace;
import io.fastpath.afxdpnative.netns.TestNamespace;
import io.fastpath.afxdpnative.sys.Libc;
import io.fastpath.afxdpnative.sys.NativeException;
import io.fastpath.afxdpnative.sys.NativeMemory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Our look-ups beside the kernel's own answers. Needs root. */
class KernelAgreementTest {
    private TestNamespace namespace;
    private RtnetlinkSocket kernel;

    @BeforeEach
    void setUp() {
        namespace = TestNamespace.create();
        namespace.ip("link add fpa type veth peer name fpb");
        namespace.ip("link set fpa up");
        namespace.ip("link set fpb up");
        namespace.ip("addr add 10.1.0.1/24 dev fpa");
        namespace.ip("addr add 10.2.0.1/24 dev fpb");
        namespace.ip("addr add fd01::1/64 dev fpa nodad");
        namespace.ip("addr add fd02::1/64 dev fpb nodad");
        try (NetworkNamespace visit = namespace.enter()) {
            assertThat(visit.name()).isNotEmpty();
            kernel = RtnetlinkSocket.open();
        }
    }

    @AfterEach
    void tearDown() {
        if (kernel != null) {
            kernel.close();
        }
        namespace.close();
    }

    @Test
    void shouldChooseTheRouteThatTheKernelChooses() {
        final long seed = System.nanoTime();
        final Random random = new Random(seed);
        final Set<String> commands = new TreeSet<>();
        commands.add("route replace default via 10.1.0.9 metric 5");
        commands.add("route replace default via fd01::9 metric 5");
        for (int i = 0; i < 300; i++) {
            commands.add(randomRoute(random));
        }
        namespace.ipBatch(new ArrayList<>(commands));
        final RouteTable routes = RouteTable.of(kernel.routes());
        final Map<Integer, String> names = new HashMap<>();
        kernel.links().forEach(link -> names.put(link.ifindex(), link.name()));
        final List<String> addresses = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            addresses.add(i % 2 == 0 ? randomIpv4(random) : randomIpv6(random));
        }

        final String[] answers = namespace
                .ipBatch(addresses.stream()
                        .map(address -> "route get " + address)
                        .toList())
                .lines()
                .filter(line -> !line.startsWith(" "))
                .toArray(String[]::new);

        assertThat(answers).hasSameSizeAs(addresses);
        for (int i = 0; i < answers.length; i++) {
            assertThat(way(routes, names, addresses.get(i)))
                    .as("seed %d: %s", seed, answers[i])
                    .isEqualTo(kernelWay(answers[i]));
        }
    }

    @Test
    void shouldPassOnTheKernelsOwnSentence() {
        try (NetworkNamespace visit = namespace.enter();
                NetlinkExchange exchange = new NetlinkExchange(NetlinkSocket.openForRequests(0))) {
            assertThat(visit.name()).isNotEmpty();
            final int ifindex = kernel.link("fpa").orElseThrow().ifindex();
            final MessageWriter request = new MessageWriter()
                    .begin(28, 0x400)
                    .s32(2)
                    .s32(ifindex)
                    .u16(2)
                    .u16(0)
                    .attribute(1, ip("10.1.0.7").bytes())
                    .attribute(2, new byte[3]);
            assertThatThrownBy(() -> exchange.execute(request, "set neighbour"))
                    .isInstanceOf(NativeException.class)
                    .hasMessage("set neighbour failed: EINVAL (22, Invalid argument): "
                            + "the kernel says: Invalid link address");
        }
    }

    @Test
    void shouldNotBelieveAnotherProcess() {
        try (NetworkNamespace visit = namespace.enter();
                NetworkView view = NetworkView.open(new NetworkListener() {});
                NetlinkSocket liar = NetlinkSocket.openForRequests(0);
                NativeMemory address = NativeMemory.allocate(16)) {
            assertThat(visit.name()).isNotEmpty();
            Await.polling(view, "rest", () -> !view.await(100));
            address.buffer().putInt(12, 12);
            assertThat(Libc.getsockname(view.fd(), address.address(), address.address() + 12))
                    .isZero();
            final MessageWriter lie = new MessageWriter()
                    .begin(28, 0)
                    .s32(2)
                    .s32(2)
                    .u16(2)
                    .u16(0)
                    .attribute(1, ip("10.1.0.66").bytes())
                    .attribute(2, new byte[6]);
            try (NativeMemory copy = NativeMemory.allocate(lie.length())) {
                lie.buffer().getBytes(0, copy.buffer(), 0, lie.length());
                address.buffer().putInt(8, 0);
                final long sent = Libc.sendto(liar.fd(), copy.address(), lie.length(), 0, address.address(), 12);
                assertThat(sent).isEqualTo(lie.length());
            }
            assertThat(view.await(1000)).as("the lie arrived").isTrue();

            view.poll();

            assertThat(view.neighbours()
                            .find(2, ip("10.1.0.66").high(), ip("10.1.0.66").low()))
                    .isNull();
        }
    }

    @Test
    void shouldFindLinksByNameAndIndex() {
        final Link link = kernel.link("fpa").orElseThrow();
        assertThat(kernel.link(link.ifindex())).contains(link);
        assertThat(kernel.links()).contains(link);
        for (final String missing : List.of("fpx", "", "a-name-much-too-long-for-linux", "a\0b")) {
            assertThat(kernel.link(missing)).isEmpty();
        }
        assertThat(kernel.link(9999)).isEmpty();
        assertThat(kernel.link(0)).isEmpty();
        assertThat(kernel.link(-1)).isEmpty();
    }

    private static String way(final RouteTable routes, final Map<Integer, String> names, final String address) {
        final int route = routes.lookup(ip(address).high(), ip(address).low());
        assertThat(route).as(address).isNotEqualTo(RouteTable.NO_ROUTE);
        final String name = names.get(routes.ifindex(route));
        return routes.isOnLink(route)
                ? name
                : new IpAddress(routes.gatewayHigh(route), routes.gatewayLow(route)) + " " + name;
    }

    private static String kernelWay(final String answer) {
        final String via = after(answer, "via");
        return (via.isEmpty() ? "" : ip(via) + " ") + after(answer, "dev");
    }

    private static String after(final String text, final String word) {
        final String[] words = text.trim().split("\\s+");
        for (int i = 0; i + 1 < words.length; i++) {
            if (words[i].equals(word)) {
                return words[i + 1];
            }
        }
        return "";
    }

    private static String randomRoute(final Random random) {
        final boolean first = random.nextBoolean();
        final int metric = 1 + random.nextInt(3);
        final int host = 2 + random.nextInt(5);
        if (random.nextBoolean()) {
            final int length = 9 + random.nextInt(24);
            final IpAddress prefix = Prefixes.mask(ip(randomIpv4(random)), 96 + length);
            return "route replace " + prefix + "/" + length + " via 10." + (first ? 1 : 2) + ".0." + host + " metric "
                    + metric;
        }
        final int length = 12 + random.nextInt(117);
        final IpAddress prefix = Prefixes.mask(ip(randomIpv6(random)), length);
        return "route replace " + prefix + "/" + length + " via fd0" + (first ? 1 : 2) + "::" + host + " metric "
                + metric;
    }

    private static String randomIpv4(final Random random) {
        return "20." + random.nextInt(2) + "." + random.nextInt(4) + "." + random.nextInt(256);
    }

    private static String randomIpv6(final Random random) {
        return "2001:" + random.nextInt(2) + "::" + random.nextInt(3) + ":" + Integer.toHexString(random.nextInt(16));
    }
}

package io.fastpath.afxdpnative.netlink;

import static io.fastpath.afxdpnative.netlink.Ip.ip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

/** Messages as the kernel builds them, numbers spelled out from the headers. */
class DecoderTest {
    private final MessageWriter writer = new MessageWriter();

    @Test
    void shouldDecodeAVlanInterfaceThatIsAPortOfABond() {
        writer.begin(16, 0).u8(0).u8(0).u16(1).s32(7).s32(0x11043).s32(0);
        writer.attribute(3, "bond0.5")
                .attribute(1, MacAddress.bytes(0x02fc00000001L))
                .attribute(4, 9000);
        writer.attribute(5, 4)
                .attribute(10, 12)
                .attribute(16, new byte[] {6})
                .attribute(32, 8)
                .attribute(31, 16);
        final int info = writer.beginNested(18);
        writer.attribute(1, "vlan");
        final int data = writer.beginNested(2);
        writer.attribute(1, new byte[] {5, 0}).attribute(5, new byte[] {(byte) 0x88, (byte) 0xa8});
        writer.endNested(data).attribute(4, "bond").endNested(info);
        final int xdp = writer.beginNested(43);
        writer.attribute(2, new byte[] {1}).attribute(4, 42).endNested(xdp);

        final Link link = decode(LinkDecoder::decode);

        assertThat(link.ifindex()).isEqualTo(7);
        assertThat(link.name()).isEqualTo("bond0.5");
        assertThat(link.mac()).isEqualTo(0x02fc00000001L);
        assertThat(link.mtu()).isEqualTo(9000);
        assertThat(link.hardwareType()).isEqualTo(1);
        assertThat(link.isUsable()).isTrue();
        assertThat(link.operState()).isEqualTo(OperState.UP);
        assertThat(link.rxQueueLimit()).isEqualTo(8);
        assertThat(link.txQueueLimit()).isEqualTo(16);
        assertThat(link.masterIfindex()).isEqualTo(12);
        assertThat(link.masterKind()).isEqualTo("bond");
        assertThat(link.kind()).isEqualTo("vlan");
        assertThat(link.lowerIfindex()).isEqualTo(4);
        assertThat(link.vlan()).contains(new LinkVlan(5, 0x88a8));
        assertThat(link.xdp()).isEqualTo(new XdpAttachment(XdpAttachment.Mode.NATIVE, 42));
        assertThat(link.isVeth() || link.isLoopback()).isFalse();
    }

    @Test
    void shouldNameTheNativeProgramWhereSeveralAreAttached() {
        writer.begin(16, 0).s32(0).s32(7).s32(0).s32(0);
        final int xdp = writer.beginNested(43);
        writer.attribute(2, new byte[] {4}).attribute(5, 11).attribute(6, 12).endNested(xdp);

        final Link link = decode(LinkDecoder::decode);

        assertThat(link.xdp()).isEqualTo(new XdpAttachment(XdpAttachment.Mode.MULTIPLE, 11));
        assertThat(link.isUp()).isFalse();
        assertThat(link.kind()).isEmpty();
        assertThat(link.vlan()).isEmpty();
    }

    @Test
    void shouldNotTakeABridgePortForALink() {
        writer.begin(17, 0).u8(7).u8(0).u16(1).s32(7).s32(0x1043).s32(0).attribute(3, "fpa");
        assertThat(decode(LinkDecoder::decode)).isNull();
    }

    @Test
    void shouldDecodeOurOwnAddressOfAPointToPointLink() {
        writer.begin(20, 0).u8(2).u8(32).u8(0x80).u8(0).s32(3);
        writer.attribute(1, ip("10.9.0.2").bytes())
                .attribute(2, ip("10.9.0.1").bytes())
                .attribute(8, 0x280);

        final InterfaceAddress address = decode(AddressDecoder::decode);

        assertThat(address).isEqualTo(new InterfaceAddress(3, ip("10.9.0.1"), 128, 0x280, 0));
        assertThat(address.isUsable()).isTrue();
    }

    @Test
    void shouldNotUseATentativeAddress() {
        writer.begin(20, 0)
                .u8(10)
                .u8(64)
                .u8(0xC0)
                .u8(253)
                .s32(3)
                .attribute(1, ip("fe80::1").bytes());

        final InterfaceAddress address = decode(AddressDecoder::decode);

        assertThat(address).isEqualTo(new InterfaceAddress(3, ip("fe80::1"), 64, 0xC0, 253));
        assertThat(address.isUsable()).isFalse();
    }

    @Test
    void shouldDecodeNeighboursButNotProxiesOrBridgeEntries() {
        neighbour(2, 0).attribute(2, MacAddress.bytes(0x02fc00000009L));
        assertThat(decode(NeighbourDecoder::decode)).isEqualTo(new Neighbour(3, ip("10.0.0.9"), 0x02fc00000009L, 4));
        neighbour(2, 0);
        assertThat(decode(NeighbourDecoder::decode).isUsable()).isFalse();
        neighbour(2, 0x08);
        assertThat(decode(NeighbourDecoder::decode)).isNull();
        neighbour(7, 0);
        assertThat(decode(NeighbourDecoder::decode)).isNull();
    }

    @Test
    void shouldDecodeAUnicastRoute() {
        route(2, 24, 254, 1, 0).attribute(1, ip("10.2.3.0").bytes()).attribute(15, 254);
        writer.attribute(4, 5)
                .attribute(5, ip("10.0.0.1").bytes())
                .attribute(6, -2)
                .attribute(7, ip("10.0.0.7").bytes());
        final int metrics = writer.beginNested(8);
        writer.attribute(3, 1).attribute(2, 1400).endNested(metrics);

        final Route route = decode(RouteDecoder::decode);

        assertThat(route.destination()).isEqualTo(ip("10.2.3.0"));
        assertThat(route.prefixLength()).isEqualTo(120);
        assertThat(route.table()).isEqualTo(Route.TABLE_MAIN);
        assertThat(route.type()).isEqualTo(RouteType.UNICAST);
        assertThat(route.metric()).as("unsigned").isEqualTo(0xFFFF_FFFEL);
        assertThat(route.mtu()).isEqualTo(1400);
        assertThat(route.source()).isEqualTo(ip("10.0.0.7"));
        assertThat(route.nextHops()).containsExactly(new NextHop(5, ip("10.0.0.1"), 1, 0));
    }

    @Test
    void shouldDecodeDefaultRoutesOfBothFamilies() {
        route(2, 0, 254, 1, 0).attribute(4, 5);
        assertThat(decode(RouteDecoder::decode).destination()).isEqualTo(ip("0.0.0.0"));
        assertThat(decode(RouteDecoder::decode).prefixLength()).isEqualTo(96);
        route(10, 0, 254, 1, 0).attribute(4, 5);
        assertThat(decode(RouteDecoder::decode).destination()).isEqualTo(ip("::"));
        assertThat(decode(RouteDecoder::decode).prefixLength()).isZero();
    }

    @Test
    void shouldDecodeAllNextHopsOfAMultipathRoute() {
        final MessageWriter hops = new MessageWriter().begin(0, 0);
        hops.u16(16).u8(0x10).u8(2).s32(5).attribute(5, ip("10.0.0.1").bytes());
        final byte[] via = {10, 0, (byte) 0xfe, (byte) 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
        hops.u16(32).u8(1).u8(0).s32(6).attribute(18, via);
        final byte[] payload = new byte[hops.length() - 16];
        hops.buffer().getBytes(16, payload);
        route(2, 8, 254, 1, 0).attribute(1, ip("10.0.0.0").bytes()).attribute(9, payload);

        final Route route = decode(RouteDecoder::decode);

        assertThat(route.nextHops())
                .containsExactly(new NextHop(5, ip("10.0.0.1"), 3, 0x10), new NextHop(6, ip("fe80::1"), 1, 1));
        assertThat(route.nextHops().get(0).isLinkDown()).isTrue();
        assertThat(route.nextHops().get(1).isDead()).isTrue();
    }

    @Test
    void shouldLeaveOutWhatALookUpByDestinationCanNotUse() {
        route(2, 24, 100, 1, 0).attribute(4, 5);
        assertThat(decode(RouteDecoder::decode)).as("other table").isNull();
        route(2, 24, 254, 1, 0).attribute(4, 5).attribute(15, 1000);
        assertThat(decode(RouteDecoder::decode)).as("other table by attribute").isNull();
        route(10, 128, 254, 1, 0x200).attribute(4, 5);
        assertThat(decode(RouteDecoder::decode)).as("clone").isNull();
        route(10, 96, 254, 7, 0).attribute(1, new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 0, 0, 0, 0});
        assertThat(decode(RouteDecoder::decode))
                .as("IPv6 route over the mapped prefix")
                .isNull();
        route(7, 0, 254, 1, 0);
        assertThat(decode(RouteDecoder::decode)).as("other family").isNull();
    }

    @Test
    void shouldNotForwardByRoutesItDoesNotUnderstand() {
        route(2, 24, 254, 1, 0).attribute(30, 7);
        assertThat(decode(RouteDecoder::decode).type())
                .as("next hop object only")
                .isEqualTo(RouteType.UNSUPPORTED);
        route(2, 24, 254, 1, 0).attribute(4, 5).attribute(21, new byte[] {1, 0});
        assertThat(decode(RouteDecoder::decode).type()).as("MPLS").isEqualTo(RouteType.UNSUPPORTED);
        route(2, 24, 254, 77, 0).attribute(4, 5);
        assertThat(decode(RouteDecoder::decode).type()).as("unknown type").isEqualTo(RouteType.UNSUPPORTED);
    }

    @Test
    void shouldRefusePrefixesLongerThanTheirFamily() {
        route(2, 33, 254, 1, 0).attribute(4, 5);
        assertThatThrownBy(() -> decode(RouteDecoder::decode)).isInstanceOf(NetlinkFormatException.class);
        route(10, 129, 254, 1, 0).attribute(4, 5);
        assertThatThrownBy(() -> decode(RouteDecoder::decode)).isInstanceOf(NetlinkFormatException.class);
        route(2, 24, 254, 1, 0).attribute(1, ip("fd00::1").bytes());
        assertThatThrownBy(() -> decode(RouteDecoder::decode)).isInstanceOf(NetlinkFormatException.class);
    }

    private MessageWriter route(final int family, final int length, final int table, final int type, final int flags) {
        return writer.begin(24, 0)
                .u8(family)
                .u8(length)
                .u8(0)
                .u8(0)
                .u8(table)
                .u8(3)
                .u8(0)
                .u8(type)
                .s32(flags);
    }

    private MessageWriter neighbour(final int family, final int flags) {
        return writer.begin(28, 0)
                .s32(family)
                .s32(3)
                .u16(4)
                .u8(flags)
                .u8(1)
                .attribute(1, ip("10.0.0.9").bytes());
    }

    private <T> T decode(final NetlinkDecoder<T> decoder) {
        return decoder.decode(writer.buffer(), 16, writer.length() - 16);
    }
}

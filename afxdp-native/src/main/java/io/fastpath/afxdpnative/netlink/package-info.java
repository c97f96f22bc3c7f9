/**
 * Netlink without a library: the codec, sockets, and the kernel's picture of links, addresses, routes and neighbours.
 *
 * <ul>
 *   <li>Codec, pure and without allocation per field: {@link io.fastpath.afxdpnative.netlink.MessageCursor}, {@link
 *       io.fastpath.afxdpnative.netlink.AttributeCursor}, {@link io.fastpath.afxdpnative.netlink.MessageWriter}.
 *   <li>Talking: {@link io.fastpath.afxdpnative.netlink.NetlinkSocket} carries datagrams, {@link
 *       io.fastpath.afxdpnative.netlink.NetlinkExchange} makes requests and dumps of them, {@link
 *       io.fastpath.afxdpnative.netlink.RtnetlinkSocket} asks about the network.
 *   <li>The picture: {@link io.fastpath.afxdpnative.netlink.NetworkView} keeps immutable snapshots current, {@link
 *       io.fastpath.afxdpnative.netlink.RouteTable} and {@link io.fastpath.afxdpnative.netlink.Neighbours}, which any
 *       thread may read.
 * </ul>
 *
 * <p>A message is checked before it is believed: no length or offset in it is used that would leave its bytes, and what
 * breaks the format raises {@link io.fastpath.afxdpnative.netlink.NetlinkFormatException}. What the kernel refuses
 * raises {@link io.fastpath.afxdpnative.sys.NativeException} with the kernel's own sentence where it gives one.
 *
 * <p>Addresses stand as two {@code long}s, the 16 bytes of an IPv6 address as they lie in memory read as two
 * little-endian words; IPv4 is mapped ({@code ::ffff:a.b.c.d}). See {@link io.fastpath.afxdpnative.netlink.IpAddress}.
 *
 * <p>Source: RFC 3549; {@code linux/netlink.h}, {@code linux/rtnetlink.h}, {@code linux/if_link.h}, {@code
 * linux/neighbour.h}.
 */
package io.fastpath.afxdpnative.netlink;

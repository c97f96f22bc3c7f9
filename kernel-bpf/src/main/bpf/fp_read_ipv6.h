/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * IPv6: version, length, addresses, next header (RFC 8200). Mapped IPv4 addresses are refused here, before any look-up:
 * in the tables they would stand for the IPv4 ones, and on the wire they have no business (RFC 4942, 2.2). Java twin:
 * Ipv6Parser.
 */
#ifndef FP_READ_IPV6_H
#define FP_READ_IPV6_H

#include <linux/ipv6.h>
#include "fp_header.h"
#include "fp_parse_ipv6.h"
#include "fp_read_extension.h"
#include "fp_read_transport.h"

static __always_inline int fp_read_ipv6_transport(struct xdp_md *ctx, struct fp_packet *packet,
						  struct fp_cursor *cursor, __u32 length)
{
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		return fp_read_tcp(packet, cursor, length, FP_PACKET_TRANSPORT_IPV6);
	case IPPROTO_UDP:
		return fp_read_udp(packet, cursor, length, FP_PACKET_TRANSPORT_IPV6);
	case IPPROTO_ICMPV6:
		return fp_read_icmp(length, FP_PACKET_ICMPV6);
	case IPPROTO_FRAGMENT:
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_AH:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
	case FP_IPPROTO_HIP:
	case FP_IPPROTO_SHIM6:
		return fp_read_extensions(ctx, packet);
	default:
		return FP_DROP_PROTOCOL;
	}
}

/* Reads from the network offset to the end of the frame; answers a kind or a drop code. */
static __always_inline int fp_read_ipv6(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct ipv6hdr *ip;
	struct fp_cursor cursor;
	__u32 payload_length;

	if (!packet)
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = fp_take(&cursor, sizeof(*ip));
	if (!ip)
		return FP_DROP_TRUNCATED;
	if (ip->version != 6)
		return FP_DROP_IP_HEADER;
	payload_length = fp_length(ip->payload_len);
	if (cursor.position + payload_length > cursor.end)
		return FP_DROP_IP_LENGTH;
	fp_set_ipv6(&packet->tuple.source, &ip->saddr);
	fp_set_ipv6(&packet->tuple.destination, &ip->daddr);
	if (fp_is_ipv4(&packet->tuple.source) || fp_is_ipv4(&packet->tuple.destination))
		return FP_DROP_MARTIAN;
	packet->transport_offset = packet->network_offset + sizeof(*ip);
	packet->ip_length = sizeof(*ip) + payload_length;
	packet->time_to_live = ip->hop_limit;
	packet->tuple.protocol = ip->nexthdr;
	packet->fragment = 0;
	packet->surplus = 0;
	return fp_read_ipv6_transport(ctx, packet, &cursor, payload_length);
}

#endif

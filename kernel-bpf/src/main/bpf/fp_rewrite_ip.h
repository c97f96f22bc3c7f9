/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* New addresses, one hop less to live, and the checksums that cover them. Java twin: PacketRewriter. */
#ifndef FP_REWRITE_IP_H
#define FP_REWRITE_IP_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include "fp_rewrite_transport.h"

/* `~m + m'` of a 16-bit word that becomes one less: the TTL is the low byte of its word. */
#define FP_ONE_LESS 0xfffe

/*
 * Whether the sender may have left the checksum to offload. Nobody leaves a fragment's: a checksum over several frames is
 * computed before they are cut (Linux: skb_checksum_help in ip_do_fragment), and here it could not be computed anyway.
 */
static __always_inline int fp_is_recomputed(const struct fp_packet *packet)
{
	return packet->ingress_flags & FP_INTERFACE_RECOMPUTE_CHECKSUM && !packet->fragment;
}

static __always_inline __u32 fp_ipv4_of(const struct fp_address *address)
{
	return address->words[1] >> 32;
}

/* All eight bits of TOS or traffic class; -1 where the frame ends before. */
static __always_inline int fp_traffic_class(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->network_offset);
	const __u8 *bytes = fp_take(&cursor, sizeof(__u16));

	if (!bytes)
		return -1;
	if (fp_is_ipv4_packet(packet))
		return bytes[1];
	return (bytes[0] << 4 | bytes[1] >> 4) & 0xff;
}

static __always_inline int fp_rewrite_ipv4(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor;
	struct iphdr *ip;
	__u32 source;
	__u32 destination;
	__u64 replaced;
	int failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = fp_take(&cursor, sizeof(*ip));
	if (!ip)
		return FP_DROP_INTERNAL;
	source = fp_ipv4_of(&packet->to.source);
	destination = fp_ipv4_of(&packet->to.destination);
	replaced = fp_replace_int(ip->saddr, source) + fp_replace_int(ip->daddr, destination);
	ip->ttl--;
	ip->check = fp_update(ip->check, replaced + FP_ONE_LESS);
	ip->saddr = source;
	ip->daddr = destination;
	if (packet->kind >= FP_PACKET_FRAGMENT_IPV4)
		return 0; /* its first fragment has the ports, and the checksum of them all */
	failure = fp_rewrite_transport(ctx, packet, replaced);
	if (failure || !fp_is_recomputed(packet))
		return failure;
	return fp_recompute_transport(ctx, packet, (__u64)source + destination);
}

static __always_inline __u64 fp_replace_address(const struct fp_address *old, const struct fp_address *update)
{
	return fp_replace_long(old->words[0], update->words[0]) + fp_replace_long(old->words[1], update->words[1]);
}

static __always_inline __u64 fp_sum_of_address(const struct fp_address *address)
{
	return fp_sum_of_long(address->words[0]) + fp_sum_of_long(address->words[1]);
}

static __always_inline void fp_put_ipv6(void *ipv6, const struct fp_address *address)
{
	__u64 *words = ipv6;

	words[0] = address->words[0];
	words[1] = address->words[1];
}

static __always_inline int fp_rewrite_ipv6(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor;
	struct ipv6hdr *ip;
	__u64 replaced;
	__u64 sum;
	int failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = fp_take(&cursor, sizeof(*ip));
	if (!ip)
		return FP_DROP_INTERNAL;
	replaced = fp_replace_address(&packet->tuple.source, &packet->to.source) +
		   fp_replace_address(&packet->tuple.destination, &packet->to.destination);
	ip->hop_limit--;
	fp_put_ipv6(&ip->saddr, &packet->to.source);
	fp_put_ipv6(&ip->daddr, &packet->to.destination);
	if (packet->kind >= FP_PACKET_FRAGMENT_IPV4)
		return 0; /* its first fragment has the ports, and the checksum of them all */
	failure = fp_rewrite_transport(ctx, packet, replaced);
	if (failure || !fp_is_recomputed(packet))
		return failure;
	sum = fp_sum_of_address(&packet->to.source) + fp_sum_of_address(&packet->to.destination);
	return fp_recompute_transport(ctx, packet, sum);
}

#endif

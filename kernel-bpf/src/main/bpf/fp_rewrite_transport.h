/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * New ports, and the checksum of TCP or UDP: carried on incrementally, so a wrong one stays wrong; or computed afresh
 * where the sender leaves it to offload.
 *
 * A UDP checksum of 0 means that there is none, and stays: in IPv4 by RFC 768, in IPv6 because a box in the middle must
 * let it pass (RFC 6936, 5) and the receiver judges it (RFC 8200, 8.1). A computed 0 is sent as 0xffff.
 */
#ifndef FP_REWRITE_TRANSPORT_H
#define FP_REWRITE_TRANSPORT_H

#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "fp_checksum.h"

static __always_inline __u16 fp_udp_checksum(__u16 checksum)
{
	return checksum ? checksum : 0xffff;
}

/* Writes the ports; `replaced` is what the new addresses add to the sum. 0, or FP_DROP_INTERNAL. */
static __always_inline int fp_rewrite_transport(struct xdp_md *ctx, const struct fp_packet *packet, __u64 replaced)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset);

	replaced += fp_replace_int(packet->tuple.ports, packet->to.ports);
	if (packet->tuple.protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = fp_take(&cursor, sizeof(*tcp));

		if (!tcp)
			return FP_DROP_INTERNAL;
		*(__u32 *)tcp = packet->to.ports;
		tcp->check = fp_update(tcp->check, replaced);
	} else {
		struct udphdr *udp = fp_take(&cursor, sizeof(*udp));

		if (!udp)
			return FP_DROP_INTERNAL;
		*(__u32 *)udp = packet->to.ports;
		if (udp->check)
			udp->check = fp_udp_checksum(fp_update(udp->check, replaced));
	}
	return 0;
}

static __always_inline __u64 fp_transport_sum(struct xdp_md *ctx, const struct fp_packet *packet, __u32 length)
{
	return fp_sum_of_pseudo_header(packet->tuple.protocol, length) + fp_sum(ctx, packet->transport_offset, length);
}

/* Computes the checksum afresh; `addresses` is what both add to the sum. 0, or FP_DROP_INTERNAL. */
__noinline int fp_recompute_transport(struct xdp_md *ctx, struct fp_packet *packet, __u64 addresses)
{
	struct fp_cursor cursor;

	if (!packet)
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->transport_offset);
	if (packet->tuple.protocol == IPPROTO_TCP) {
		struct tcphdr *tcp = fp_take(&cursor, sizeof(*tcp));

		if (!tcp)
			return FP_DROP_INTERNAL;
		tcp->check = 0;
		tcp->check = fp_finish(addresses + fp_transport_sum(ctx, packet, fp_transport_length(packet)));
	} else {
		struct udphdr *udp = fp_take(&cursor, sizeof(*udp));

		if (!udp)
			return FP_DROP_INTERNAL;
		if (!udp->check)
			return 0;
		udp->check = 0;
		addresses += fp_transport_sum(ctx, packet, fp_length(udp->len));
		udp->check = fp_udp_checksum(fp_finish(addresses));
	}
	return 0;
}

#endif

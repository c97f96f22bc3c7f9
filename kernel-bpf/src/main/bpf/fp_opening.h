/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What a router or a kernel would not have of a packet, asked of those that may open a connection: what has opened none
 * has none to go on with. Java twin: OpeningCheck.
 */
#ifndef FP_OPENING_H
#define FP_OPENING_H

#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include "fp_address.h"
#include "fp_header.h"

enum fp_ip_option {
	FP_IP_OPTION_END = 0,
	FP_IP_OPTION_NOTHING = 1,
	FP_IP_OPTION_LOOSE_ROUTE = 131,
	FP_IP_OPTION_STRICT_ROUTE = 137,
	FP_IP_OPTION_BYTES = 40,
	FP_IP_OFFSET_MASK = 63, /* options end at 60 at the latest; for the verifier */
};

/*
 * Whether IPv4 options are malformed, or tell the way (RFC 7126, 4.3 and 4.4). The position is kept in the record, as in
 * fp_mss_offset, and for the same reason.
 */
__noinline int fp_has_bad_options(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor;
	const __u8 *ip;
	__u32 header_length;

	if (!packet)
		return 1;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = fp_take(&cursor, sizeof(struct iphdr));
	if (!ip)
		return 1;
	header_length = packet->transport_offset - packet->network_offset;
	*(volatile __u32 *)&packet->option_offset = sizeof(struct iphdr);
	for (int i = 0; i < FP_IP_OPTION_BYTES; i++) {
		__u32 offset = *(volatile __u32 *)&packet->option_offset, length = 1;
		const __u8 *option = ip + (offset & FP_IP_OFFSET_MASK);

		if (offset >= header_length)
			return 0;
		if ((const void *)(option + 2) > cursor.end)
			return 1;
		if (option[0] == FP_IP_OPTION_END)
			return 0;
		if (option[0] == FP_IP_OPTION_LOOSE_ROUTE || option[0] == FP_IP_OPTION_STRICT_ROUTE)
			return 1;
		if (option[0] != FP_IP_OPTION_NOTHING) {
			length = option[1];
			if (length < 2 || offset + length > header_length)
				return 1;
		}
		*(volatile __u32 *)&packet->option_offset = offset + length;
	}
	return 0;
}

static __always_inline int fp_is_group_mac(const __u8 *mac)
{
	return mac[0] & 1;
}

/* What speaks against a packet of TCP or UDP that may open a connection: a drop code, or 0. */
__noinline int fp_opening_refusal(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, 0);
	const struct ethhdr *ethernet = fp_take(&cursor, sizeof(*ethernet));
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	int refusal;

	if (!packet || !ethernet || !config)
		return FP_DROP_INTERNAL;
	if (fp_is_group_mac(ethernet->h_dest) || fp_is_group_mac(ethernet->h_source))
		return FP_DROP_LINK_GROUP;
	refusal = fp_source_refusal(config, &packet->tuple.source);
	if (refusal)
		return refusal;
	if (fp_is_link_local(&packet->tuple.source))
		return FP_DROP_LINK_LOCAL;
	if (!(packet->tuple.ports & 0xffff) && packet->tuple.protocol == IPPROTO_TCP) /* a datagram may have none: RFC 768 */
		return FP_DROP_PORT_ZERO;
	if (packet->kind == FP_PACKET_TRANSPORT_IPV4 &&
	    packet->transport_offset - packet->network_offset > sizeof(struct iphdr) && fp_has_bad_options(ctx, packet))
		return FP_DROP_IP_OPTIONS;
	return 0;
}

#endif

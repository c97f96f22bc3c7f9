/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * From a frame to the record's first block. Nothing of a packet is used before it is known to lie within the packet, so
 * the functions after this one may trust what they find in the record. Which drop wins where several apply is the
 * order in which the functions here ask: link and tags, IP header, IP length, IPv4 checksum, fragment, mapped
 * addresses, extension headers (fragment among them), protocol, transport header. Java twin: PacketParser.
 *
 * The steering parser (fp_parse.h) is another one: it asks no more than whose a frame is, of every frame of the node.
 */
#ifndef FP_READ_H
#define FP_READ_H

#include <linux/if_ether.h>
#include "fp_parse_link.h"
#include "fp_read_ipv4.h"
#include "fp_read_ipv6.h"

static __always_inline int fp_is_tag(__be16 type)
{
	return type == bpf_htons(ETH_P_8021Q) || type == bpf_htons(ETH_P_8021AD);
}

static __always_inline int fp_read_link(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, 0);
	const struct ethhdr *ethernet = fp_take(&cursor, sizeof(*ethernet));
	__u32 network_offset = sizeof(*ethernet);
	__be16 type;

	if (!ethernet)
		return FP_DROP_TRUNCATED;
	type = ethernet->h_proto;
#pragma unroll
	for (int i = 0; i < FP_VLAN_TAG_LIMIT; i++) {
		const struct fp_vlan_tag *tag;

		if (!fp_is_tag(type))
			break;
		tag = fp_take(&cursor, sizeof(*tag));
		if (!tag)
			return FP_DROP_TRUNCATED;
		type = tag->type;
		network_offset += sizeof(*tag);
	}
	if (fp_is_tag(type))
		return FP_DROP_VLAN;
	packet->network_offset = network_offset;
	switch (type) {
	case bpf_htons(ETH_P_IP):
		return fp_read_ipv4(ctx, packet);
	case bpf_htons(ETH_P_IPV6):
		return fp_read_ipv6(ctx, packet);
	case bpf_htons(ETH_P_ARP):
		return fp_take(&cursor, sizeof(struct fp_arp)) ? FP_PACKET_ARP : FP_DROP_TRUNCATED;
	default:
		return FP_DROP_NOT_IP;
	}
}

/* Answers the packet's kind, having set what belongs to it, or a drop code; both are in `kind` too. */
__noinline int fp_read(struct xdp_md *ctx, struct fp_packet *packet)
{
	int kind;

	if (!packet)
		return FP_DROP_INTERNAL;
	kind = fp_read_link(ctx, packet);
	packet->kind = kind;
	return kind;
}

#endif

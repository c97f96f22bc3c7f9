/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The Ethernet header and tags of a next hop, in front of the IP header. A hop with more or fewer tags than the packet
 * came with moves the frame's beginning. Java twin: LinkHeader.
 */
#ifndef FP_REWRITE_LINK_H
#define FP_REWRITE_LINK_H

#include <linux/if_ether.h>
#include "fp_header.h"
#include "fp_parse_link.h"

#define FP_LINK_LENGTH_MAX (ETH_HLEN + FP_VLAN_TAG_LIMIT * (int)sizeof(struct fp_vlan_tag))

/* How many tags the packet has on its way to the hop: the hop's, or those that it keeps. */
static __always_inline __u32 fp_tag_count(const struct fp_packet *packet, const struct fp_next_hop *hop)
{
	__u32 count = hop->tag_count;

	return count ? count : !!packet->kept_tags[0] + !!packet->kept_tags[1];
}

/* Makes as much room in front of the IP header as the hop's header takes, and keeps the record's offsets true. */
static __always_inline int fp_make_room(struct xdp_md *ctx, struct fp_packet *packet, __u32 tag_count)
{
	__u32 header_length = ETH_HLEN + tag_count * sizeof(struct fp_vlan_tag);
	int surplus = packet->network_offset - header_length;

	if (!surplus)
		return 0;
	if (bpf_xdp_adjust_head(ctx, surplus))
		return FP_DROP_MTU;
	packet->network_offset -= surplus;
	packet->transport_offset -= surplus;
	return 0;
}

/* Writes the header into the room; the shortest packet is longer than the longest header. */
static __always_inline int fp_write_link(struct xdp_md *ctx, const struct fp_packet *packet,
					 const struct fp_next_hop *hop, __u32 tag_count, __be16 type)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, 0);
	__u8 *header = fp_take(&cursor, FP_LINK_LENGTH_MAX);
	__u8 *tag = header + ETH_HLEN - sizeof(type);

	if (!header)
		return FP_DROP_INTERNAL;
	/* The word that holds the destination MAC is loaded at once: it may change at any time. */
	*(__u64 *)header = *(const volatile __u64 *)hop->destination_mac;
	*(__u32 *)(header + sizeof(__u64)) = *(const __u32 *)(hop->source_mac + sizeof(__u16));
	if (tag_count > 0) {
		*(__u32 *)tag = hop->tag_count ? *(const __u32 *)&hop->outer_tag : packet->kept_tags[0];
		tag += sizeof(struct fp_vlan_tag);
	}
	if (tag_count > 1) {
		*(__u32 *)tag = hop->tag_count ? *(const __u32 *)&hop->inner_tag : packet->kept_tags[1];
		tag += sizeof(struct fp_vlan_tag);
	}
	*(__be16 *)tag = type;
	return 0;
}

/* Cuts off what the frame has after the IP packet. */
static __always_inline int fp_cut_padding(struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->network_offset);
	__u32 ip_length = packet->ip_length;

	if (ip_length > 0xffff)
		return FP_DROP_INTERNAL;
	if (cursor.position + ip_length >= cursor.end)
		return 0;
	ip_length += packet->network_offset;
	return bpf_xdp_adjust_tail(ctx, ip_length - bpf_xdp_get_buff_len(ctx)) ? FP_DROP_INTERNAL : 0;
}

#endif

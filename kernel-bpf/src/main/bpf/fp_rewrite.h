/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * From a packet as it came in to the packet as it leaves, in place: the header of the next hop, the addresses and ports
 * of `to`, one hop less to live, checksums, and no padding.
 */
#ifndef FP_REWRITE_H
#define FP_REWRITE_H

#include "fp_rewrite_ip.h"
#include "fp_rewrite_link.h"

/* Whether the whole of the packet can be summed up: all but packets within a block of 64 KiB, which no MTU allows. */
static __always_inline int fp_can_recompute(const struct fp_packet *packet)
{
	return packet->network_offset + packet->ip_length <= FP_SUM_END_LIMIT;
}

/*
 * Rewrites a packet of kind TRANSPORT or FRAGMENT for the hop of `hop_index`; it has a hop left to live. 0, or a drop
 * code, and then the frame is as it was. The offsets in the record are those of the new frame.
 */
__noinline int fp_rewrite(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_next_hop *hop;
	__u32 hop_index;
	__u32 tag_count;
	int is_ipv4;
	int failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	hop_index = packet->hop_index;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	if (!hop)
		return FP_DROP_INTERNAL;
	tag_count = fp_tag_count(packet, hop);
	if (tag_count > FP_VLAN_TAG_LIMIT)
		return FP_DROP_INTERNAL;
	if (fp_is_recomputed(packet) && !fp_can_recompute(packet))
		return FP_DROP_MTU;
	failure = fp_make_room(ctx, packet, tag_count);
	if (failure)
		return failure;
	is_ipv4 = fp_is_ipv4_packet(packet);
	failure = is_ipv4 ? fp_rewrite_ipv4(ctx, packet) : fp_rewrite_ipv6(ctx, packet);
	if (failure)
		return failure;
	failure = fp_write_link(ctx, packet, hop, tag_count, is_ipv4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6));
	return failure ? failure : fp_cut_padding(ctx, packet);
}

#endif

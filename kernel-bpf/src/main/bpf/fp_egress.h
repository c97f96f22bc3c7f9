/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Whether and where a packet can leave, asked before anything is changed for it. Java twins: Egress, and of
 * NextHopTable what judges a hop's state.
 */
#ifndef FP_EGRESS_H
#define FP_EGRESS_H

#include "fp_packet.h"
#include "fp_served.h"

/* State of a hop; an index from anywhere: one that is out of range, or 0, is FREE. */
static __always_inline __u32 fp_next_hop_state(__u32 hop_index)
{
	const struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);

	return hop && hop_index ? *(const volatile __u32 *)&hop->state : FP_NEXT_HOP_FREE;
}

/*
 * Plans the way out over the hop of `hop_index`, which the caller knows to be usable: 0 and `egress_ifindex` set, or a
 * drop code; `outer_length` is set. That there is room for the hop's header is found out by fp_rewrite, which takes it.
 */
static __always_inline int fp_plan(struct fp_packet *packet)
{
	const struct fp_interface *interface;
	const struct fp_next_hop *hop;
	__u32 hop_index;

	hop_index = packet->hop_index;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	if (!hop || fp_find_interface(hop->ifindex, &interface) < 0)
		return FP_DROP_NO_EGRESS;
	if (packet->ip_length + packet->outer_length > hop->mtu)
		return FP_DROP_MTU;
	packet->egress_ifindex = hop->ifindex;
	return 0;
}

#endif

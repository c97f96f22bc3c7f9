/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Requests in the modes in which the backend answers the client itself. The packet is not translated: it is handed on to
 * the backend as it came, so that nothing but the backend's own address for the VIP is needed there.
 *
 * dsr-l2: MAC addresses and tags only. That is what a switch does, so TTL and hop limit stay, and any will do; a router
 * between here and the backend would send the packet back, so the backend has to be the hop itself.
 *
 * dsr-ipip, dsr-gue, dsr-geneve: outer headers (fp_encap.h). The node is a router then: the packet within has one hop less to live
 * (RFC 2003, 3.1; RFC 2473, 3.1), and the two families may differ.
 *
 * The order is that of fp_forward. Java twin: DirectForwarder.
 */
#ifndef FP_DIRECT_H
#define FP_DIRECT_H

#include "fp_encap.h"
#include "fp_fragment_table.h"
#include "fp_hop.h"
#include "fp_mss.h"
#include "fp_rewrite.h"
#include "fp_tcp_check.h"

#define FP_TIME_TO_LIVE_MIN 2

static __always_inline int fp_spends_time_to_live(__u32 forwarding)
{
	return forwarding != FP_FORWARD_DSR_L2;
}

/* Whether the packet has too little to live for its mode. */
static __always_inline int fp_is_at_its_end(const struct fp_packet *packet, __u32 forwarding)
{
	return packet->time_to_live < FP_TIME_TO_LIVE_MIN && fp_spends_time_to_live(forwarding);
}

/* What stands against the way that was planned to a backend, in a mode in which it answers itself: 0, or a drop code. */
static __always_inline int fp_direct_refusal(const struct fp_packet *packet, const struct fp_backend *backend,
					     __u32 forwarding)
{
	__u32 hop_index = packet->hop_index;
	const struct fp_next_hop *hop;

	if (forwarding != FP_FORWARD_DSR_L2)
		return 0;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	if (!hop)
		return FP_DROP_INTERNAL;
	return fp_same_address(&hop->gateway, &backend->address) ? 0 : FP_DROP_NOT_ON_LINK;
}

/* What a mode puts in front of a packet to a backend. */
static __always_inline __u32 fp_outer_length_of(const struct fp_packet *packet, __u32 forwarding,
						const struct fp_address *backend)
{
	return forwarding >= FP_FORWARD_DSR_IPIP ? fp_outer_length(packet, forwarding, backend) : 0;
}

/* Writes the hop's header in front of the packet, and the checksum if the sender left it to offload. */
__noinline int fp_relink(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_next_hop *hop;
	__u32 hop_index, tag_count;
	__u64 sum;
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
	if (fp_is_recomputed(packet)) {
		sum = fp_sum_of_address(&packet->tuple.source) + fp_sum_of_address(&packet->tuple.destination);
		failure = fp_recompute_transport(ctx, packet, sum);
		if (failure)
			return failure;
	}
	failure = fp_write_link(ctx, packet, hop, tag_count,
				fp_is_ipv4_packet(packet) ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6));
	return failure ? failure : fp_cut_padding(ctx, packet);
}

/*
 * The backend of a request's connection, and the hop that is stored for it: sets `backend_index`, `hop_index`, and
 * `to.destination` to the backend, for the way there is asked by it, and `outer_length`. NULL where the connection is gone.
 */
static __always_inline const struct fp_backend *fp_direct_backend(struct fp_packet *packet, __u64 handle)
{
	__u32 flow_index = fp_flow_index_of(handle), backend_index;
	const struct fp_flow *flow = bpf_map_lookup_elem(&fp_flows, &flow_index);
	const struct fp_backend *backend;

	if (!flow)
		return NULL;
	backend_index = flow->backend_index;
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	if (!backend)
		return NULL;
	packet->backend_index = backend_index;
	packet->hop_index = backend->next_hop_index;
	packet->to.destination = backend->address;
	packet->outer_length = fp_outer_length_of(packet, fp_flow_forwarding(fp_flow_control_of(handle)),
						  &backend->address);
	return backend;
}

/* Changes the packet as its mode wants it and writes the header of `hop_index`: 0, or a drop code. */
static __always_inline int fp_direct_write(struct xdp_md *ctx, struct fp_packet *packet, __u32 forwarding)
{
	int failure;

	if (forwarding == FP_FORWARD_DSR_L2)
		return fp_relink(ctx, packet);
	packet->to = packet->tuple;
	failure = fp_rewrite(ctx, packet);
	return failure ? failure : fp_encapsulate(ctx, packet, forwarding);
}

/* Sends a request on; answers as fp_forward. */
__noinline int fp_direct(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle, int is_tracked)
{
	__u32 forwarding = fp_flow_forwarding(fp_flow_control_of(handle));
	const struct fp_backend *backend;
	int refusal, verdict;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (fp_is_at_its_end(packet, forwarding))
		return FP_DROP_TTL_EXPIRED;
	backend = fp_direct_backend(packet, handle);
	if (!backend)
		return FP_FLOW_GONE;
	refusal = fp_way_out(ctx, packet, 0);
	if (!refusal)
		refusal = fp_direct_refusal(packet, backend, forwarding);
	if (!fp_flow_still_valid(handle))
		return FP_FLOW_GONE;
	if (refusal)
		return refusal;
	if (!is_tracked) {
		verdict = fp_track(ctx, packet, handle);
		if (verdict)
			return verdict;
	}
	if (packet->fragment) {
		refusal = fp_fragment_enter(packet, handle);
		if (refusal)
			return refusal;
	}
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_clamp_mss(ctx, packet, handle);
	refusal = fp_direct_write(ctx, packet, forwarding);
	return refusal ? refusal : FP_FORWARDED_REQUEST;
}

/* The same for a copy of a packet: nothing is written but the copy. A drop code, or FP_FORWARDED_REQUEST. */
__noinline int fp_direct_shadow(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_backend *backend;
	__u32 forwarding;
	int refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	forwarding = fp_flow_forwarding(fp_flow_control_of(packet->handle));
	if (fp_is_at_its_end(packet, forwarding))
		return FP_DROP_TTL_EXPIRED;
	backend = fp_direct_backend(packet, packet->handle);
	if (!backend)
		return FP_DROP_NO_FLOW;
	if (!fp_is_usable_hop(fp_next_hop_state(packet->hop_index)))
		return FP_DROP_NO_NEXT_HOP;
	refusal = fp_plan(packet);
	if (!refusal)
		refusal = fp_direct_refusal(packet, backend, forwarding);
	if (refusal)
		return refusal;
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_clamp_mss(ctx, packet, packet->handle);
	refusal = fp_direct_write(ctx, packet, forwarding);
	return refusal ? refusal : FP_FORWARDED_REQUEST;
}

#endif

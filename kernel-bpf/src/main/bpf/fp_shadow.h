/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's translation of a packet of a known connection, and nothing besides: no state, no time, no count,
 * no next hop is written. It is made of the very functions that forward packets (fp_inspect, fp_translate, fp_plan,
 * fp_clamp_mss, fp_rewrite), so that what holds of a packet here holds of one there.
 *
 * Its record is its own: on Linux 6.1 a test run can be interrupted by the steering program of the same CPU.
 */
#ifndef FP_SHADOW_H
#define FP_SHADOW_H

#include "fp_engine.h"
#include "fp_shadow_order.h"

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_packet);
} fp_shadowed SEC(".maps");

/* The order in front of the frame, wherever that begins now; NULL if there is none. */
static __always_inline struct fp_shadow_order *fp_shadow_order_of(const struct xdp_md *ctx)
{
	struct fp_shadow_order *order = (void *)(long)ctx->data_meta;

	return (void *)(order + 1) <= (void *)(long)ctx->data ? order : NULL;
}

/* The verdict of an inspected packet: FP_FORWARDED_* and the frame rewritten, or a drop code. */
static __always_inline int fp_shadow(struct xdp_md *ctx, struct fp_packet *packet)
{
	int refusal;

	if (packet->kind > FP_PACKET_TRANSPORT_IPV6)
		return packet->kind < FP_FIRST_DROP_CODE ? FP_DROP_PROTOCOL : packet->kind;
	if (!fp_flow_is_flow(packet->handle))
		return FP_DROP_NO_FLOW;
	if (fp_flow_is_direct(fp_flow_control_of(packet->handle)) &&
	    !fp_flow_is_reverse(fp_flow_control_of(packet->handle)))
		return fp_direct_shadow(ctx, packet);
	if (packet->time_to_live < FP_TIME_TO_LIVE_MIN)
		return FP_DROP_TTL_EXPIRED;
	refusal = fp_translate(packet, packet->handle);
	if (refusal)
		return refusal == FP_FLOW_GONE ? FP_DROP_NO_FLOW : refusal;
	if (!fp_is_usable_hop(fp_next_hop_state(packet->hop_index)))
		return FP_DROP_NO_NEXT_HOP;
	refusal = fp_goes_across(packet) ? fp_go_across(packet) : 0;
	if (!refusal)
		refusal = fp_plan(packet);
	if (refusal)
		return refusal;
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_clamp_mss(ctx, packet, packet->handle);
	refusal = packet->surplus ? fp_rewrite_across(ctx, packet) : fp_rewrite(ctx, packet);
	if (refusal)
		return refusal;
	return fp_flow_is_reverse(fp_flow_control_of(packet->handle)) ? FP_FORWARDED_REPLY : FP_FORWARDED_REQUEST;
}

#endif

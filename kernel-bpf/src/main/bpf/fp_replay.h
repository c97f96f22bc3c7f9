/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Both ends of a replay: functions of their own, since what they need of the stack must not add to what the engine needs.
 */
#ifndef FP_REPLAY_H
#define FP_REPLAY_H

#include "fp_packet.h"
#include "fp_replay_order.h"

/* The order in front of a replayed frame, wherever that begins now; NULL if there is none. */
static __always_inline struct fp_replay_order *fp_replay_order_of(const struct xdp_md *ctx)
{
	struct fp_replay_order *order = (void *)(long)ctx->data_meta;

	return (void *)(order + 1) <= (void *)(long)ctx->data ? order : NULL;
}

/* Takes the order's time into the record. */
__noinline int fp_replay_begin(struct xdp_md *ctx)
{
	const struct fp_replay_order *order = fp_replay_order_of(ctx);
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet || !order)
		return -1;
	packet->now_ns = (__u64)order->now_ns_high << 32 | order->now_ns_low;
	packet->verdict = 0;
	packet->egress_ifindex = 0;
	packet->backend_index = 0;
	return 0;
}

/* Writes the record's answers into the order; gives the action back, so that nothing is kept across the call. */
__noinline int fp_replay_end(struct xdp_md *ctx, int action)
{
	struct fp_replay_order *order = fp_replay_order_of(ctx);
	__u32 first = 0;
	const struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet || !order)
		return XDP_ABORTED;
	order->verdict = packet->verdict;
	order->egress_ifindex = packet->egress_ifindex;
	order->backend_index = packet->backend_index;
	return action;
}

#endif

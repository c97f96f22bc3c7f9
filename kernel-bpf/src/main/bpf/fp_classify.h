/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Whose a frame is: the balancer's, the kernel's stack's, or nobody's.
 *
 * Every frame of the node comes through here, so the order of the look-ups is the price list. The service table is
 * small and warm; the flow table is large, and a look-up in it is a cache miss. Asking for the service first takes
 * requests past the flow table altogether. The flow table is left with replies, with requests of services that were
 * deleted while their flows live on, and with the traffic that is not ours, which a miss costs one line.
 */
#ifndef FP_CLASSIFY_H
#define FP_CLASSIFY_H

#include "fp_engine.h"
#include "fp_pair.h"
#include "fp_parse.h"
#include "fp_prefilter.h"

/* Whether a service, or a VIP, is asked for. */
static __always_inline int fp_is_served(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 index;

	if (!tuple->protocol && tuple->ports == FP_ASKS_NEIGHBOR)
		return fp_find_exact_at(config, tuple, &index) != NULL;
	return fp_find_service(config, tuple) != NULL;
}

/* Which side of a known connection sent a packet. */
enum fp_owner {
	FP_OWNER_NONE = 0,
	FP_OWNER_CLIENT = 1,
	FP_OWNER_BACKEND = 2,
};

/*
 * Whose a frame is that has no ports at the usual place and is for no VIP: a fragment, or a packet behind extension
 * headers. A function of its own, because it is rare. Java twin: RarePackets.
 */
__noinline int fp_owner_of_rare(struct xdp_md *ctx, int is_replay)
{
	__u32 first = 0;
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);

	if (!packet)
		return FP_OWNER_NONE;
	if (!is_replay)
		packet->now_ns = bpf_ktime_get_ns();
	packet->now_ticks = packet->now_ns >> FP_FLOW_TICK_SHIFT;
	fp_inspect(ctx, packet);
	if (!fp_flow_is_flow(packet->handle))
		return fp_is_early(packet) && fp_pair_is_known(packet) ? FP_OWNER_BACKEND : FP_OWNER_NONE;
	if (!fp_flow_is_reverse(fp_flow_control_of(packet->handle)))
		return FP_OWNER_CLIENT;
	if (packet->fragment)
		fp_pair_note(packet);
	return FP_OWNER_BACKEND;
}

/*
 * Whose the frame is: FP_XDP_STEERED_* for ours, FP_XDP_PASS_* for the kernel's, FP_XDP_DROP_DENIED for nobody's. The tuple
 * is the packet's, since the stack that it would take here is not there for the engine.
 */
static __always_inline enum fp_counter fp_classify(struct xdp_md *ctx, const struct fp_config *config,
						   struct fp_packet *packet, int is_replay)
{
	struct fp_cursor cursor = {.position = (void *)(long)ctx->data, .end = (void *)(long)ctx->data_end};
	struct fp_tuple *tuple = &packet->tuple;
	const struct fp_flow *flow;
	enum fp_counter reason;

	__builtin_memset(tuple, 0, sizeof(*tuple));
	reason = fp_parse(&cursor, tuple);
	if (reason >= FP_XDP_PASS_TRUNCATED)
		return reason;
	if (fp_is_served(config, tuple))
		return fp_filter(reason, &tuple->source);
	if (!tuple->protocol) {
		/* an error may be about a connection, whomever it is for */
		if (reason != FP_XDP_STEERED_SERVICE)
			return reason == FP_XDP_STEERED_ICMP && fp_is_known_error(ctx) ? reason : FP_XDP_PASS_NOT_OURS;
		switch (fp_owner_of_rare(ctx, is_replay)) {
		case FP_OWNER_CLIENT:
			return fp_filter(FP_XDP_STEERED_SERVICE, &tuple->source);
		case FP_OWNER_BACKEND:
			return FP_XDP_STEERED_REPLY;
		default:
			return FP_XDP_PASS_NOT_OURS;
		}
	}
	flow = fp_find_flow(config, tuple);
	if (!flow)
		return FP_XDP_PASS_NOT_OURS;
	if (flow->control >> FP_FLOW_KIND_SHIFT & FP_FLOW_KIND_REVERSE)
		return FP_XDP_STEERED_REPLY;
	return fp_filter(FP_XDP_STEERED_SERVICE, &tuple->source);
}

#endif

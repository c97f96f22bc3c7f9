/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Packets of no known connection: whether they may open one, and to which backend. A connection is entered only when its
 * first packet can be sent. Java twin: FlowAdmission.
 */
#ifndef FP_ADMIT_H
#define FP_ADMIT_H

#include "fp_address.h"
#include "fp_affinity_find.h"
#include "fp_flow_open.h"
#include "fp_forward.h"
#include "fp_guard.h"
#include "fp_lookup.h"
#include "fp_opening.h"
#include "fp_rate_limit.h"
#include "fp_reset.h"
#include "fp_select.h"
#include "fp_source_find.h"
#include "fp_syn_again.h"
#include "fp_tcp.h"

/* Whether a TCP segment may enter a connection: a SYN, or in its stead a plain ACK, where the service picks up. */
static __always_inline int fp_may_enter(const struct fp_service *service, struct fp_packet *packet)
{
	__u32 flags = *(const volatile __u32 *)&service->flags;

	packet->flow_options = 0;
	if (packet->tuple.protocol != IPPROTO_TCP)
		return 1;
	packet->flow_options = (flags >> FP_SERVICE_CHECK_SHIFT & FP_SERVICE_CHECK_MASK) << FP_FLOW_CHECK_SHIFT;
	if (fp_tcp_opens(packet->tcp_flags)) {
		packet->flow_options |= packet->syn_count << FP_FLOW_SYNS_SHIFT;
		return 1;
	}
	packet->flow_options |= FP_FLOW_PICK_UP;
	return flags & FP_SERVICE_PICKUP && fp_tcp_is_plain_ack(packet->tcp_flags);
}

/* What becomes of a segment that belongs to no connection and opens none. */
static __always_inline int fp_unknown_segment(const struct fp_service *service, const struct fp_packet *packet)
{
	if (!fp_tcp_classes[packet->tcp_flags & FP_TCP_RELEVANT])
		return FP_DROP_TCP_FLAGS;
	return service->flags & FP_SERVICE_RESETS ? FP_ANSWERED_RESET : FP_DROP_NO_FLOW;
}

/* What a packet that belongs to no connection has against it: a drop code, FP_ANSWERED_RESET if that is due, or 0. */
static __always_inline int fp_refusal(struct xdp_md *ctx, const struct fp_config *config, struct fp_packet *packet)
{
	const struct fp_service *service = fp_find_service_at(config, &packet->tuple, &packet->service_index);
	__u32 service_index;
	int refusal;

	if (!service)
		return FP_DROP_NO_SERVICE;
	refusal = fp_opening_refusal(ctx, packet);
	if (refusal)
		return refusal;
	if (service->source_list) {
		refusal = fp_route_source(packet);
		if (refusal)
			return refusal;
		service_index = packet->service_index;
		service = bpf_map_lookup_elem(&fp_services, &service_index);
		if (!service)
			return FP_DROP_INTERNAL;
	}
	packet->forwarding = service->forwarding;
	if (!fp_may_enter(service, packet))
		return fp_unknown_segment(service, packet);
	return fp_is_at_its_end(packet, packet->forwarding) ? FP_DROP_TTL_EXPIRED : 0;
}

static __always_inline int fp_backend_way_out(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 backend_index = packet->backend_index;
	const struct fp_backend *backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	int refusal, is_across;

	if (!backend)
		return FP_DROP_INTERNAL;
	packet->to.destination = backend->address;
	is_across = packet->forwarding <= FP_FORWARD_DSR_L2 && fp_goes_across(packet);
	if (is_across && packet->forwarding != FP_FORWARD_FULL_NAT)
		return FP_DROP_FAMILY_MISMATCH;
	packet->hop_index = backend->next_hop_index;
	packet->outer_length = fp_outer_length_of(packet, packet->forwarding, &backend->address);
	refusal = fp_way_as(ctx, packet, 0, is_across);
	if (refusal || packet->forwarding < FP_FORWARD_DSR_L2)
		return refusal;
	return fp_direct_refusal(packet, backend, packet->forwarding);
}

/* The drop code of a connection that could not be entered; a missing port is counted with the backend that lacks it. */
static __always_inline int fp_open_failure(const struct fp_config *config, const struct fp_packet *packet, __u32 reason)
{
	struct fp_backend_stats *stats;

	if (reason == FP_FLOW_PORTS_EXHAUSTED) {
		stats = fp_backend_stats_of(config, packet->backend_index);
		if (stats)
			stats->ports_exhausted++;
	}
	if (reason == FP_FLOW_FULL)
		return FP_DROP_FLOW_TABLE_FULL;
	return reason == FP_FLOW_PORTS_EXHAUSTED ? FP_DROP_PORTS_EXHAUSTED : FP_DROP_FLOW_BUSY;
}

/* Gives the way back to a new flow's reverse slot, which its forward slot names. */
static __always_inline int fp_remember_way_back(__u64 handle, __u32 hop_index)
{
	__u32 flow_index = (__u32)handle;
	struct fp_flow *flow = bpf_map_lookup_elem(&fp_flows, &flow_index);
	struct fp_flow *reverse;
	__u32 peer_index;

	if (!hop_index || !flow)
		return 0;
	peer_index = flow->peer_index;
	reverse = bpf_map_lookup_elem(&fp_flows, &peer_index);
	if (!reverse || reverse->peer_index != flow_index || !fp_flow_still_valid(handle))
		return 0;
	return fp_flow_next_hop(peer_index | (__u64)reverse->control << 32, hop_index);
}

/* Whether the service and the client may have another connection: 0, or a drop code. One that moves is counted already. */
__noinline int fp_may_have_another(struct fp_packet *packet)
{
	const struct fp_config *config = fp_configuration();
	const struct fp_open *open;
	__u32 service_index;

	if (!packet || !config)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	open = bpf_map_lookup_elem(&fp_opens, &service_index);
	if (!open || !fp_open_is_limited(open))
		return 0;
	packet->flow_options |= FP_FLOW_COUNT;
	return packet->syn_count ? 0 : fp_open_refusal(config, open, &packet->tuple.source, service_index);
}

/* All that stands against a connection before it is entered: 0, or a drop code. */
static __always_inline int fp_before_open(struct xdp_md *ctx, const struct fp_config *config, struct fp_packet *packet)
{
	int refusal = fp_refusal(ctx, config, packet);

	packet->is_proxied = 0;
	if (!packet->syn_count && packet->tuple.protocol == IPPROTO_TCP && fp_may_be_guarded(refusal))
		refusal = fp_guard(ctx, packet, refusal);
	if (packet->is_proxied)
		packet->flow_options = 0;
	if (refusal)
		return refusal;
	refusal = fp_may_have_another(packet);
	if (refusal)
		return refusal;
	if (packet->syn_count) { /* counted when it first came */
		refusal = fp_select_other(packet);
	} else {
		refusal = fp_rate_limit(packet);
		if (!refusal && !fp_affinity_find(packet))
			refusal = fp_select(packet);
	}
	if (refusal)
		return refusal;
	fp_affinity_keep(packet);
	return fp_backend_way_out(ctx, packet);
}

/*
 * A packet of no known connection: it may open one. Answers as fp_forward, but FP_FLOW_GONE only for a SYN that was to
 * leave its backend and stays: then nothing has changed.
 */
__noinline int fp_admit(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_config *config;
	__u32 first = 0, back_hop = 0;
	__u64 handle;
	int verdict;

	if (!packet)
		return FP_DROP_INTERNAL;
	config = bpf_map_lookup_elem(&fp_config, &first);
	if (!config)
		return FP_DROP_INTERNAL;
	verdict = fp_before_open(ctx, config, packet);
	if (packet->syn_count && (verdict || !fp_leave(packet)))
		return FP_FLOW_GONE;
	if (verdict == FP_ANSWERED_RESET)
		return fp_reset(ctx, packet);
	if (verdict)
		return verdict;
	handle = fp_flow_open(packet);
	if (!(handle >> 32))
		return fp_open_failure(config, packet, handle);
	if (!((__u32)handle & FP_FLOW_EXISTING)) {
		if (packet->flow_options & FP_FLOW_PICK_UP)
			fp_flow_event(FP_FLOW_PICKED_UP);
		if (fp_flow_is_checked(handle))
			fp_tcp_begin(ctx, packet, handle);
		back_hop = fp_hop_of_sender(ctx, packet);
		if (packet->is_proxied && !fp_proxy_begin(packet, handle))
			fp_flow_event(FP_COOKIE_ACCEPTED);
	}
	verdict = fp_forward_by_mode(ctx, packet, handle, !((__u32)handle & FP_FLOW_EXISTING));
	if (verdict == FP_FLOW_GONE)
		return FP_DROP_FLOW_BUSY;
	fp_remember_way_back(handle, back_hop);
	return verdict;
}

#endif

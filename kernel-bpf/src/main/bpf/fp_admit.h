/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Packets of no known connection: whether they may open one, and to which backend. A connection is entered only when its
 * first packet can be sent. Java twin: FlowAdmission.
 */
#ifndef FP_ADMIT_H
#define FP_ADMIT_H

#include "fp_address.h"
#include "fp_flow_open.h"
#include "fp_forward.h"
#include "fp_guard.h"
#include "fp_lookup.h"
#include "fp_rate_limit.h"
#include "fp_reset.h"
#include "fp_select.h"
#include "fp_tcp.h"

/* What becomes of a segment that belongs to no connection and opens none. */
static __always_inline int fp_unknown_segment(const struct fp_service *service, const struct fp_packet *packet)
{
	if (!fp_tcp_classes[packet->tcp_flags & FP_TCP_RELEVANT])
		return FP_DROP_TCP_FLAGS;
	return service->flags & FP_SERVICE_RESETS ? FP_ANSWERED_RESET : FP_DROP_NO_FLOW;
}

/* What a packet that belongs to no connection has against it: a drop code, FP_ANSWERED_RESET if that is due, or 0. */
static __always_inline int fp_refusal(const struct fp_config *config, struct fp_packet *packet)
{
	const struct fp_service *service = fp_find_service_at(config, &packet->tuple, &packet->service_index);

	if (!service)
		return FP_DROP_NO_SERVICE;
	packet->forwarding = service->forwarding;
	if (fp_is_martian_source(&packet->tuple.source) || fp_is_vip(config, &packet->tuple.source))
		return FP_DROP_MARTIAN;
	if (packet->tuple.protocol == IPPROTO_TCP && !fp_tcp_opens(packet->tcp_flags))
		return fp_unknown_segment(service, packet);
	return fp_is_at_its_end(packet, packet->forwarding) ? FP_DROP_TTL_EXPIRED : 0;
}

static __always_inline int fp_backend_way_out(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 backend_index = packet->backend_index;
	const struct fp_backend *backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	int refusal;

	if (!backend)
		return FP_DROP_INTERNAL;
	if (packet->forwarding <= FP_FORWARD_DSR_L2 &&
	    fp_is_ipv4(&backend->address) != (packet->kind == FP_PACKET_TRANSPORT_IPV4))
		return FP_DROP_FAMILY_MISMATCH;
	packet->hop_index = backend->next_hop_index;
	packet->to.destination = backend->address;
	packet->outer_length = fp_outer_length_of(packet, packet->forwarding, &backend->address);
	refusal = fp_way_out(ctx, packet, 0);
	if (refusal || packet->forwarding < FP_FORWARD_DSR_L2)
		return refusal;
	return fp_direct_refusal(packet, backend, packet->forwarding);
}

static __always_inline int fp_open_failure(__u32 reason)
{
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

/* A packet of no known connection: it may open one. Answers as fp_forward, but never FP_FLOW_GONE. */
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
	verdict = fp_refusal(config, packet);
	packet->is_proxied = 0;
	if (packet->tuple.protocol == IPPROTO_TCP && fp_may_be_guarded(verdict))
		verdict = fp_guard(ctx, packet, verdict);
	if (verdict == FP_ANSWERED_RESET)
		return fp_reset(ctx, packet);
	if (verdict)
		return verdict;
	verdict = fp_rate_limit(packet);
	if (verdict)
		return verdict;
	verdict = fp_select(packet);
	if (verdict)
		return verdict;
	verdict = fp_backend_way_out(ctx, packet);
	if (verdict)
		return verdict;
	handle = fp_flow_open(packet);
	if (!(handle >> 32))
		return fp_open_failure(handle);
	if (!((__u32)handle & FP_FLOW_EXISTING)) {
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

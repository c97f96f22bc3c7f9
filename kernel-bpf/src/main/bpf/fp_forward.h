/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Packets of a known connection. The order is: what can stop the packet (time to live, way out), then the connection's
 * state, then the packet's bytes; so a packet that is dropped has changed nothing. Java twin: FlowForwarder.
 */
#ifndef FP_FORWARD_H
#define FP_FORWARD_H

#include "fp_across.h"
#include "fp_direct.h"
#include "fp_fragment_table.h"
#include "fp_hop.h"
#include "fp_mss.h"
#include "fp_proxy.h"
#include "fp_rewrite.h"
#include "fp_tcp_check.h"

/* What the packet becomes on its way to the client. */
static __always_inline void fp_toward_client(struct fp_packet *packet, const struct fp_flow *flow)
{
	packet->to.source = flow->vip;
	packet->to.destination = flow->client;
	packet->to.ports = flow->vip_port_be | (__u32)flow->client_port_be << 16;
}

/* What the packet becomes on its way to its backend. */
static __always_inline void fp_toward_backend(struct fp_packet *packet, const struct fp_config *config,
					      const struct fp_flow *flow, const struct fp_backend *backend)
{
	__u32 snat_index = flow->snat_index;
	__u32 source_port_be = flow->client_port_be;

	packet->to.source = flow->client;
	if (snat_index < FP_SNAT_LIMIT) {
		packet->to.source = config->snat[snat_index];
		source_port_be = flow->snat_port_be;
	}
	packet->to.destination = backend->address;
	packet->to.ports = source_port_be | fp_backend_port(backend, flow->vip_port_be) << 16;
}

/*
 * What a packet of a known connection becomes, and the hop that is stored for it: sets `backend_index`, `hop_index`,
 * `outer_length` and `to`. 0, FP_DROP_INTERNAL, or FP_FLOW_GONE. Nothing is written but the packet's record.
 */
static __always_inline int fp_translate(struct fp_packet *packet, __u64 handle)
{
	__u32 flow_index = fp_flow_index_of(handle), backend_index, first = 0;
	const struct fp_backend *backend;
	const struct fp_config *config;
	const struct fp_flow *flow;

	config = bpf_map_lookup_elem(&fp_config, &first);
	flow = bpf_map_lookup_elem(&fp_flows, &flow_index);
	if (!config || !flow)
		return FP_DROP_INTERNAL;
	backend_index = flow->backend_index;
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	if (!backend)
		return FP_FLOW_GONE;
	packet->backend_index = backend_index;
	packet->outer_length = 0;
	if (fp_flow_is_reverse(fp_flow_control_of(handle))) {
		packet->hop_index = flow->next_hop_index;
		fp_toward_client(packet, flow);
	} else {
		packet->hop_index = backend->next_hop_index;
		fp_toward_backend(packet, config, flow, backend);
	}
	return 0;
}

/*
 * Sends a packet of a known connection on. Answers FP_FORWARDED_REQUEST or _REPLY, a drop code, or FP_FLOW_GONE where
 * the connection ended meanwhile, and then the packet is as it was. `is_tracked`: the connection was opened by it.
 */
__noinline int fp_forward(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle, int is_tracked)
{
	int is_reverse = fp_flow_is_reverse(fp_flow_control_of(handle));
	int refusal, verdict;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (packet->time_to_live < FP_TIME_TO_LIVE_MIN)
		return FP_DROP_TTL_EXPIRED;
	refusal = fp_translate(packet, handle);
	if (refusal)
		return refusal;
	refusal = fp_way_as(ctx, packet, is_reverse, fp_goes_across(packet));
	if (!fp_flow_still_valid(handle))
		return FP_FLOW_GONE;
	if (refusal)
		return refusal;
	if (fp_flow_is_proxied(fp_flow_control_of(handle)))
		verdict = fp_proxy(ctx, packet, handle, is_tracked);
	else
		verdict = is_tracked ? 0 : fp_track(ctx, packet, handle);
	if (verdict)
		return verdict;
	if (packet->fragment) {
		refusal = fp_fragment_enter(packet, handle);
		if (refusal)
			return refusal;
	}
	if (packet->tcp_flags & FP_TCP_SYN)
		fp_clamp_mss(ctx, packet, handle);
	refusal = packet->surplus ? fp_rewrite_across(ctx, packet) : fp_rewrite(ctx, packet);
	if (refusal)
		return refusal;
	return is_reverse ? FP_FORWARDED_REPLY : FP_FORWARDED_REQUEST;
}

/* The same in all modes: apart from each other, so that none takes the other's stack. */
static __always_inline int fp_forward_by_mode(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle,
					      int is_tracked)
{
	__u32 control = fp_flow_control_of(handle);

	if (fp_flow_is_direct(control) && !fp_flow_is_reverse(control))
		return fp_direct(ctx, packet, handle, is_tracked);
	return fp_forward(ctx, packet, handle, is_tracked);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Later fragments: the way that their first one took, with its addresses. They have no ports and no checksum but the
 * IPv4 header's. The order is that of whole packets: what can stop it, then the datagram's state, then the bytes. Java
 * twin: FragmentForwarder.
 *
 * A fragment that comes before the first one of its datagram can't wait here, for an XDP program has no place to keep a
 * frame: a worker gets it, whatever the placement. Where there is none, or none that is fresh, it is dropped.
 */
#ifndef FP_FRAGMENT_FORWARD_H
#define FP_FRAGMENT_FORWARD_H

#include "fp_forward.h"
#include "fp_fragment_table.h"

/* Whether an inspected packet is a later fragment. */
static __always_inline int fp_is_later_fragment(const struct fp_packet *packet)
{
	return packet->kind == FP_PACKET_FRAGMENT_IPV4 || packet->kind == FP_PACKET_FRAGMENT_IPV6;
}

/* Whether an inspected packet is a fragment that came before the first one of its datagram. */
static __always_inline int fp_is_early(const struct fp_packet *packet)
{
	return fp_is_later_fragment(packet) && !packet->fragment_found;
}

/* Sends a later fragment on whose addresses change. */
static __always_inline int fp_fragment_translated(struct xdp_md *ctx, struct fp_packet *packet, __u64 handle)
{
	int is_reverse = fp_flow_is_reverse(fp_flow_control_of(handle));
	int refusal;

	if (packet->time_to_live < FP_TIME_TO_LIVE_MIN)
		return FP_DROP_TTL_EXPIRED;
	refusal = fp_translate(packet, handle) ?: fp_way_out(ctx, packet, is_reverse);
	if (refusal == FP_FLOW_GONE || !fp_flow_still_valid(handle))
		return FP_DROP_FRAGMENT_ORPHAN;
	refusal = refusal ?: fp_fragment_accept(packet) ?: fp_rewrite(ctx, packet);
	if (refusal)
		return refusal;
	return is_reverse ? FP_FORWARDED_REPLY : FP_FORWARDED_REQUEST;
}

/* Takes from its flow what the fragment does not say itself: outer headers are of the whole tuple. */
static __always_inline void fp_fragment_complete(struct fp_packet *packet, __u64 handle)
{
	__u32 flow_index = fp_flow_index_of(handle);
	const struct fp_flow *flow = bpf_map_lookup_elem(&fp_flows, &flow_index);

	if (!flow)
		return;
	packet->tuple.ports = fp_flow_request_ports(flow);
	packet->tuple.protocol = flow->protocol;
}

/* Sends a later fragment of a request on, in a mode in which the backend answers itself. */
__noinline int fp_fragment_direct(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_backend *backend;
	__u32 forwarding;
	__u64 handle;
	int refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	handle = packet->handle;
	forwarding = fp_flow_forwarding(fp_flow_control_of(handle));
	if (fp_is_at_its_end(packet, forwarding))
		return FP_DROP_TTL_EXPIRED;
	backend = fp_direct_backend(packet, handle);
	if (!backend)
		return FP_DROP_FRAGMENT_ORPHAN;
	refusal = fp_way_out(ctx, packet, 0) ?: fp_direct_refusal(packet, backend, forwarding);
	fp_fragment_complete(packet, handle);
	if (!fp_flow_still_valid(handle))
		return FP_DROP_FRAGMENT_ORPHAN;
	return refusal ?: fp_fragment_accept(packet) ?: fp_direct_write(ctx, packet, forwarding) ?: FP_FORWARDED_REQUEST;
}

/* Sends a later fragment on that was looked up: FP_FORWARDED_*, or a drop code. */
__noinline int fp_fragment_forward(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 control;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (!packet->fragment_found)
		return FP_DROP_FRAGMENT_ORPHAN;
	control = fp_flow_control_of(packet->handle);
	if (fp_flow_is_direct(control) && !fp_flow_is_reverse(control))
		return fp_fragment_direct(ctx, packet);
	return fp_fragment_translated(ctx, packet, packet->handle);
}

#endif

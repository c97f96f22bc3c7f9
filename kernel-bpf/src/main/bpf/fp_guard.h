/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Where a service asks for SYN cookies: SYNs beyond its rate are answered by cookies instead of being let in, and an ACK
 * that brings one back opens the connection that its SYN didn't. Java twin: SynGuard.
 */
#ifndef FP_GUARD_H
#define FP_GUARD_H

#include "fp_answer_syn.h"
#include "fp_direct.h"
#include "fp_flow_remove.h"
#include "fp_flow_track.h"
#include "fp_lookup.h"
#include "fp_rate_limit.h"
#include "fp_tcp.h"

/* Whether the ACK has a cookie; then its number and that of the client's SYN are in the record. */
static __always_inline int fp_has_cookie(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_segment *segment = fp_header_at(ctx, packet->transport_offset, sizeof(struct tcphdr));
	__u32 sequence, cookie;

	if (!segment)
		return 0;
	sequence = bpf_ntohl(segment->sequence);
	cookie = bpf_ntohl(segment->acknowledgment) - 1;
	packet->cookie = cookie;
	packet->client_sequence = sequence - 1;
	if (fp_cookie_is_good(&packet->tuple, sequence - 1, cookie, packet->now_ns))
		return 1;
	/* a client whose ACK was lost asks for a window by what comes before what it would send (RFC 9293, 3.8.6.1) */
	packet->client_sequence = sequence;
	return fp_cookie_is_good(&packet->tuple, sequence, cookie, packet->now_ns);
}

/* Whether a segment is a SYN that nothing speaks against, or none, of no connection. */
static __always_inline int fp_may_be_guarded(int refusal)
{
	return !refusal || refusal == FP_DROP_NO_FLOW || refusal == FP_ANSWERED_RESET;
}

/*
 * What a TCP segment of no connection comes to that nothing speaks against (`refusal` 0) or that is no SYN:
 * FP_ANSWERED_SYN; 0 where it may go on, with `is_proxied` if a cookie says so; or a drop code.
 */
__noinline int fp_guard(struct xdp_md *ctx, struct fp_packet *packet, int refusal)
{
	__u32 service_index;
	struct fp_rate *rate;
	__u64 interval_ns;

	if (!packet)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	rate = bpf_map_lookup_elem(&fp_rates, &service_index);
	if (!rate)
		return FP_DROP_INTERNAL;
	interval_ns = *(volatile __u64 *)&rate->syn_interval_ns;
	if (!interval_ns)
		return refusal;
	if (fp_tcp_opens(packet->tcp_flags)) {
		if (fp_rate_take(&rate->syn_full_ns, interval_ns, packet->now_ns))
			return 0;
		return packet->fragment ? FP_DROP_FRAGMENT : fp_answer_syn(ctx, packet); /* nobody needs to fragment a SYN */
	}
	if (packet->fragment || !fp_tcp_is_plain_ack(packet->tcp_flags))
		return refusal;
	if (!fp_has_cookie(ctx, packet))
		return refusal == FP_DROP_NO_FLOW ? FP_DROP_COOKIE : refusal;
	if (packet->time_to_live < FP_TIME_TO_LIVE_MIN)
		return FP_DROP_TTL_EXPIRED;
	packet->is_proxied = 1;
	return 0;
}

/* Whether a segment may find a connection at its end, whose tuples a new one could have. */
static __always_inline int fp_may_renew(__u64 handle)
{
	__u32 control = fp_flow_control_of(handle), state = fp_flow_state_of(control);

	return state >= FP_FLOW_TCP_LAST_ACK && state <= FP_FLOW_TCP_CLOSE && !fp_flow_is_reverse(control);
}

/*
 * The same for a client's segment of a connection at its end: 0 where it goes on as one of that; FP_FLOW_GONE where its
 * cookie opens another, and the old one was taken out; FP_ANSWERED_SYN, or a drop code.
 */
__noinline int fp_renew(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 first = 0, service_index, flow_index;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_rate *rate;
	struct fp_flow *flow;
	__u64 interval_ns;

	if (!packet || !config)
		return FP_DROP_INTERNAL;
	if (!fp_find_service_at(config, &packet->tuple, &packet->service_index))
		return 0;
	service_index = packet->service_index;
	flow_index = fp_flow_index_of(packet->handle);
	rate = bpf_map_lookup_elem(&fp_rates, &service_index);
	flow = fp_flow_slot(flow_index);
	if (!rate || !flow)
		return FP_DROP_INTERNAL;
	interval_ns = *(volatile __u64 *)&rate->syn_interval_ns;
	if (!interval_ns || packet->fragment)
		return 0;
	if (fp_tcp_opens(packet->tcp_flags))
		return fp_rate_take(&rate->syn_full_ns, interval_ns, packet->now_ns) ? 0 : fp_answer_syn(ctx, packet);
	if (!fp_tcp_is_plain_ack(packet->tcp_flags) || !fp_has_cookie(ctx, packet))
		return 0;
	return fp_flow_remove_pair(flow, flow_index, fp_flow_control_of(packet->handle), packet->now_ticks)
		       ? FP_FLOW_GONE
		       : FP_DROP_FLOW_BUSY;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine: what a worker does with a packet, done by the XDP program itself on the same tables. The steps and
 * their order are those of Java's Pipeline, FlowForwarder and FlowAdmission, and so is which drop wins.
 *
 *   read -> TCP or UDP: known flow?  -- yes --> way out, state, rewrite, send
 *       |                  | no
 *       |                  +--> service, source, flags, TTL, backend, way out --> open --> as above
 *       +-> ICMP error: known flow? -- yes --> way out, rewrite, send
 *       +-> ARP, other ICMP: answer
 *       +-> later fragment: its datagram's flow? -- yes --> way out, what has come of it, rewrite, send
 */
#ifndef FP_ENGINE_H
#define FP_ENGINE_H

#include "fp_admit.h"
#include "fp_answer.h"
#include "fp_count.h"
#include "fp_error.h"
#include "fp_flow_find.h"
#include "fp_own_error.h"
#include "fp_fragment_forward.h"
#include "fp_read.h"
#include "fp_vlan.h"

/* Reads a packet and looks its flow up; sets the packet's kind and handle. `now_ticks` is set. */
static __always_inline void fp_inspect(struct xdp_md *ctx, struct fp_packet *packet)
{
	packet->kind = fp_read(ctx, packet);
	packet->kept_tags[0] = 0;
	packet->kept_tags[1] = 0;
	if (packet->ingress_flags & FP_INTERFACE_KEEP_VLANS && packet->kind < FP_FIRST_DROP_CODE &&
	    packet->network_offset > ETH_HLEN)
		fp_keep_vlans(ctx, packet);
	packet->handle = packet->kind <= FP_PACKET_TRANSPORT_IPV6 ? fp_flow_find(&packet->tuple) : 0;
	if (fp_is_later_fragment(packet))
		fp_fragment_look_up(packet);
}

/* Whether an inspected packet is of those that the kernel engine takes in hybrid placement: known flows' but resets. */
static __always_inline int fp_is_known(const struct fp_packet *packet)
{
	return packet->handle >> 32 && !(packet->tcp_flags & FP_TCP_RST);
}

/* Counts a request or a reply at its backend, in this CPU's row. */
static __always_inline void fp_count_backend(const struct fp_config *config, const struct fp_packet *packet)
{
	struct fp_backend_stats *stats = fp_backend_stats_of(config, packet->backend_index);

	if (!stats)
		return;
	if (packet->verdict == FP_FORWARDED_REQUEST) {
		stats->packets_to++;
		stats->bytes_to += packet->ip_length;
	} else {
		stats->packets_from++;
		stats->bytes_from += packet->ip_length;
	}
}

/* The verdict of an inspected packet: FP_FORWARDED_*, FP_ANSWERED_*, FP_CONSUMED_*, FP_DROP_*. */
static __always_inline int fp_decide(struct xdp_md *ctx, struct fp_packet *packet)
{
	int verdict = FP_FLOW_GONE;

	if (packet->kind >= FP_FIRST_DROP_CODE)
		return packet->kind;
	if (fp_is_later_fragment(packet))
		return fp_fragment_forward(ctx, packet);
	if (packet->kind > FP_PACKET_TRANSPORT_IPV6)
		return fp_is_error(ctx, packet) ? fp_forward_error(ctx, packet) : fp_answer(ctx, packet);
	if (packet->handle >> 32) {
		verdict = fp_may_renew(packet->handle) ? fp_renew(ctx, packet) : 0;
		if (!verdict && fp_is_syn_again(packet) && fp_leaves_backend(packet)) {
			verdict = fp_admit(ctx, packet);
			packet->syn_count = 0;
			if (verdict == FP_FLOW_GONE)
				verdict = 0;
		}
		if (!verdict)
			verdict = fp_forward_by_mode(ctx, packet, packet->handle, 0);
	}
	return verdict == FP_FLOW_GONE ? fp_admit(ctx, packet) : verdict;
}

/* Sends by the interface that the packet came in by, if that is the one. */
static __always_inline int fp_send(const struct fp_packet *packet, __u32 egress_ifindex)
{
	if (egress_ifindex != packet->ingress_ifindex || packet->ingress_flags & FP_INTERFACE_REDIRECT_BACK)
		return bpf_redirect(egress_ifindex, 0);
	return XDP_TX;
}

/* XDP's action for a verdict. */
static __always_inline int fp_action(const struct fp_packet *packet)
{
	switch (packet->verdict) {
	case FP_FORWARDED_REQUEST:
	case FP_FORWARDED_REPLY:
	case FP_FORWARDED_ERROR:
		return fp_send(packet, packet->egress_ifindex);
	case FP_ANSWERED_ARP:
	case FP_ANSWERED_ECHO:
	case FP_ANSWERED_NEIGHBOR:
	case FP_ANSWERED_RESET:
	case FP_ANSWERED_SYN:
	case FP_ANSWERED_TOO_BIG:
	case FP_ANSWERED_EXPIRED:
		return fp_send(packet, packet->ingress_ifindex);
	default:
		return XDP_DROP;
	}
}

/* Gives an inspected packet its verdict and its action, and counts both in this CPU's rows. */
static __always_inline int fp_engine(struct xdp_md *ctx, const struct fp_config *config, const struct fp_tally *tally,
				     struct fp_packet *packet)
{
	int action;

	fp_count(tally, FP_RX_PACKETS);
	fp_count_many(tally, FP_RX_BYTES, ctx->data_end - ctx->data);
	packet->verdict = fp_decide(ctx, packet);
	packet->verdict = fp_answered(ctx, packet);
	fp_count(tally, packet->verdict % FP_COUNTER_SLOTS);
	if (packet->verdict == FP_FORWARDED_REQUEST || packet->verdict == FP_FORWARDED_REPLY)
		fp_count_backend(config, packet);
	action = fp_action(packet);
	if (action != XDP_DROP) {
		fp_count(tally, FP_TX_PACKETS);
		fp_count_many(tally, FP_TX_BYTES, ctx->data_end - ctx->data);
	}
	return action;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ICMP errors of fastpath's own: a packet of TCP or UDP that is larger than its way takes, a tunnel's headers included, is
 * answered with fragmentation needed (RFC 792, RFC 1191; whether DF is set or not: nothing is fragmented here) or packet
 * too big (RFC 4443, 3.2); one whose time to live is over, with time exceeded (RFC 1812, 5.3.1; RFC 4443, 3.3). The packet
 * itself becomes the quote: headers go in front of it, its end is cut off, and the frame goes back to where it came from.
 *
 * The source is the address of the interface by which the packet came; where it has none of the family, the VIP.
 *
 * There is none about (RFC 1812, 4.3.2.7; RFC 4443, 2.4): ICMP, later fragments, frames to or from a group, a source
 * that can't be answered. All are limited in time by one bucket, which both engines share. Java twin: OwnErrors.
 */
#ifndef FP_OWN_ERROR_H
#define FP_OWN_ERROR_H

#include "fp_flow_handle.h"
#include "fp_own_error_write.h"

enum fp_own_error_constant {
	FP_OWN_ERROR_BURST = 50, /* at once, after a silence: what Linux takes too (icmp_msgs_burst) */
	FP_OWN_ERROR_RETRIES = 4, /* of a word that all CPUs and workers share; then the error is suppressed */
	FP_IPV6_MTU_MIN = 1280,
};

#define FP_NS_PER_SECOND 1000000000ULL

/*
 * Whether the bucket has one more. Its one word is the time from which on it would be full again: each error moves it on
 * by a share of a second, and it must not get further ahead than a burst.
 */
__noinline int fp_takes_own_error(struct fp_packet *packet)
{
	__u32 first = 0, rate;
	struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);
	__u64 share, now_ns;

	if (!packet || !control)
		return 0;
	rate = *(volatile __u32 *)&control->error_rate;
	if (!rate)
		return 0;
	now_ns = packet->now_ns;
	share = FP_NS_PER_SECOND / rate;
	for (int i = 0; i < FP_OWN_ERROR_RETRIES; i++) {
		__u64 full_ns = *(volatile __u64 *)&control->error_full_ns;
		__u64 from_ns = (__s64)(full_ns - now_ns) > 0 ? full_ns : now_ns;

		if (from_ns - now_ns > (FP_OWN_ERROR_BURST - 1) * share)
			return 0;
		if (__sync_val_compare_and_swap(&control->error_full_ns, full_ns, from_ns + share) == full_ns)
			return 1;
	}
	return 0;
}

/* Whether the packet's sender may be told anything. */
static __always_inline int fp_may_be_told(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	const struct ethhdr *ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);

	if (!ethernet || !config)
		return 0;
	return fp_is_unicast_mac(fp_mac_at(ethernet->h_dest)) && fp_is_unicast_mac(fp_mac_at(ethernet->h_source)) &&
	       !fp_is_martian_source(&packet->tuple.source) && !fp_is_vip(config, &packet->tuple.source);
}

/* Who says so: sets `to.source`, from the interface, else the VIP of the packet or of its connection. */
static __always_inline int fp_set_own_source(struct fp_packet *packet)
{
	__u32 slot = packet->ingress_slot, flow_index = fp_flow_index_of(packet->handle);
	const struct fp_interface *interface = bpf_map_lookup_elem(&fp_interfaces, &slot);
	const struct fp_flow *flow;

	if (!interface)
		return 0;
	if (packet->kind == FP_PACKET_TRANSPORT_IPV4)
		fp_set_ipv4(&packet->to.source, interface->ipv4_be);
	else
		packet->to.source = interface->ipv6;
	if (packet->kind == FP_PACKET_TRANSPORT_IPV4 ? interface->ipv4_be != 0 : !fp_is_any(&interface->ipv6))
		return 1;
	packet->to.source = packet->tuple.destination;
	if (!fp_flow_is_reverse(fp_flow_control_of(packet->handle)))
		return 1;
	flow = bpf_map_lookup_elem(&fp_flows, &flow_index);
	if (!flow)
		return 0;
	packet->to.source = flow->vip;
	return fp_flow_is_valid(flow, fp_flow_control_of(packet->handle));
}

/* The largest packet that the way takes, as it is told: never less than what every IPv6 link takes. */
static __always_inline __u32 fp_told_mtu(const struct fp_packet *packet)
{
	__u32 hop_index = packet->hop_index;
	const struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	__u32 mtu;

	mtu = hop ? hop->mtu - packet->outer_length : -1; /* modulo 2^32: fp_across.h */
	if (mtu > 0xffff)
		return 0xffff;
	return packet->kind == FP_PACKET_TRANSPORT_IPV6 && mtu < FP_IPV6_MTU_MIN ? FP_IPV6_MTU_MIN : mtu;
}

/*
 * Answers a packet that was to be dropped for its size or its time to live, and is as it came: FP_ANSWERED_TOO_BIG or
 * FP_ANSWERED_EXPIRED where the frame is an error now, else the drop code that it ends in.
 */
__noinline int fp_answer_drop(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u32 type_and_code = ICMP_TIME_EXCEEDED << 8, word = 0;
	int answer = FP_ANSWERED_EXPIRED, failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (packet->kind != FP_PACKET_TRANSPORT_IPV4 && packet->kind != FP_PACKET_TRANSPORT_IPV6)
		return packet->verdict;
	if (packet->kind == FP_PACKET_TRANSPORT_IPV6)
		type_and_code = ICMPV6_TIME_EXCEED << 8;
	if (packet->verdict == FP_DROP_MTU) {
		answer = FP_ANSWERED_TOO_BIG;
		type_and_code = ICMPV6_PKT_TOOBIG << 8;
		if (packet->kind == FP_PACKET_TRANSPORT_IPV4)
			type_and_code = ICMP_DEST_UNREACH << 8 | ICMP_FRAG_NEEDED;
		word = fp_told_mtu(packet);
		if (packet->ip_length <= word)
			return packet->verdict;
	}
	if (!fp_may_be_told(ctx, packet) || !fp_set_own_source(packet))
		return packet->verdict;
	if (!fp_takes_own_error(packet))
		return FP_DROP_ERROR_LIMIT;
	packet->to.destination = packet->tuple.source;
	failure = fp_write_own_error(ctx, packet, type_and_code, word);
	return failure ? failure : answer;
}

/* Whether errors are sent at all. */
static __always_inline int fp_answers_drops(void)
{
	__u32 first = 0;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);

	return control && *(const volatile __u32 *)&control->error_rate;
}

/* A packet's verdict, once more: where it is a drop that the packet's sender is told of, what becomes of that. */
static __always_inline __u32 fp_answered(struct xdp_md *ctx, struct fp_packet *packet)
{
	if (packet->verdict != FP_DROP_MTU && packet->verdict != FP_DROP_TTL_EXPIRED)
		return packet->verdict;
	return fp_answers_drops() ? fp_answer_drop(ctx, packet) : (int)packet->verdict;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Echo requests to a VIP (RFC 792; RFC 4443, 4.1) are answered in their own frame. Addresses change places, which leaves
 * all sums as they are, so only type and TTL are replaced in the checksums. Requests with IPv4 options are not answered:
 * a route in them would have to be reversed (RFC 1122, 3.2.2.6). Java twin: EchoResponder.
 */
#ifndef FP_ANSWER_ECHO_H
#define FP_ANSWER_ECHO_H

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "fp_address.h"
#include "fp_turn.h"

/* What an echo request has against it: a drop code, or 0. */
static __always_inline int fp_echo_refusal(const struct xdp_md *ctx, const struct fp_packet *packet, __u16 request)
{
	const __u16 *type_and_code = fp_header_at(ctx, packet->transport_offset, sizeof(*type_and_code));
	const struct ethhdr *ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	int refusal;

	if (!type_and_code || !ethernet || !config)
		return FP_DROP_INTERNAL;
	if (*type_and_code != request) /* the type, and code 0 */
		return FP_DROP_ICMP;
	if (!fp_is_vip(config, &packet->tuple.destination))
		return FP_DROP_NO_SERVICE;
	refusal = fp_source_refusal(config, &packet->tuple.source);
	if (refusal)
		return refusal;
	if (ethernet->h_dest[0] & 1) /* RFC 1122, 3.2.2.6 */
		return FP_DROP_LINK_GROUP;
	return fp_is_unicast_mac(fp_mac_at(ethernet->h_source)) ? 0 : FP_DROP_ICMP;
}

static __always_inline int fp_turn_ipv4(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	__u32 source;

	if (!ip)
		return FP_DROP_INTERNAL;
	ip->check = fp_update(ip->check, fp_replace_int(ip->ttl, FP_ANSWER_TIME_TO_LIVE));
	ip->ttl = FP_ANSWER_TIME_TO_LIVE;
	source = ip->saddr;
	ip->saddr = ip->daddr;
	ip->daddr = source;
	return 0;
}

static __always_inline int fp_turn_ipv6(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

	if (!ip)
		return FP_DROP_INTERNAL;
	ip->hop_limit = FP_ANSWER_TIME_TO_LIVE;
	fp_put_ipv6(&ip->saddr, &packet->tuple.destination);
	fp_put_ipv6(&ip->daddr, &packet->tuple.source);
	return 0;
}

/* The ICMP header becomes a reply's. Where senders leave checksums to offload, there is none to be updated. */
static __always_inline int fp_turn_icmp(struct xdp_md *ctx, const struct fp_packet *packet, __u8 request, __u8 reply)
{
	__u32 length = fp_transport_length(packet);
	struct icmphdr *icmp = fp_header_at(ctx, packet->transport_offset, sizeof(*icmp));
	__u64 sum;

	if (!icmp)
		return FP_DROP_INTERNAL;
	icmp->type = reply;
	if (!fp_is_recomputed(packet)) {
		icmp->checksum = fp_update(icmp->checksum, fp_replace_int(request, reply));
		return 0;
	}
	icmp->checksum = 0;
	sum = fp_sum(ctx, packet->transport_offset, length);
	if (reply == ICMPV6_ECHO_REPLY)
		sum += fp_sum_of_icmpv6(&packet->tuple.source, &packet->tuple.destination, length);
	icmp = fp_header_at(ctx, packet->transport_offset, sizeof(*icmp));
	if (!icmp)
		return FP_DROP_INTERNAL;
	icmp->checksum = fp_finish(sum);
	return 0;
}

/* A packet of the kind ICMP, or ICMPv6 but no neighbour solicitation: FP_ANSWERED_ECHO or a drop code. */
__noinline int fp_answer_echo(struct xdp_md *ctx, struct fp_packet *packet)
{
	int is_ipv4, refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	is_ipv4 = packet->kind == FP_PACKET_ICMP;
	if (is_ipv4 && packet->transport_offset - packet->network_offset > sizeof(struct iphdr))
		return FP_DROP_ICMP;
	refusal = fp_echo_refusal(ctx, packet, is_ipv4 ? ICMP_ECHO : ICMPV6_ECHO_REQUEST);
	if (refusal)
		return refusal;
	if (fp_set_length(ctx, packet->network_offset + packet->ip_length) || fp_turn_link(ctx, packet))
		return FP_DROP_INTERNAL;
	if (is_ipv4)
		refusal = fp_turn_ipv4(ctx, packet) ?: fp_turn_icmp(ctx, packet, ICMP_ECHO, ICMP_ECHOREPLY);
	else
		refusal = fp_turn_ipv6(ctx, packet) ?:
			  fp_turn_icmp(ctx, packet, ICMPV6_ECHO_REQUEST, ICMPV6_ECHO_REPLY);
	return refusal ?: FP_ANSWERED_ECHO;
}

#endif

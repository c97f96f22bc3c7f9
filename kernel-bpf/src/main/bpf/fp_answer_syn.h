/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A SYN answered in its own frame by a SYN+ACK whose sequence number is a cookie (fp_cookie.h). Nothing is kept of it. It
 * offers no option but an MSS: what isn't offered needn't be remembered (RFC 7323, 2.2; RFC 2018, 2). It opens no window,
 * so that the client sends nothing before there is a backend to take it. Java twin: CookieResponder.
 */
#ifndef FP_ANSWER_SYN_H
#define FP_ANSWER_SYN_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include "fp_cookie.h"
#include "fp_mss.h"
#include "fp_read_transport.h"
#include "fp_turn.h"

enum fp_syn_constant {
	FP_SYN_LENGTH = 24,              /* of a TCP header with an MSS */
	FP_SYN_MSS_IPV4 = 536,           /* of a SYN without one (RFC 9293, 3.7.1) */
	FP_SYN_MSS_IPV6 = 1220,
	FP_SYN_TIME_TO_LIVE = 64,
	FP_SYN_MTU = 1500,               /* the backend's link may have no more */
};

#define FP_IPV4_DONT_FRAGMENT 0x4000
#define FP_IPV6_VERSION 0x60

/* A TCP header by its words, and the one option that is ever written. */
struct fp_segment {
	__u32 ports;
	__be32 sequence;
	__be32 acknowledgment;
	__u8 header_length; /* in words, in the upper half */
	__u8 flags;
	__be16 window;
	__u16 checksum;
	__be16 urgent;
	__u8 option;
	__u8 option_length;
	__be16 mss;
};

_Static_assert(sizeof(struct fp_segment) == FP_SYN_LENGTH, "a header and an MSS");

/* The MSS that a SYN names: the family's default where it names none, or is malformed before it. */
static __always_inline __u32 fp_syn_mss(struct xdp_md *ctx, struct fp_packet *packet)
{
	int offset = fp_mss_offset(ctx, packet);
	const __u8 *value;

	if (offset > 0) {
		value = fp_header_at(ctx, packet->transport_offset, sizeof(struct tcphdr));
		if (!value)
			return 0;
		value += offset & FP_TCP_OFFSET_MASK;
		if ((const void *)(value + sizeof(__u16)) <= (const void *)(long)ctx->data_end)
			return value[0] << 8 | value[1];
	}
	return packet->kind == FP_PACKET_TRANSPORT_IPV4 ? FP_SYN_MSS_IPV4 : FP_SYN_MSS_IPV6;
}

/* The sum of a segment's words, which are all that it has: a last byte of 0 adds nothing. */
static __always_inline __u64 fp_sum_of_segment(const struct fp_segment *segment, __u32 length)
{
	const __u32 *words = (const __u32 *)segment;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];

	return length < sizeof(*segment) ? sum : sum + words[5];
}

/* Writes the checksum of a segment of a length, from the packet's source to its destination or back. */
static __always_inline void fp_seal_segment(struct fp_segment *segment, const struct fp_packet *packet, __u32 length)
{
	__u64 sum = fp_sum_of_address(&packet->tuple.source) + fp_sum_of_address(&packet->tuple.destination) +
		    fp_sum_of_pseudo_header(IPPROTO_TCP, length);

	segment->checksum = 0;
	segment->checksum = fp_finish(sum + fp_sum_of_segment(segment, length));
}

/* The MSS that the client may be sent: what the link by which it came takes, and the service allows. */
static __always_inline __u16 fp_own_mss(const struct fp_packet *packet, __u32 header_length)
{
	__u32 slot = packet->ingress_slot, service_index = packet->service_index, limit = FP_SERVICE_MSS_ANY;
	const struct fp_interface *interface = bpf_map_lookup_elem(&fp_interfaces, &slot);
	const struct fp_service *service = bpf_map_lookup_elem(&fp_services, &service_index);
	__u32 mss = interface ? interface->mtu : FP_SYN_MTU;

	if (mss > FP_SYN_MTU)
		mss = FP_SYN_MTU;
	mss -= header_length + sizeof(struct tcphdr);
	if (service)
		limit = *(const volatile __u16 *)&service->mss_limit;
	return limit != FP_SERVICE_MSS_ANY && limit != FP_SERVICE_MSS_OF_LINKS && limit < mss ? limit : mss;
}

static __always_inline void fp_put_answer_ipv4(struct iphdr *ip, const struct fp_packet *packet)
{
	__u32 *words = (__u32 *)ip;

	words[0] = 0x45 | bpf_htons(sizeof(*ip) + FP_SYN_LENGTH) << 16;
	words[1] = bpf_htons(FP_IPV4_DONT_FRAGMENT) << 16;
	words[2] = FP_SYN_TIME_TO_LIVE | IPPROTO_TCP << 8;
	ip->saddr = fp_ipv4_of(&packet->tuple.destination);
	ip->daddr = fp_ipv4_of(&packet->tuple.source);
	ip->check = fp_finish((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
}

static __always_inline void fp_put_answer_ipv6(struct ipv6hdr *ip, const struct fp_packet *packet)
{
	__u32 *words = (__u32 *)ip;

	words[0] = FP_IPV6_VERSION;
	words[1] = bpf_htons(FP_SYN_LENGTH) | IPPROTO_TCP << 16 | FP_SYN_TIME_TO_LIVE << 24;
	fp_put_ipv6(&ip->saddr, &packet->tuple.destination);
	fp_put_ipv6(&ip->daddr, &packet->tuple.source);
}

static __always_inline int fp_put_answer_ip(struct xdp_md *ctx, const struct fp_packet *packet)
{
	if (packet->kind == FP_PACKET_TRANSPORT_IPV4) {
		struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		fp_put_answer_ipv4(ip, packet);
	} else {
		struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		fp_put_answer_ipv6(ip, packet);
	}
	return 0;
}

/* Turns the frame of a SYN round, `mss` being what the client takes: FP_ANSWERED_SYN, or a drop code. */
static __always_inline int fp_turn_syn(struct xdp_md *ctx, struct fp_packet *packet, __u32 header_length, __u32 mss)
{
	__u32 transport_offset = packet->network_offset + header_length;
	__u32 cookie, sequence;
	struct ethhdr *ethernet;
	struct fp_segment *segment;

	segment = fp_header_at(ctx, packet->transport_offset, sizeof(struct tcphdr));
	if (!segment)
		return FP_DROP_INTERNAL;
	sequence = bpf_ntohl(segment->sequence);
	cookie = fp_cookie_of(&packet->tuple, sequence, fp_cookie_mss_index(mss),
			      packet->now_ns >> FP_COOKIE_PERIOD_SHIFT);
	if (fp_set_length(ctx, transport_offset + sizeof(*segment)))
		return FP_DROP_MTU;
	ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	segment = fp_header_at(ctx, transport_offset, sizeof(*segment));
	if (!ethernet || !segment || fp_put_answer_ip(ctx, packet))
		return FP_DROP_INTERNAL;
	fp_put_macs(ethernet, fp_mac_at(ethernet->h_source), fp_own_mac(packet));
	segment->ports = packet->tuple.ports << 16 | packet->tuple.ports >> 16;
	segment->sequence = bpf_htonl(cookie);
	segment->acknowledgment = bpf_htonl(sequence + 1);
	segment->header_length = FP_SYN_LENGTH / 4 << 4;
	segment->flags = FP_TCP_SYN | FP_TCP_ACK;
	segment->window = 0;
	segment->urgent = 0;
	segment->option = FP_TCP_OPTION_MSS;
	segment->option_length = FP_TCP_OPTION_MSS_LENGTH;
	segment->mss = bpf_htons(fp_own_mss(packet, header_length));
	fp_seal_segment(segment, packet, sizeof(*segment));
	return FP_ANSWERED_SYN;
}

/* Answers a SYN: FP_ANSWERED_SYN where the frame is to go back, or a drop code, and then the frame is as it was. */
__noinline int fp_answer_syn(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct ethhdr *ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	__u32 header_length;

	if (!packet || !ethernet)
		return FP_DROP_INTERNAL;
	if (!fp_is_unicast_mac(fp_mac_at(ethernet->h_source)))
		return FP_DROP_LINK_GROUP;
	header_length = packet->kind == FP_PACKET_TRANSPORT_IPV4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);
	return fp_turn_syn(ctx, packet, header_length, fp_syn_mss(ctx, packet));
}

#endif

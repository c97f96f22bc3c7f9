/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The answer to a TCP segment of no known connection, where its service wants one: a reset in the segment's own frame,
 * with the sequence number that the client waits for (RFC 9293, 3.10.7.1), so that it takes it at once (RFC 5961, 3.2).
 * Only segments with ACK are answered: of those without, a SYN opens a connection and a reset is never answered.
 * The answer is never longer than the segment, and so is no amplifier. Java twin: ResetResponder.
 */
#ifndef FP_RESET_H
#define FP_RESET_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/tcp.h>
#include "fp_tcp.h"
#include "fp_turn.h"

/* In the order of memory: version and header length, and DF, of IPv4; data offset 5 and RST of TCP. */
#define FP_RESET_VERSION_IPV4 0x45
#define FP_RESET_DF bpf_htons(0x4000)
#define FP_RESET_VERSION_IPV6 bpf_htonl(0x60000000)
#define FP_RESET_FLAGS bpf_htonl(0x50040000)

/* An IPv4 header as words. */
struct fp_reset_ipv4 {
	__u8 version;
	__u8 service;
	__be16 length;
	__be16 id;
	__be16 fragment;
	__u8 time_to_live;
	__u8 protocol;
	__u16 checksum;
	__be32 source;
	__be32 destination;
};

struct fp_reset_ipv6 {
	__be32 version;
	__be16 length;
	__u8 next_header;
	__u8 hop_limit;
	struct in6_addr source;
	struct in6_addr destination;
};

struct fp_reset_tcp {
	__u32 ports;
	__be32 sequence;
	__be32 acknowledged;
	__be32 flags_and_window;
	__u16 checksum;
	__be16 urgent;
};

static __always_inline int fp_reset_ipv4(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_reset_ipv4 *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	__u64 sum;

	if (!ip)
		return FP_DROP_INTERNAL;
	ip->version = FP_RESET_VERSION_IPV4;
	ip->service = 0;
	ip->length = bpf_htons(sizeof(*ip) + sizeof(struct fp_reset_tcp));
	ip->id = 0;
	ip->fragment = FP_RESET_DF;
	ip->time_to_live = FP_ANSWER_TIME_TO_LIVE;
	ip->protocol = IPPROTO_TCP;
	ip->source = packet->tuple.destination.be32[3];
	ip->destination = packet->tuple.source.be32[3];
	sum = (__u64)bpf_htons(FP_RESET_VERSION_IPV4 << 8) + ip->length + ip->fragment +
	      bpf_htons(FP_ANSWER_TIME_TO_LIVE << 8 | IPPROTO_TCP) + ip->source + ip->destination;
	ip->checksum = fp_finish(sum);
	return 0;
}

static __always_inline int fp_reset_ipv6(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_reset_ipv6 *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

	if (!ip)
		return FP_DROP_INTERNAL;
	ip->version = FP_RESET_VERSION_IPV6;
	ip->length = bpf_htons(sizeof(struct fp_reset_tcp));
	ip->next_header = IPPROTO_TCP;
	ip->hop_limit = FP_ANSWER_TIME_TO_LIVE;
	fp_put_ipv6(&ip->source, &packet->tuple.destination);
	fp_put_ipv6(&ip->destination, &packet->tuple.source);
	return 0;
}

static __always_inline int fp_reset_tcp(const struct xdp_md *ctx, const struct fp_packet *packet, __u32 offset,
					__be32 sequence)
{
	struct fp_reset_tcp *tcp = fp_header_at(ctx, offset, sizeof(*tcp));
	__u64 sum;

	if (!tcp)
		return FP_DROP_INTERNAL;
	tcp->ports = packet->tuple.ports >> 16 | packet->tuple.ports << 16;
	tcp->sequence = sequence;
	tcp->acknowledged = 0;
	tcp->flags_and_window = FP_RESET_FLAGS;
	tcp->urgent = 0;
	sum = fp_sum_of_address(&packet->tuple.source) + fp_sum_of_address(&packet->tuple.destination) +
	      fp_sum_of_pseudo_header(IPPROTO_TCP, sizeof(*tcp)) + tcp->ports + sequence + FP_RESET_FLAGS;
	tcp->checksum = fp_finish(sum);
	return 0;
}

/* Answers a segment: FP_ANSWERED_RESET; or a drop code, and then nothing was written. */
__noinline int fp_reset(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_reset_tcp *segment;
	const struct ethhdr *ethernet;
	__u32 header_length;
	__be32 sequence;
	int failure;

	if (!packet)
		return FP_DROP_INTERNAL;
	segment = fp_header_at(ctx, packet->transport_offset, sizeof(*segment));
	if (!segment)
		return FP_DROP_INTERNAL;
	sequence = segment->acknowledged;
	ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	if (!ethernet)
		return FP_DROP_INTERNAL;
	if ((packet->tcp_flags & (FP_TCP_ACK | FP_TCP_RST)) != FP_TCP_ACK ||
	    !fp_is_unicast_mac(fp_mac_at(ethernet->h_source)))
		return FP_DROP_NO_FLOW;
	header_length = packet->kind == FP_PACKET_TRANSPORT_IPV4 ? sizeof(struct fp_reset_ipv4)
								 : sizeof(struct fp_reset_ipv6);
	if (fp_set_length(ctx, packet->network_offset + header_length + sizeof(struct fp_reset_tcp)) ||
	    fp_turn_link(ctx, packet))
		return FP_DROP_INTERNAL;
	failure = packet->kind == FP_PACKET_TRANSPORT_IPV4 ? fp_reset_ipv4(ctx, packet) : fp_reset_ipv6(ctx, packet);
	if (!failure)
		failure = fp_reset_tcp(ctx, packet, packet->network_offset + header_length, sequence);
	return failure ? failure : FP_ANSWERED_RESET;
}

#endif

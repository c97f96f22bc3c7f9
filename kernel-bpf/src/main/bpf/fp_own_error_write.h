/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Turns a packet into an ICMP error about it:
 *
 *   | Ethernet, tags | IP | ICMP | the packet as it came, so that all are 576 bytes (RFC 1812, 4.3.2.3), 1280 in IPv6 |
 *
 * Java twin: OwnErrors.
 */
#ifndef FP_OWN_ERROR_WRITE_H
#define FP_OWN_ERROR_WRITE_H

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include "fp_address.h"
#include "fp_encap.h"
#include "fp_turn.h"

enum fp_own_error_form {
	FP_OWN_ERROR_LENGTH_V4 = 576,
	FP_OWN_ERROR_LENGTH_V6 = 1280,
	FP_OWN_ERROR_TIME_TO_LIVE = 64,
};

/* IPv4's header in front of `length` bytes that begin with ICMP's. Precedence 6 (RFC 1812, 4.3.2.5), and never fragmented. */
static __always_inline int fp_put_own_ipv4(const struct xdp_md *ctx, const struct fp_packet *packet, __u32 length)
{
	struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return FP_DROP_INTERNAL;
	words[0] = bpf_htonl(0x45c00000 | ((length + sizeof(*ip)) & 0xffff));
	words[1] = bpf_htonl(0x00004000);
	words[2] = bpf_htonl((__u32)FP_OWN_ERROR_TIME_TO_LIVE << 24 | (__u32)IPPROTO_ICMP << 16);
	words[3] = fp_ipv4_of(&packet->to.source);
	words[4] = fp_ipv4_of(&packet->to.destination);
	ip->check = fp_finish((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
	return 0;
}

static __always_inline int fp_put_own_ipv6(const struct xdp_md *ctx, const struct fp_packet *packet, __u32 length)
{
	struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return FP_DROP_INTERNAL;
	words[0] = bpf_htonl(0x60000000);
	words[1] = bpf_htonl(length << 16 | (__u32)IPPROTO_ICMPV6 << 8 | FP_OWN_ERROR_TIME_TO_LIVE);
	fp_put_ipv6(&ip->saddr, &packet->to.source);
	fp_put_ipv6(&ip->daddr, &packet->to.destination);
	return 0;
}

/* ICMP's header, and the checksum over `length` bytes from it on. */
static __always_inline int fp_put_own_icmp(struct xdp_md *ctx, const struct fp_packet *packet, __u32 offset, __u32 length,
					   __u32 type_and_code, __u32 word)
{
	struct icmphdr *icmp = fp_header_at(ctx, offset, sizeof(*icmp));
	__u64 sum;

	if (!icmp)
		return FP_DROP_INTERNAL;
	((__u32 *)icmp)[0] = bpf_htonl(type_and_code << 16);
	((__u32 *)icmp)[1] = bpf_htonl(word);
	sum = fp_sum(ctx, offset, length);
	if (packet->kind != FP_PACKET_TRANSPORT_IPV4)
		sum += fp_sum_of_icmpv6(&packet->to.source, &packet->to.destination, length);
	icmp = fp_header_at(ctx, offset, sizeof(*icmp));
	if (!icmp)
		return FP_DROP_INTERNAL;
	icmp->checksum = fp_finish(sum);
	return 0;
}

/* Makes room for `length` bytes behind the link header, which is moved to the frame's new beginning, and turns it round. */
static __always_inline int fp_open_frame(struct xdp_md *ctx, const struct fp_packet *packet, __u32 length)
{
	__u32 *old, *link;

	if (bpf_xdp_adjust_head(ctx, -(int)length))
		return FP_DROP_MTU;
	old = fp_header_at(ctx, length, FP_LINK_LENGTH_MAX);
	link = fp_header_at(ctx, 0, FP_LINK_LENGTH_MAX);
	if (!old || !link)
		return FP_DROP_INTERNAL;
#pragma unroll
	for (int i = 2; i < FP_LINK_LENGTH_MAX / 4; i++)
		link[i] = old[i];
	((__u16 *)link)[FP_LINK_LENGTH_MAX / 2 - 1] = ((__u16 *)old)[FP_LINK_LENGTH_MAX / 2 - 1];
	fp_put_macs((struct ethhdr *)link, fp_mac_at(((struct ethhdr *)old)->h_source), fp_own_mac(packet));
	return 0;
}

/* The error in front of the packet that it is about: 0, or a drop code. `to` has the addresses. */
__noinline int fp_write_own_error(struct xdp_md *ctx, struct fp_packet *packet, __u32 type_and_code, __u32 word)
{
	__u32 header_length = sizeof(struct ipv6hdr), quote_limit, length, failure;
	int is_ipv4;

	if (!packet)
		return FP_DROP_INTERNAL;
	is_ipv4 = packet->kind == FP_PACKET_TRANSPORT_IPV4;
	quote_limit = FP_OWN_ERROR_LENGTH_V6 - sizeof(struct ipv6hdr) - sizeof(struct icmphdr);
	if (is_ipv4) {
		header_length = sizeof(struct iphdr);
		quote_limit = FP_OWN_ERROR_LENGTH_V4 - sizeof(struct iphdr) - sizeof(struct icmphdr);
	}
	length = packet->ip_length < quote_limit ? packet->ip_length : quote_limit;
	if (fp_set_length(ctx, packet->network_offset + length))
		return FP_DROP_INTERNAL;
	failure = is_ipv4 ? fp_open_frame(ctx, packet, sizeof(struct iphdr) + sizeof(struct icmphdr))
			  : fp_open_frame(ctx, packet, sizeof(struct ipv6hdr) + sizeof(struct icmphdr));
	if (failure)
		return failure;
	length += sizeof(struct icmphdr);
	failure = is_ipv4 ? fp_put_own_ipv4(ctx, packet, length) : fp_put_own_ipv6(ctx, packet, length);
	return failure ? failure
		       : fp_put_own_icmp(ctx, packet, packet->network_offset + header_length, length, type_and_code, word);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ICMP errors (RFC 792; RFC 4443, 2.1) and the packet that each quotes: its IP header, and at least eight bytes of what
 * follows (RFC 1122, 3.2.2), which is enough for both ports. Java twin: ErrorQuote.
 *
 *   | IP | ICMP, 8 bytes | IP header of the quoted packet | its TCP or UDP, 8 bytes or more |
 *        transport_offset                     quote_header_length    quote_length
 *
 * The quoted packet was sent by the one who gets the error. Its tuple is kept turned round: so it is the tuple of a
 * packet that travels as the error does, and belongs to the same direction of the connection.
 */
#ifndef FP_ERROR_QUOTE_H
#define FP_ERROR_QUOTE_H

#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include "fp_header.h"
#include "fp_parse_ipv4.h"

/* What of the quoted packet must be there after its IP header. */
#define FP_QUOTE_LENGTH_MIN 8
#define FP_IPV4_FRAGMENT_OFFSET 0x1fff
#define FP_IPV6_FRAGMENT_OFFSET 0xfff8
#define FP_IPV6_FRAGMENT_HEADER_LENGTH 8

/* Two tags, and twice the longest IPv4 header, with ICMP between, end at 150. The mask is for the verifier. */
#define FP_QUOTE_OFFSET_MASK 255

/* `length` bytes at an offset within the quote's headers, or NULL where the frame ends before. */
static __always_inline void *fp_quote_at(const struct xdp_md *ctx, __u32 offset, __u32 length)
{
	void *header = (void *)(long)ctx->data + (offset & FP_QUOTE_OFFSET_MASK);

	return header + length > (void *)(long)ctx->data_end ? NULL : header;
}

/* Whether a type is that of an error. ICMP's source quench is none any more (RFC 6633), redirects are for hosts. */
static __always_inline int fp_is_error_type(__u32 kind, __u8 type)
{
	if (kind == FP_PACKET_ICMP)
		return type == ICMP_DEST_UNREACH || type == ICMP_TIME_EXCEEDED || type == ICMP_PARAMETERPROB;
	return kind == FP_PACKET_ICMPV6 && type >= ICMPV6_DEST_UNREACH && type <= ICMPV6_PARAMPROB;
}

static __always_inline int fp_is_error(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	const __u8 *type = fp_quote_at(ctx, packet->transport_offset, sizeof(*type));

	return type && fp_is_error_type(packet->kind, *type);
}

/* `length`: bytes that are quoted. Of a fragmented packet, only the first piece has ports. */
static __always_inline int fp_read_quote_ipv4(const struct xdp_md *ctx, struct fp_packet *packet, __u32 length)
{
	const struct iphdr *ip = fp_quote_at(ctx, packet->transport_offset + sizeof(struct icmphdr), sizeof(*ip));
	__u32 header_length;

	if (length < sizeof(*ip) || !ip || ip->version != 4)
		return FP_DROP_ICMP_QUOTE;
	header_length = ip->ihl * 4;
	if (header_length < sizeof(*ip) || length < header_length + FP_QUOTE_LENGTH_MIN ||
	    ip->frag_off & bpf_htons(FP_IPV4_FRAGMENT_OFFSET))
		return FP_DROP_ICMP_QUOTE;
	packet->quote_header_length = header_length;
	packet->quote_length = length - header_length;
	packet->quoted.protocol = ip->protocol;
	fp_set_ipv4(&packet->quoted.source, ip->daddr);
	fp_set_ipv4(&packet->quoted.destination, ip->saddr);
	return ip->protocol == IPPROTO_ICMP ? FP_DROP_ICMP_NESTED : 0;
}

/* The one extension header that is looked behind is that of a first fragment (RFC 8200, 4.5). */
static __always_inline int fp_read_quote_ipv6(const struct xdp_md *ctx, struct fp_packet *packet, __u32 length)
{
	const struct ipv6hdr *ip = fp_quote_at(ctx, packet->transport_offset + sizeof(struct icmphdr),
					       sizeof(*ip) + FP_IPV6_FRAGMENT_HEADER_LENGTH);
	__u32 header_length = sizeof(*ip);
	const __u8 *fragment = (const void *)(ip + 1);
	__u32 protocol;

	if (length < sizeof(*ip) + FP_QUOTE_LENGTH_MIN || !ip || ip->version != 6)
		return FP_DROP_ICMP_QUOTE;
	fp_set_ipv6(&packet->quoted.source, &ip->daddr);
	fp_set_ipv6(&packet->quoted.destination, &ip->saddr);
	if (fp_is_ipv4(&packet->quoted.source) || fp_is_ipv4(&packet->quoted.destination))
		return FP_DROP_ICMP_QUOTE;
	protocol = ip->nexthdr;
	if (protocol == IPPROTO_FRAGMENT) {
		header_length += FP_IPV6_FRAGMENT_HEADER_LENGTH;
		if (length < header_length + FP_QUOTE_LENGTH_MIN ||
		    *(const __be16 *)(fragment + 2) & bpf_htons(FP_IPV6_FRAGMENT_OFFSET))
			return FP_DROP_ICMP_QUOTE;
		protocol = fragment[0];
	}
	packet->quote_header_length = header_length;
	packet->quote_length = length - header_length;
	packet->quoted.protocol = protocol;
	return protocol == IPPROTO_ICMPV6 ? FP_DROP_ICMP_NESTED : 0;
}

/* Reads the quote of a packet that is an error: sets `quoted` and the two lengths. 0, or a drop code. */
__noinline int fp_read_quote(struct xdp_md *ctx, struct fp_packet *packet)
{
	const __u32 *ports;
	__u32 length, protocol;
	int refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	length = fp_transport_length(packet) - sizeof(struct icmphdr);
	refusal = packet->kind == FP_PACKET_ICMP ? fp_read_quote_ipv4(ctx, packet, length)
						 : fp_read_quote_ipv6(ctx, packet, length);
	if (refusal)
		return refusal;
	protocol = packet->quoted.protocol;
	if (protocol != IPPROTO_TCP && protocol != IPPROTO_UDP)
		return FP_DROP_ICMP_UNKNOWN;
	ports = fp_quote_at(ctx, packet->transport_offset + sizeof(struct icmphdr) + packet->quote_header_length,
			    FP_QUOTE_LENGTH_MIN);
	if (!ports)
		return FP_DROP_ICMP_QUOTE;
	packet->quoted.ports = *ports << 16 | *ports >> 16;
	return fp_same_address(&packet->quoted.destination, &packet->tuple.destination) ? 0 : FP_DROP_ICMP_UNKNOWN;
}

#endif

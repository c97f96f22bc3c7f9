/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* IPv4 (RFC 791) with options, and the ICMP echo request and errors (RFC 792). */
#ifndef FP_PARSE_IPV4_H
#define FP_PARSE_IPV4_H

#include <linux/icmp.h>
#include <linux/ip.h>
#include <bpf/bpf_endian.h>
#include "fp_parse_transport.h"

#define FP_IPV4_HEADER_WORDS 5
#define FP_IPV4_FRAGMENT_BITS 0x3fff /* more fragments, and the offset */

static __always_inline enum fp_counter fp_parse_icmp(struct fp_cursor *cursor)
{
	const struct icmphdr *icmp = fp_take(cursor, sizeof(*icmp));

	if (!icmp)
		return FP_XDP_PASS_TRUNCATED;
	switch (icmp->type) {
	case ICMP_ECHO:
	case ICMP_DEST_UNREACH:
	case ICMP_TIME_EXCEEDED:
	case ICMP_PARAMETERPROB:
		return FP_XDP_STEERED_ICMP;
	default:
		return FP_XDP_PASS_NOT_OURS;
	}
}

static __always_inline enum fp_counter fp_parse_ipv4(struct fp_cursor *cursor, struct fp_tuple *tuple)
{
	const struct iphdr *ip = fp_take(cursor, sizeof(*ip));

	if (!ip)
		return FP_XDP_PASS_TRUNCATED;
	if (ip->version != 4)
		return FP_XDP_PASS_NOT_IP;
	if (ip->ihl < FP_IPV4_HEADER_WORDS)
		return FP_XDP_PASS_TRUNCATED;
	if (!fp_take(cursor, (ip->ihl - FP_IPV4_HEADER_WORDS) * 4))
		return FP_XDP_PASS_TRUNCATED;

	fp_set_ipv4(&tuple->source, ip->saddr);
	fp_set_ipv4(&tuple->destination, ip->daddr);

	/* A fragment has no ports, or not all of the packet's: the engine gives the verdict, if it is for a VIP. */
	if (ip->frag_off & bpf_htons(FP_IPV4_FRAGMENT_BITS))
		return FP_XDP_STEERED_SERVICE;
	switch (ip->protocol) {
	case IPPROTO_TCP:
		return fp_parse_ports(cursor, tuple, IPPROTO_TCP);
	case IPPROTO_UDP:
		return fp_parse_ports(cursor, tuple, IPPROTO_UDP);
	case IPPROTO_ICMP:
		return fp_parse_icmp(cursor);
	default:
		return FP_XDP_PASS_PROTOCOL;
	}
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * IPv6 (RFC 8200), the ICMPv6 echo request and errors (RFC 4443) and the neighbour solicitation (RFC 4861, 4.3).
 *
 * A mapped IPv4 address (RFC 4291, 2.5.5.2) stands for the IPv4 one in the tables, so a packet from or to one is steered
 * if the IPv4 packet that it looks like were: the engine drops it as a martian, before any look-up, and so it is counted.
 */
#ifndef FP_PARSE_IPV6_H
#define FP_PARSE_IPV6_H

#include <linux/icmpv6.h>
#include <linux/ipv6.h>
#include "fp_parse_transport.h"

#define FP_NEIGHBOR_SOLICITATION 135

/* Next headers that the kernel's uapi does not name: RFC 7401, RFC 5533. */
#define FP_IPPROTO_HIP 139
#define FP_IPPROTO_SHIM6 140

/*
 * A solicitation goes to a multicast group; the address that it asks for stands in its body. Nobody's neighbour has a
 * mapped IPv4 address: ARP is there for those. Its source is the link's business, no client's: it is forgotten.
 */
static __always_inline enum fp_counter fp_parse_icmpv6(struct fp_cursor *cursor, struct fp_tuple *tuple)
{
	const struct icmp6hdr *icmp = fp_take(cursor, sizeof(*icmp));
	const void *target;

	if (!icmp)
		return FP_XDP_PASS_TRUNCATED;
	if (icmp->icmp6_type == ICMPV6_ECHO_REQUEST ||
	    (icmp->icmp6_type >= ICMPV6_DEST_UNREACH && icmp->icmp6_type <= ICMPV6_PARAMPROB))
		return FP_XDP_STEERED_ICMP;
	if (icmp->icmp6_type != FP_NEIGHBOR_SOLICITATION)
		return FP_XDP_PASS_NOT_OURS;
	target = fp_take(cursor, sizeof(struct in6_addr));
	if (!target)
		return FP_XDP_PASS_TRUNCATED;
	fp_set_ipv6(&tuple->destination, target);
	tuple->source = (struct fp_address){};
	tuple->ports = FP_ASKS_NEIGHBOR;
	return fp_is_ipv4(&tuple->destination) ? FP_XDP_PASS_NOT_OURS : FP_XDP_STEERED_ICMP;
}

static __always_inline enum fp_counter fp_parse_ipv6(struct fp_cursor *cursor, struct fp_tuple *tuple)
{
	const struct ipv6hdr *ip = fp_take(cursor, sizeof(*ip));

	if (!ip)
		return FP_XDP_PASS_TRUNCATED;
	if (ip->version != 6)
		return FP_XDP_PASS_NOT_IP;

	fp_set_ipv6(&tuple->source, &ip->saddr);
	fp_set_ipv6(&tuple->destination, &ip->daddr);

	switch (ip->nexthdr) {
	case IPPROTO_TCP:
		return fp_parse_ports(cursor, tuple, IPPROTO_TCP);
	case IPPROTO_UDP:
		return fp_parse_ports(cursor, tuple, IPPROTO_UDP);
	case IPPROTO_ICMPV6:
		return fp_parse_icmpv6(cursor, tuple);
	/* Extension headers (IANA's list): the engine gives the verdict, if the packet is for a VIP. */
	case IPPROTO_HOPOPTS:
	case IPPROTO_ROUTING:
	case IPPROTO_FRAGMENT:
	case IPPROTO_AH:
	case IPPROTO_DSTOPTS:
	case IPPROTO_MH:
	case FP_IPPROTO_HIP:
	case FP_IPPROTO_SHIM6:
		return FP_XDP_STEERED_SERVICE;
	default:
		return FP_XDP_PASS_PROTOCOL;
	}
}

#endif

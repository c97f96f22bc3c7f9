/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What a frame asks the tables: the tuple that stands in its headers, or a VIP alone. All that parsing has to find
 * out is this and the counter under which the frame goes if the answer is yes.
 */
#ifndef FP_TUPLE_H
#define FP_TUPLE_H

#include "fp_types.h"

/*
 * In the low half of the ports, with protocol 0: is the destination a VIP by itself? ARP and neighbour discovery ask so,
 * because the addresses of a prefix VIP are routed to the node, and are nobody's neighbours.
 */
#define FP_ASKS_NEIGHBOR 1

struct fp_tuple {
	struct fp_address source;
	struct fp_address destination;
	__u32 ports;    /* source port in the low half, destination port above, both as they stand in memory */
	__u32 protocol; /* IPPROTO_TCP or IPPROTO_UDP; 0, with ports 0: is the destination a VIP at all? */
};

static __always_inline void fp_set_ipv4(struct fp_address *address, __be32 ipv4)
{
	address->words[0] = 0;
	address->words[1] = (__u64)ipv4 << 32 | 0xffff0000;
}

static __always_inline void fp_set_ipv6(struct fp_address *address, const void *ipv6)
{
	const __u64 *words = ipv6;

	address->words[0] = words[0];
	address->words[1] = words[1];
}

static __always_inline int fp_is_ipv4(const struct fp_address *address)
{
	return !address->words[0] && (__u32)address->words[1] == 0xffff0000;
}

static __always_inline int fp_same_address(const struct fp_address *one, const struct fp_address *other)
{
	return one->words[0] == other->words[0] && one->words[1] == other->words[1];
}

#endif

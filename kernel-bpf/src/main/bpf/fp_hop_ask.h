/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The kernel's own routes and neighbours, asked for the way to an address. */
#ifndef FP_HOP_ASK_H
#define FP_HOP_ASK_H

#include <linux/if_ether.h>
#include "fp_address.h"
#include "fp_packet.h"
#include "fp_served.h"

#define FP_AF_INET 2
#define FP_AF_INET6 10

/* A record before it is entered: too large for the stack. One per CPU. */
struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_next_hop);
} fp_hop_draft SEC(".maps");

/* The kernel's way to an address into the draft: 0, or a drop code. */
static __always_inline int fp_hop_ask(struct xdp_md *ctx, const struct fp_packet *packet,
				      const struct fp_address *destination, struct fp_next_hop *draft)
{
	struct bpf_fib_lookup way = {.ifindex = packet->ingress_ifindex};
	const struct fp_interface *interface;

	if (fp_is_ipv4(destination)) {
		way.family = FP_AF_INET;
		way.ipv4_dst = destination->be32[3];
	} else {
		way.family = FP_AF_INET6;
		__builtin_memcpy(way.ipv6_dst, destination->bytes, sizeof(way.ipv6_dst));
	}
	if (bpf_fib_lookup(ctx, &way, sizeof(way), 0) != BPF_FIB_LKUP_RET_SUCCESS)
		return FP_DROP_NO_NEXT_HOP;
	if (fp_find_interface(way.ifindex, &interface) < 0 || !interface)
		return FP_DROP_NO_EGRESS;
	__builtin_memset(draft, 0, sizeof(*draft));
	draft->state = FP_NEXT_HOP_VALID;
	draft->ifindex = way.ifindex;
	draft->mtu = interface->mtu;
	draft->proved_ns = packet->now_ns;
	__builtin_memcpy(draft->destination_mac, way.dmac, ETH_ALEN);
	__builtin_memcpy(draft->source_mac, interface->mac, ETH_ALEN);
	if (way.family == FP_AF_INET)
		fp_set_ipv4(&draft->gateway, way.ipv4_dst);
	else
		__builtin_memcpy(draft->gateway.bytes, way.ipv6_dst, sizeof(way.ipv6_dst));
	return 0;
}

#endif

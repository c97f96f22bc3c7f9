/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A hop whose neighbour nobody proves: the control thread does each 15 seconds, while there is one. When it is gone, the
 * kernel engine asks the kernel for the neighbour's MAC now and then, and takes a new one. What it is not told (forwarding
 * is off, or the kernel has forgotten the neighbour) leaves the hop as it is: the MAC that was right is the best there is.
 */
#ifndef FP_HOP_PROOF_H
#define FP_HOP_PROOF_H

#include "fp_heard.h"
#include "fp_hop_ask.h"

/* Four proofs of the control thread have not come. */
#define FP_HOP_PROOF_LIMIT_NS 60000000000ULL

/* How soon after one attempt the next one is due. */
#define FP_HOP_PROOF_RETRY_NS 5000000000ULL

/* Takes the MAC that the kernel tells, if the hop is still as it was found. */
static __always_inline void fp_hop_renew(struct fp_next_hop *hop, __u64 mac)
{
	volatile __u64 *mac_word = (volatile __u64 *)hop->destination_mac;

	if ((*mac_word & FP_MAC_MASK) == mac)
		return;
	if (__sync_val_compare_and_swap(&hop->state, FP_NEXT_HOP_VALID, FP_NEXT_HOP_CLAIMED) != FP_NEXT_HOP_VALID)
		return;
	*mac_word = (*mac_word & ~FP_MAC_MASK) | mac;
	__sync_lock_test_and_set(&hop->state, FP_NEXT_HOP_VALID); /* release: an exchange is a full barrier */
}

/* Whether nobody has proved the hop of `hop_index` for long. */
static __always_inline int fp_hop_is_due(const struct fp_packet *packet)
{
	__u32 hop_index = packet->hop_index;
	const struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	__u64 proved_ns;

	if (!hop)
		return 0;
	proved_ns = *(const volatile __u64 *)&hop->proved_ns;
	return proved_ns && (__s64)(packet->now_ns - proved_ns) >= (__s64)FP_HOP_PROOF_LIMIT_NS;
}

/* Has the hop of `hop_index` proved if that is due. One CPU asks: the one that moves `proved_ns` on. */
__noinline int fp_hop_prove(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_next_hop *draft, *hop;
	__u32 first = 0, hop_index;
	__u64 proved_ns;

	if (!packet)
		return 0;
	hop_index = packet->hop_index;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	draft = bpf_map_lookup_elem(&fp_hop_draft, &first);
	if (!hop || !draft || *(volatile __u32 *)&hop->state != FP_NEXT_HOP_VALID)
		return 0;
	proved_ns = *(volatile __u64 *)&hop->proved_ns;
	if (!proved_ns || (__s64)(packet->now_ns - proved_ns) < (__s64)FP_HOP_PROOF_LIMIT_NS)
		return 0;
	if (__sync_val_compare_and_swap(&hop->proved_ns, proved_ns,
					packet->now_ns - FP_HOP_PROOF_LIMIT_NS + FP_HOP_PROOF_RETRY_NS) != proved_ns)
		return 0;
	if (fp_hop_ask(ctx, packet, &hop->gateway, draft) || draft->ifindex != hop->ifindex ||
	    !fp_same_address(&draft->gateway, &hop->gateway))
		return 0;
	fp_hop_renew(hop, fp_mac_at(draft->destination_mac));
	*(volatile __u64 *)&hop->proved_ns = packet->now_ns;
	return 1;
}

#endif

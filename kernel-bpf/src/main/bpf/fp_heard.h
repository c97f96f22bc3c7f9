/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What a neighbour's own word teaches the next-hop table: a record of its key that waits for the kernel's answer takes
 * its MAC. Java twins: NextHopResolver.heardOf, NextHopTable; fp_next_hop.h has the record.
 *
 * A record is written by who takes `state` to CLAIMED by compare-and-swap. The destination MAC and the first two bytes
 * of the source MAC are one aligned word, and the source MAC never changes, so a changed destination MAC is one store.
 */
#ifndef FP_HEARD_H
#define FP_HEARD_H

#include "fp_tuple.h"
#include "fp_turn.h"

#define FP_HEARD_PROBE_LIMIT 32
#define FP_HEARD_CLIENT_SHARE 4
#define FP_HEARD_SPREAD 0x9e3779b97f4a7c15ULL
#define FP_HEARD_OF_NOBODY 0

/* Whose word it is. Tags are as they stand in memory, TPID first; those that there are not are 0. */
struct fp_neighbour {
	struct fp_address gateway;
	__u32 ifindex;
	__u32 tag_count;
	__u32 outer_tag;
	__u32 inner_tag;
};

static __always_inline __u32 fp_heard_state(const struct fp_next_hop *hop)
{
	return *(const volatile __u32 *)&hop->state;
}

static __always_inline __u32 fp_heard_outer_tag(const struct fp_next_hop *hop)
{
	return hop->outer_tag.tpid_be | (__u32)hop->outer_tag.tci_be << 16;
}

static __always_inline __u32 fp_heard_inner_tag(const struct fp_next_hop *hop)
{
	return hop->inner_tag.tpid_be | (__u32)hop->inner_tag.tci_be << 16;
}

/* The record may be in any state: one that is being claimed anew has ifindex 0 until its key is whole. */
static __always_inline int fp_heard_has_key(const struct fp_next_hop *hop, const struct fp_neighbour *neighbour)
{
	return *(const volatile __u32 *)&hop->ifindex == neighbour->ifindex &&
	       fp_same_address(&hop->gateway, &neighbour->gateway) && hop->tag_count == neighbour->tag_count &&
	       fp_heard_outer_tag(hop) == neighbour->outer_tag && fp_heard_inner_tag(hop) == neighbour->inner_tag;
}

static __always_inline __u64 fp_heard_mix(__u64 hash, __u64 word)
{
	return (hash ^ hash >> 32 ^ word) * FP_HEARD_SPREAD;
}

/* Where among `count` records the search begins. Tags are widened with their sign, as Java does. */
static __always_inline __u32 fp_heard_home(const struct fp_neighbour *neighbour, __u32 count)
{
	__u64 hash = neighbour->ifindex * FP_HEARD_SPREAD;

	hash = fp_heard_mix(hash, neighbour->gateway.words[0]);
	hash = fp_heard_mix(hash, neighbour->gateway.words[1]);
	hash = fp_heard_mix(hash, (__s64)(__s32)neighbour->outer_tag);
	hash = fp_heard_mix(hash, (__s64)(__s32)neighbour->inner_tag);
	return (hash >> 32) * count >> 32;
}

/* Index of a current record among `count` from `first` on, or FP_HEARD_OF_NOBODY. */
static __always_inline __u32 fp_heard_find(const struct fp_neighbour *neighbour, __u32 first, __u32 count)
{
	__u32 home = fp_heard_home(neighbour, count);

	for (__u32 i = 0; i < FP_HEARD_PROBE_LIMIT && i < count; i++) {
		__u32 index = first + (home + i) % count;
		const struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &index);
		__u32 state;

		if (!hop)
			break;
		state = fp_heard_state(hop);
		if (fp_is_current_hop(state) && fp_heard_has_key(hop, neighbour))
			return index;
	}
	return FP_HEARD_OF_NOBODY;
}

/*
 * Takes the MAC of a frame that came from a hop whose MAC the kernel has not told: INCOMPLETE becomes PROVISIONAL, a
 * PROVISIONAL one follows the last frame, a VALID one is left alone. Answers whether the record changed.
 */
static __always_inline int fp_heard_learn(__u32 index, __u64 mac)
{
	struct fp_next_hop *hop = bpf_map_lookup_elem(&fp_next_hops, &index);
	volatile __u64 *mac_word;
	__u32 state;

	if (index == FP_HEARD_OF_NOBODY || !hop)
		return 0;
	state = fp_heard_state(hop);
	mac_word = (volatile __u64 *)hop->destination_mac;
	if (state != FP_NEXT_HOP_INCOMPLETE &&
	    (state != FP_NEXT_HOP_PROVISIONAL || (*mac_word & FP_MAC_MASK) == mac))
		return 0;
	if (__sync_val_compare_and_swap(&hop->state, state, FP_NEXT_HOP_CLAIMED) != state)
		return 0;
	*mac_word = (*mac_word & ~FP_MAC_MASK) | mac;
	__sync_lock_test_and_set(&hop->state, FP_NEXT_HOP_PROVISIONAL); /* release: an exchange is a full barrier */
	return 1;
}

/*
 * Takes the MAC of a neighbour that spoke, if a hop over it is in the table and the kernel has not told its MAC. The
 * last quarter of the table is the clients' own: it is asked apart. Answers how many records changed.
 */
__noinline int fp_heard_of(const struct fp_neighbour *neighbour, __u64 mac)
{
	__u32 zero = 0, capacity, client_first;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &zero);
	int changed;

	if (!neighbour || !config || !fp_is_unicast_mac(mac))
		return 0;
	capacity = config->next_hop_capacity;
	client_first = capacity - capacity / FP_HEARD_CLIENT_SHARE;
	changed = fp_heard_learn(fp_heard_find(neighbour, 1, client_first - 1), mac);
	return changed + fp_heard_learn(fp_heard_find(neighbour, client_first, capacity - client_first), mac);
}

#endif

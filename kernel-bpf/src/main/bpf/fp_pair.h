/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Between which addresses replies go in fragments. A later fragment tells nothing but its addresses, and those of a reply
 * are no VIP's: it is known by its datagram, once the first fragment was let through. Between two workers' batches that
 * is too late for those that follow on its heels, and for one that overtakes it, it is too early. So steering remembers
 * the pair of addresses for a minute from each fragment of a known reply on, and takes what goes between the same two for a
 * reply.
 *
 * A direct-mapped cache, private to steering: a u64 per slot, the pair's hash above and the time below, stored and
 * loaded whole. A pair that loses its slot, or was never seen, costs fragments that come too early. Java twin:
 * RarePackets.
 */
#ifndef FP_PAIR_H
#define FP_PAIR_H

#include "fp_flow_find.h"
#include "fp_hash.h"
#include "fp_packet.h"

enum fp_pair_constant {
	FP_PAIR_SLOTS = 4096, /* 32 KiB */
	FP_PAIR_LIFETIME_TICKS = 57220, /* 60 s */
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, FP_PAIR_SLOTS);
	__type(key, __u32);
	__type(value, __u64);
} fp_pairs SEC(".maps");

static __always_inline __u32 fp_pair_hash(const struct fp_packet *packet)
{
	const struct fp_config *config = fp_configuration();

	return config ? fp_tuple_hash(config->hash_key, &packet->tuple.source, &packet->tuple.destination, 0, 0) : 0;
}

/* Remembers the pair of a fragment of a known reply. */
static __always_inline void fp_pair_note(const struct fp_packet *packet)
{
	__u32 hash = fp_pair_hash(packet), slot_index = fp_hash_slot(hash, FP_PAIR_SLOTS);
	__u64 *slot = bpf_map_lookup_elem(&fp_pairs, &slot_index);

	if (slot)
		*(volatile __u64 *)slot = (__u64)hash << 32 | packet->now_ticks;
}

/* Whether a fragment goes between a pair that is remembered. */
static __always_inline int fp_pair_is_known(const struct fp_packet *packet)
{
	__u32 hash = fp_pair_hash(packet), slot_index = fp_hash_slot(hash, FP_PAIR_SLOTS);
	const __u64 *slot = bpf_map_lookup_elem(&fp_pairs, &slot_index);
	__u64 seen = slot ? *(const volatile __u64 *)slot : 0;

	return seen && seen >> 32 == hash && packet->now_ticks - (__u32)seen < FP_PAIR_LIFETIME_TICKS;
}

#endif

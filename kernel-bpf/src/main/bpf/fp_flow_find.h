/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Look-up through the homes' bitmaps. Both directions are found by one look-up, because each slot stands where the hash
 * of its own packets' tuple leads. Bit i of the home's bitmap says that the slot i * (i + 1) / 2 further on holds an
 * entry of this home: a bitmap of 0 is a miss for one cache line, and the usual hit is at bit 0, in the same line. The
 * table has more slots than the longest such step, 276. Java twins: Neighbourhood, PendingEntry.
 */
#ifndef FP_FLOW_FIND_H
#define FP_FLOW_FIND_H

#include "fp_flow_handle.h"
#include "fp_flow_tuple.h"

/* One direction on its way into the table. */
struct fp_flow_entry {
	struct fp_tuple tuple;
	__u32 home_index;
	__u32 validated_hop; /* under which no entry had this tuple: what publication compares with */
	__u32 hop_bit;       /* of the claimed position, in the home's word */
	__u32 slot_index;    /* the claimed slot */
	__u32 control;       /* of that slot, as this writer left it */
	__u32 reserved;
};

static __always_inline const struct fp_config *fp_configuration(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&fp_config, &first);
}

/*
 * A home's i-th position: triangular distances, so that neighbours of different homes part soon. Reckoned from the home
 * each time and not from the last one, so that a loop's rounds look the same to the verifier.
 */
static __always_inline __u32 fp_flow_position(const struct fp_config *config, __u32 home_index, __u32 i)
{
	__u32 position = home_index + (i * (i + 1) >> 1);

	return position < config->flow_slot_count ? position : position - config->flow_slot_count;
}

/* The bit of a slot in its home's word; 0 if it is not one of the home's positions. */
static __always_inline __u32 fp_flow_hop_bit(const struct fp_config *config, __u32 home_index, __u32 slot_index)
{
	__u32 distance = slot_index >= home_index ? slot_index - home_index
						  : slot_index + config->flow_slot_count - home_index;

	for (__u32 i = 0; i < FP_FLOW_HOP_BITS; i++) {
		if (distance < i)
			return 0;
		distance -= i;
		if (!distance)
			return 1u << i;
	}
	return 0;
}

/* The live entry of a tuple among a home's: a handle, or FP_FLOW_NOT_FOUND. */
static __always_inline __u64 fp_flow_search(const struct fp_config *config, const struct fp_tuple *tuple,
					    __u32 home_index, __u32 hop)
{
	__u32 bitmap = hop & FP_FLOW_HOP_MASK;

	for (__u32 i = 0; i < FP_FLOW_HOP_BITS && bitmap; i++, bitmap >>= 1) {
		__u32 slot_index = fp_flow_position(config, home_index, i);
		struct fp_flow *flow;
		__u32 control;

		if (!(bitmap & 1))
			continue;
		flow = fp_flow_slot(slot_index);
		if (!flow)
			continue;
		control = fp_flow_control(flow);
		if (fp_is_of(config, flow, control, tuple) && fp_flow_is_valid(flow, control))
			return fp_flow_handle(slot_index, control);
	}
	return FP_FLOW_NOT_FOUND;
}

/* The connection of a tuple, by either direction. */
__noinline __u64 fp_flow_find(struct fp_tuple *tuple)
{
	const struct fp_config *config = fp_configuration();
	struct fp_flow *home;
	__u32 home_index;

	if (!tuple || !config)
		return FP_FLOW_NOT_FOUND;
	home_index = fp_hash_slot(fp_flow_hash(config, tuple), config->flow_slot_count);
	home = fp_flow_slot(home_index);
	return home ? fp_flow_search(config, tuple, home_index, fp_flow_hop(home)) : FP_FLOW_NOT_FOUND;
}

/* Loads the home's word and looks whether the tuple is there already: FP_FLOW_NOT_FOUND if the word is validated. */
__noinline __u64 fp_flow_validate(struct fp_flow_entry *entry)
{
	const struct fp_config *config = fp_configuration();
	struct fp_flow *home;

	if (!entry || !config)
		return FP_FLOW_BUSY;
	home = fp_flow_slot(entry->home_index);
	if (!home)
		return FP_FLOW_BUSY;
	entry->validated_hop = fp_flow_hop(home);
	return fp_flow_search(config, &entry->tuple, entry->home_index, entry->validated_hop);
}

#endif

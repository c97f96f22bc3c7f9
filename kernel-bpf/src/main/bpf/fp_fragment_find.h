/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The fragment table: a slot's words, and the datagram that a fragment is of. Rare, and functions of their own for it. Java
 * twin: FragmentTable.find.
 */
#ifndef FP_FRAGMENT_FIND_H
#define FP_FRAGMENT_FIND_H

#include "fp_flow_find.h"
#include "fp_packet.h"

#define FP_FRAGMENT_NO_SLOT 0xffffffff

static __always_inline struct fp_fragment *fp_fragment_slot(__u32 slot_index)
{
	return bpf_map_lookup_elem(&fp_fragments, &slot_index);
}

/* Acquire: what the claimant stored is visible if the word says live. */
static __always_inline __u32 fp_fragment_control(const struct fp_fragment *fragment)
{
	__u32 control = *(const volatile __u32 *)&fragment->control;

	FP_FLOW_FENCE();
	return control;
}

static __always_inline int fp_fragment_swap(struct fp_fragment *fragment, __u32 expected, __u32 update)
{
	return __sync_val_compare_and_swap(&fragment->control, expected, update) == expected;
}

static __always_inline __u32 fp_fragment_age(const struct fp_fragment *fragment, __u32 now_ticks)
{
	__u32 age = now_ticks - *(const volatile __u32 *)&fragment->born_ticks;

	return age >> 31 ? 0 : age;
}

/* Whether a slot can be claimed: free, run out, or left by a dead writer. */
static __always_inline int fp_fragment_is_claimable(const struct fp_fragment *fragment, __u32 control, __u32 now_ticks)
{
	__u32 age = fp_fragment_age(fragment, now_ticks);

	switch (control & FP_FRAGMENT_STATE_MASK) {
	case FP_FRAGMENT_FREE:
		return 1;
	case FP_FRAGMENT_CLAIMED:
		return age >= FP_FRAGMENT_ABANDONED_TICKS;
	default:
		return age >= (fp_is_ipv4(&fragment->source) ? FP_FRAGMENT_LIFETIME_IPV4_TICKS
							     : FP_FRAGMENT_LIFETIME_IPV6_TICKS);
	}
}

static __always_inline __u32 fp_fragment_home(const struct fp_packet *packet)
{
	const struct fp_config *config = fp_configuration();

	if (!config)
		return 0;
	return fp_hash_slot(fp_tuple_hash(config->hash_key, &packet->tuple.source, &packet->tuple.destination,
					  packet->fragment_id, packet->fragment_protocol),
			    FP_FRAGMENT_SLOTS);
}

static __always_inline int fp_fragment_is_of(const struct fp_fragment *fragment, const struct fp_packet *packet)
{
	return fragment->identification == packet->fragment_id && fragment->protocol == packet->fragment_protocol &&
	       fp_same_address(&fragment->source, &packet->tuple.source) &&
	       fp_same_address(&fragment->destination, &packet->tuple.destination);
}

/* The packet's datagram in another slot than `except_index`: slot and control, as of a flow's handle, or 0. */
__noinline __u64 fp_fragment_find(struct fp_packet *packet, __u32 except_index)
{
	__u32 home_index, now_ticks;

	if (!packet)
		return 0;
	home_index = fp_fragment_home(packet);
	now_ticks = packet->now_ticks;
	for (__u32 i = 0; i < FP_FRAGMENT_PROBE_LIMIT; i++) {
		__u32 slot_index = (home_index + i) % FP_FRAGMENT_SLOTS;
		struct fp_fragment *fragment = fp_fragment_slot(slot_index);
		__u32 control;

		if (!fragment)
			return 0;
		control = fp_fragment_control(fragment);
		if ((control & FP_FRAGMENT_STATE_MASK) >= FP_FRAGMENT_LIVE && slot_index != except_index &&
		    fp_fragment_is_of(fragment, packet) && !fp_fragment_is_claimable(fragment, control, now_ticks))
			return fp_flow_handle(slot_index, control);
	}
	return 0;
}

/* Looks a later fragment's datagram up: sets `fragment_found` and the handle of its flow, both 0 if there is none. */
__noinline int fp_fragment_look_up(struct fp_packet *packet)
{
	struct fp_fragment *fragment;
	__u64 found, handle;

	if (!packet)
		return 0;
	packet->handle = 0;
	found = fp_fragment_find(packet, FP_FRAGMENT_NO_SLOT);
	packet->fragment_found = found;
	fragment = fp_fragment_slot((__u32)found);
	if (!found || !fragment)
		return 0;
	handle = fp_flow_handle(fragment->flow_index, fragment->flow_control);
	FP_FLOW_FENCE();
	if ((fp_fragment_control(fragment) ^ (found >> 32)) & ~FP_FRAGMENT_STATE_MASK)
		packet->fragment_found = 0;
	else
		packet->handle = handle;
	return 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Finds a slot for a new entry among its home's positions: a free one, else one whose connection has expired or whose
 * writer is dead, else that of the half-open connection that is idle longest. Established connections never make room.
 * Java twin: SlotClaimer.
 */
#ifndef FP_FLOW_CLAIM_H
#define FP_FLOW_CLAIM_H

#include "fp_flow_expire.h"

enum fp_flow_claim_limit {
	FP_FLOW_EVICTIONS = 4, /* how often room is made before the table is full: others may take what was freed */
};

/* Claims the first free slot among the home's positions, if there is one. */
__noinline int fp_flow_claim_free(struct fp_flow_entry *entry, __u32 kind, __u32 now_ticks)
{
	const struct fp_config *config = fp_configuration();

	if (!entry || !config)
		return 0;
	for (__u32 i = 0; i < FP_FLOW_HOP_BITS; i++) {
		__u32 slot_index = fp_flow_position(config, entry->home_index, i);
		struct fp_flow *flow;
		__u32 control;

		flow = fp_flow_slot(slot_index);
		if (!flow)
			return 0;
		control = fp_flow_control(flow);
		if (fp_flow_state_of(control) != FP_FLOW_FREE)
			continue;
		/* If the slot goes to another, its time is that of now all the same. */
		fp_flow_touch(flow, now_ticks);
		if (!fp_flow_swap_control(flow, control, fp_flow_claimed(control, kind)))
			continue;
		FP_FLOW_FENCE(); /* readers of the former tenant see the claim before the new fields */
		entry->slot_index = slot_index;
		entry->control = fp_flow_claimed(control, kind);
		entry->hop_bit = 1u << i;
		return 1;
	}
	return 0;
}

static __always_inline int fp_flow_is_embryonic(__u32 state)
{
	return state == FP_FLOW_TCP_SYN_SENT || state == FP_FLOW_TCP_SYN_RECV || state == FP_FLOW_TCP_SYN_SENT2 ||
	       state == FP_FLOW_UDP_SINGLE;
}

/* Evicts the connection of a slot, if it is embryonic by its forward slot too: that is the truth. */
__noinline int fp_flow_evict(__u32 slot_index, __u32 now_ticks)
{
	struct fp_flow *flow = fp_flow_slot(slot_index);
	struct fp_flow *forward;
	__u32 forward_control;
	__u32 forward_index;
	__u32 control;

	if (!flow)
		return 0;
	control = fp_flow_control(flow);
	forward_index = fp_flow_is_reverse(control) ? flow->peer_index : slot_index;
	forward = fp_flow_slot(forward_index);
	if (!forward)
		return 0;
	forward_control = fp_flow_control(forward);
	if (!fp_flow_is_live(control) || !fp_flow_is_embryonic(fp_flow_state_of(forward_control)) ||
	    !fp_flow_is_forward_of(forward, forward_index, forward_control, flow, fp_flow_handle(slot_index, control)))
		return 0;
	if (fp_flow_remove_pair(forward, forward_index, forward_control, now_ticks))
		fp_flow_event(FP_FLOW_EVICTED_EMBRYONIC);
	return 0;
}

/*
 * Whether a visit of a slot may free something, as far as the slot itself tells: 0, or in the low half the slot to
 * visit if that one does not: a reverse slot goes with its forward one.
 */
__noinline __u64 fp_flow_due(__u32 slot_index, __u32 now_ticks)
{
	struct fp_flow *flow = fp_flow_slot(slot_index);
	__u32 control;

	if (!flow)
		return 0;
	control = fp_flow_control(flow);
	if (!fp_flow_is_due(control, fp_flow_idle_ticks(flow, now_ticks)))
		return 0;
	return 1ULL << 32 |
	       (fp_flow_is_live(control) && fp_flow_is_reverse(control) ? flow->peer_index : FP_FLOW_NO_SLOT);
}

/* Frees a slot whose connection has expired, or whose writer is dead. Whether there was one. */
static __always_inline int fp_flow_reuse(const struct fp_config *config, __u32 home_index, __u32 now_ticks)
{
	for (__u32 i = 0; i < FP_FLOW_HOP_BITS; i++) {
		__u32 slot_index = fp_flow_position(config, home_index, i);
		__u64 due = fp_flow_due(slot_index, now_ticks);

		if (due && (fp_flow_visit(slot_index, now_ticks) || fp_flow_visit(due, now_ticks)))
			return 1;
	}
	return 0;
}

/* Ticks that a slot with an embryonic state has been idle, and 1; 0 for any other. */
__noinline __u32 fp_flow_embryonic_age(__u32 slot_index, __u32 now_ticks)
{
	struct fp_flow *flow = fp_flow_slot(slot_index);

	if (!flow || !fp_flow_is_embryonic(fp_flow_state_of(fp_flow_control(flow))))
		return 0;
	return fp_flow_idle_ticks(flow, now_ticks) + 1;
}

/* The slot with an embryonic state that is idle longest, or FP_FLOW_NO_SLOT. */
static __always_inline __u32 fp_flow_oldest_embryonic(const struct fp_config *config, __u32 home_index, __u32 now_ticks)
{
	__u32 oldest_index = FP_FLOW_NO_SLOT;
	__u32 oldest_age = 0;

	for (__u32 i = 0; i < FP_FLOW_HOP_BITS; i++) {
		__u32 slot_index = fp_flow_position(config, home_index, i);
		__u32 age = fp_flow_embryonic_age(slot_index, now_ticks);

		if (age > oldest_age) {
			oldest_index = slot_index;
			oldest_age = age;
		}
	}
	return oldest_index;
}

/* Judges by the slots at hand; their partners stand elsewhere and cost a cache miss each. 0 if nothing can go. */
static __always_inline int fp_flow_make_room(const struct fp_config *config, __u32 home_index, __u32 now_ticks)
{
	__u32 oldest_index;

	if (fp_flow_reuse(config, home_index, now_ticks))
		return 1;
	oldest_index = fp_flow_oldest_embryonic(config, home_index, now_ticks);
	if (oldest_index == FP_FLOW_NO_SLOT)
		return 0;
	fp_flow_evict(oldest_index, now_ticks);
	return 1; /* or somebody else changed it: worth another look */
}

/* Claims a slot for an entry whose home is known, making room if there must be. Whether there was one. */
__noinline int fp_flow_claim(struct fp_flow_entry *entry, __u32 kind, __u32 now_ticks)
{
	const struct fp_config *config = fp_configuration();

	if (!entry || !config)
		return 0;
	for (__u32 i = 0; i < FP_FLOW_EVICTIONS; i++) {
		if (fp_flow_claim_free(entry, kind, now_ticks))
			return 1;
		if (!fp_flow_make_room(config, entry->home_index, now_ticks))
			return 0;
	}
	return fp_flow_claim_free(entry, kind, now_ticks);
}

#endif

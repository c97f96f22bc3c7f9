/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The step that makes an entry visible: the swap of its home's word is where an insertion takes effect. Java twin: Neighbourhood. */
#ifndef FP_FLOW_PUBLISH_H
#define FP_FLOW_PUBLISH_H

#include "fp_flow_find.h"

/* Clears the bit of an entry that was removed before it was visible: its remover did not see the bit. */
static __always_inline void fp_flow_take_back(struct fp_flow *home, struct fp_flow *flow, __u32 live, __u32 hop_bit)
{
	for (__u32 i = 0; i < FP_FLOW_RETRIES; i++) {
		__u32 hop = fp_flow_hop(home);
		__u32 control = fp_flow_control(flow);
		__u32 state = fp_flow_state_of(control);
		int is_next_tenants = !fp_flow_is_same_tenant(control, live) && state != FP_FLOW_FREE &&
				      state != FP_FLOW_CLAIMED;

		if (!(hop & hop_bit) || is_next_tenants || fp_flow_swap_hop(home, hop, hop & ~hop_bit))
			return;
	}
}

/*
 * Makes a claimed and filled slot live, then visible, unless an entry of the same tuple appeared meanwhile.
 * FP_FLOW_NOT_FOUND if published; the rival's handle; or FP_FLOW_BUSY, if somebody else removed it at once or the
 * contention does not end.
 */
__noinline __u64 fp_flow_publish(struct fp_flow_entry *entry, __u32 state)
{
	struct fp_flow *flow;
	struct fp_flow *home;
	__u32 live;

	if (!entry)
		return FP_FLOW_BUSY;
	flow = fp_flow_slot(entry->slot_index);
	home = fp_flow_slot(entry->home_index);
	live = fp_flow_with_state(entry->control, state);
	if (!flow || !home || !fp_flow_swap_control(flow, entry->control, live))
		return FP_FLOW_BUSY; /* held to be dead, and reclaimed */
	entry->control = live;
	for (__u32 i = 0; i < FP_FLOW_RETRIES; i++) {
		__u32 hop = entry->validated_hop;
		__u64 rival;

		if (fp_flow_swap_hop(home, hop, (hop | entry->hop_bit) + (1u << FP_FLOW_HOP_COUNT_SHIFT))) {
			if (fp_flow_is_valid(flow, live))
				return FP_FLOW_NOT_FOUND;
			fp_flow_take_back(home, flow, live, entry->hop_bit);
			return FP_FLOW_BUSY;
		}
		rival = fp_flow_validate(entry);
		if (rival != FP_FLOW_NOT_FOUND)
			return rival;
	}
	return FP_FLOW_BUSY;
}

#endif

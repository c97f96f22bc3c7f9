/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Takes connections out, both directions together; also those that a dead writer left half in or half out. Every step
 * is a compare-and-swap on a word that names the tenant, so several may work at one removal, and one who was stopped in
 * the middle for an hour does no harm when it goes on. Java twins: FlowRemover, Neighbourhood.hide.
 */
#ifndef FP_FLOW_REMOVE_H
#define FP_FLOW_REMOVE_H

#include "fp_flow_event.h"
#include "fp_flow_find.h"
#include "fp_open_count.h"

/* Makes a dying entry invisible, if it is not so already. Several may do it at once. */
static __always_inline void fp_flow_hide(const struct fp_config *config, struct fp_flow *flow, __u32 slot_index,
					 __u32 dying)
{
	__u32 home_index = fp_flow_home_of(config, flow, dying);
	struct fp_flow *home = fp_flow_slot(home_index);
	__u32 bit;

	if (!home)
		return;
	bit = fp_flow_hop_bit(config, home_index, slot_index);
	for (__u32 i = 0; i < FP_FLOW_RETRIES; i++) {
		__u32 hop = fp_flow_hop(home);

		if (!(hop & bit) || fp_flow_control(flow) != dying || fp_flow_swap_hop(home, hop, hop & ~bit))
			return;
	}
}

/* The last steps of a slot: invisible, then free. Whether this call freed it. */
__noinline int fp_flow_finish(__u32 slot_index, __u32 dying)
{
	const struct fp_config *config = fp_configuration();
	struct fp_flow *flow = fp_flow_slot(slot_index);

	if (!config || !flow)
		return 0;
	fp_flow_hide(config, flow, slot_index, dying);
	return fp_flow_swap_control(flow, dying, fp_flow_freed(dying));
}

/* Whether a slot is the reverse direction of a forward one: both words must be of one reading. */
static __always_inline int fp_flow_is_reverse_of(const struct fp_flow *reverse, __u32 control, __u32 forward_index)
{
	return fp_flow_state_of(control) >= FP_FLOW_DYING && fp_flow_is_reverse(control) &&
	       reverse->peer_index == forward_index;
}

/* Removes the reverse slot of a forward one, if it is that: whether it is live or dying already. */
static __always_inline void fp_flow_remove_reverse(__u32 reverse_index, __u32 forward_index, __u32 now_ticks)
{
	struct fp_flow *reverse = fp_flow_slot(reverse_index);

	if (!reverse)
		return;
	for (__u32 i = 0; i < FP_FLOW_RETRIES; i++) {
		__u32 control = fp_flow_control(reverse);

		if (!fp_flow_is_reverse_of(reverse, control, forward_index))
			return;
		if (fp_flow_state_of(control) == FP_FLOW_DYING || fp_flow_kill(reverse, control, now_ticks)) {
			fp_flow_finish(reverse_index, fp_flow_with_state(control, FP_FLOW_DYING));
			return;
		}
	}
}

/* What a connection is counted by where there is a limit, by its forward slot; 0 where it is not. */
__noinline __u64 fp_flow_counted_by(__u32 forward_index, __u32 dying)
{
	const struct fp_config *config = fp_configuration();
	const struct fp_flow *forward = fp_flow_slot(forward_index);

	if (!config || !forward || !(dying & FP_FLOW_KIND_COUNTED << FP_FLOW_KIND_SHIFT))
		return 0;
	return fp_open_tag(config, &forward->client, forward->service_index);
}

/*
 * Goes on with the removal of a connection whose forward slot is dying. The reverse slot is free before the forward one
 * is: a live reverse slot has its forward one beside it. Whether this call freed it; that is counted as closed, unless
 * nobody has been told of the connection.
 */
__noinline int fp_flow_dismantle(__u32 forward_index, __u32 dying, __u32 now_ticks, int is_published)
{
	struct fp_flow *forward = fp_flow_slot(forward_index);
	__u32 backend_index;
	__u32 service_index;
	__u32 reverse_index;
	__u64 counted_by;

	if (!forward)
		return 0;
	backend_index = forward->backend_index;
	service_index = forward->service_index;
	reverse_index = forward->peer_index;
	counted_by = fp_flow_counted_by(forward_index, dying);
	if (fp_flow_control(forward) != dying)
		return 0; /* somebody else finished it */
	fp_flow_remove_reverse(reverse_index, forward_index, now_ticks);
	if (!fp_flow_finish(forward_index, dying))
		return 0;
	if (!is_published)
		return 1;
	fp_flow_backend_event(0, backend_index);
	if (counted_by)
		fp_open_add(counted_by, service_index, -1);
	return 1;
}

/* Removes a connection by its live forward slot. Whether this call won: not if the word has changed since. */
static __always_inline int fp_flow_remove_pair(struct fp_flow *forward, __u32 forward_index, __u32 control,
					       __u32 now_ticks)
{
	if (!fp_flow_kill(forward, control, now_ticks))
		return 0;
	fp_flow_dismantle(forward_index, fp_flow_with_state(control, FP_FLOW_DYING), now_ticks, 1);
	return 1;
}

/* The same for a connection that nobody has been told of, and nobody shall be. */
static __always_inline int fp_flow_remove_unpublished(struct fp_flow *forward, __u32 forward_index, __u32 control,
						      __u32 now_ticks)
{
	return fp_flow_kill(forward, control, now_ticks) &&
	       fp_flow_dismantle(forward_index, fp_flow_with_state(control, FP_FLOW_DYING), now_ticks, 0);
}

/*
 * Takes back a connection whose forward slot this writer made live, leaving `control`, but could not publish. 0 if
 * somebody else had removed it, and counted it closed.
 */
__noinline int fp_flow_withdraw(__u32 forward_index, __u32 control, __u32 now_ticks)
{
	struct fp_flow *forward = fp_flow_slot(forward_index);

	for (__u32 i = 0; forward && i < FP_FLOW_RETRIES; i++) {
		__u32 current = fp_flow_control(forward);

		if (!fp_flow_is_same_tenant(current, control) || !fp_flow_is_live(current))
			return 0;
		if (fp_flow_remove_unpublished(forward, forward_index, current, now_ticks))
			return 1;
	}
	return 1;
}

/* Gives back a slot that is not visible: a claim, or a live entry before its publication. */
__noinline int fp_flow_release(__u32 slot_index, __u32 control)
{
	struct fp_flow *flow = fp_flow_slot(slot_index);

	for (__u32 i = 0; flow && i < FP_FLOW_RETRIES; i++) {
		__u32 current = fp_flow_control(flow);
		__u32 state = fp_flow_state_of(current);

		if (!fp_flow_is_same_tenant(current, control) || state == FP_FLOW_FREE || state == FP_FLOW_DYING)
			return 0; /* somebody else's, or somebody else is at it */
		if (fp_flow_swap_control(flow, current, fp_flow_freed(current)))
			return 1;
	}
	return 0;
}

#endif

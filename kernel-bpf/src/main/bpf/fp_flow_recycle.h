/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Takes a tuple back from a connection that needs it no more, for a new one that found no other: from one that has
 * expired and was not swept yet, or that has ended (TIME_WAIT, or reset) and been silent for a second (Linux:
 * tcp_tw_reuse_delay; RFC 6191). Java twin: PortRecycler.
 */
#ifndef FP_FLOW_RECYCLE_H
#define FP_FLOW_RECYCLE_H

#include "fp_flow_expire.h"

enum fp_flow_recycle_limit {
	FP_FLOW_SILENT = 953, /* ticks: one second */
};

static __always_inline int fp_flow_is_ended(__u32 state)
{
	return state == FP_FLOW_TCP_TIME_WAIT || state == FP_FLOW_TCP_CLOSE;
}

/*
 * Whether the tuple of a connection could be had, by the handle of its reverse slot: 0 also where it just changed; else
 * the handle of its forward slot.
 */
static __always_inline __u64 fp_flow_recyclable(__u64 handle, __u32 now_ticks)
{
	struct fp_flow *reverse = fp_flow_slot(fp_flow_index_of(handle));
	struct fp_flow *forward;
	__u32 forward_index, control, state, idle_ticks, reverse_ticks;

	if (!reverse)
		return 0;
	forward_index = fp_flow_is_reverse(fp_flow_control_of(handle)) ? reverse->peer_index : fp_flow_index_of(handle);
	forward = fp_flow_slot(forward_index);
	if (!forward)
		return 0;
	control = fp_flow_control(forward);
	state = fp_flow_state_of(control);
	idle_ticks = fp_flow_idle_ticks(forward, now_ticks);
	reverse_ticks = fp_flow_idle_ticks(reverse, now_ticks);
	if (reverse_ticks < idle_ticks)
		idle_ticks = reverse_ticks;
	if (!fp_flow_is_forward_of(forward, forward_index, control, reverse, handle))
		return 0;
	if (!(fp_flow_is_ended(state) && idle_ticks > FP_FLOW_SILENT) && !fp_flow_is_expired(state, idle_ticks))
		return 0;
	return fp_flow_handle(forward_index, control);
}

__noinline int fp_flow_is_recyclable(__u64 handle, __u32 now_ticks)
{
	return fp_flow_recyclable(handle, now_ticks) != 0;
}

/* Removes the connection, if it is still so. */
__noinline int fp_flow_recycle(__u64 handle, __u32 now_ticks)
{
	__u64 found = fp_flow_recyclable(handle, now_ticks);
	__u32 forward_index = fp_flow_index_of(found);
	struct fp_flow *forward = fp_flow_slot(forward_index);

	if (found && forward && fp_flow_remove_pair(forward, forward_index, fp_flow_control_of(found), now_ticks))
		fp_flow_event(FP_FLOW_RECYCLED);
	return 0;
}

#endif

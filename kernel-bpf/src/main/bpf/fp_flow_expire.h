/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What one look at one slot finds to do: expired connections go, and so do the remains of writers that died between two
 * steps. Java twins: FlowExpiry, FlowTimeouts.
 */
#ifndef FP_FLOW_EXPIRE_H
#define FP_FLOW_EXPIRE_H

#include "fp_flow_remove.h"
#include "fp_flow_track.h"

/* Whether an idle time is beyond a state's timeout; a state nobody knows has none. */
static __always_inline int fp_flow_is_expired(__u32 state, __u32 idle_ticks)
{
	__u32 first = 0;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);

	if (!control)
		return 0;
	return idle_ticks > (state < FP_CONTROL_STATES ? control->timeout_ticks[state] : 0);
}

static __always_inline int fp_flow_is_abandoned(const struct fp_flow *flow, __u32 now_ticks)
{
	return fp_flow_idle_ticks(flow, now_ticks) > FP_FLOW_ABANDONED;
}

/* Whether a visit may find something to do, as far as the slot itself tells. */
static __always_inline int fp_flow_is_due(__u32 control, __u32 idle_ticks)
{
	return fp_flow_is_live(control) ? fp_flow_is_expired(fp_flow_state_of(control), idle_ticks)
					: idle_ticks > FP_FLOW_ABANDONED;
}

/* They differ only if a writer was stopped while it filled a slot, lost it, and went on. */
static __always_inline int fp_flow_has_same_endpoints(const struct fp_flow *flow, const struct fp_flow *peer)
{
	const __u64 *ports = (const void *)&flow->client_port_be;
	const __u64 *peer_ports = (const void *)&peer->client_port_be;

	return fp_same_address(&flow->client, &peer->client) && fp_same_address(&flow->vip, &peer->vip) &&
	       *ports == *peer_ports && flow->backend_index == peer->backend_index;
}

/* A live entry without its bit: its writer died before publication. A running publication is not so old. */
__noinline int fp_flow_is_lost(__u32 slot_index, __u32 control)
{
	const struct fp_config *config = fp_configuration();
	struct fp_flow *flow = fp_flow_slot(slot_index);
	struct fp_flow *home;
	__u32 home_index;

	if (!config || !flow)
		return 0;
	home_index = fp_flow_home_of(config, flow, control);
	home = fp_flow_slot(home_index);
	if (home && fp_flow_hop(home) & fp_flow_hop_bit(config, home_index, slot_index))
		return 0;
	return fp_flow_is_valid(flow, control);
}

static __always_inline int fp_flow_reclaimed(int is_freed)
{
	if (is_freed)
		fp_flow_event(FP_FLOW_RECLAIMED);
	return is_freed;
}

/* A slot that saw a packet just now is left alone, which spares the other slot's cache miss. */
static __always_inline int fp_flow_visit_forward(struct fp_flow *flow, __u32 slot_index, __u32 control, __u32 now_ticks)
{
	__u32 state = fp_flow_state_of(control);
	__u32 idle_ticks = fp_flow_idle_ticks(flow, now_ticks);
	__u32 reverse_index = flow->peer_index;
	struct fp_flow *reverse;
	__u32 reverse_control;
	int is_pair;

	if (idle_ticks <= FP_FLOW_ABANDONED && !fp_flow_is_expired(state, idle_ticks))
		return 0;
	reverse = fp_flow_slot(reverse_index);
	reverse_control = reverse ? fp_flow_control(reverse) : 0;
	is_pair = reverse && fp_flow_is_reverse_of(reverse, reverse_control, slot_index) &&
		  fp_flow_has_same_endpoints(flow, reverse);
	if (!fp_flow_is_valid(flow, control))
		return 0;
	if (!reverse || !is_pair)
		return fp_flow_reclaimed(fp_flow_remove_pair(flow, slot_index, control, now_ticks));
	if (fp_flow_is_abandoned(flow, now_ticks) && fp_flow_is_lost(slot_index, control))
		return fp_flow_reclaimed(fp_flow_remove_unpublished(flow, slot_index, control, now_ticks));
	if (state != fp_flow_state_of(reverse_control))
		fp_flow_mirror(slot_index, reverse_index);
	return fp_flow_is_expired(state, idle_ticks) &&
	       fp_flow_is_expired(state, fp_flow_idle_ticks(reverse, now_ticks)) &&
	       fp_flow_remove_pair(flow, slot_index, control, now_ticks);
}

/* A reverse slot goes with its forward one; here it goes only if it has none. */
static __always_inline int fp_flow_visit_reverse(struct fp_flow *flow, __u32 slot_index, __u32 control, __u32 now_ticks)
{
	__u32 forward_index = flow->peer_index;
	struct fp_flow *forward = fp_flow_slot(forward_index);
	__u32 forward_control = forward ? fp_flow_control(forward) : 0;
	int is_pair = forward && fp_flow_state_of(forward_control) != FP_FLOW_FREE &&
		      !fp_flow_is_reverse(forward_control) && forward->peer_index == slot_index;

	if (!fp_flow_is_abandoned(flow, now_ticks) || !fp_flow_is_valid(flow, control))
		return 0;
	if (!is_pair)
		return fp_flow_reclaimed(fp_flow_kill(flow, control, now_ticks) &&
					 fp_flow_finish(slot_index, fp_flow_with_state(control, FP_FLOW_DYING)));
	return forward && fp_flow_is_live(forward_control) && fp_flow_is_lost(slot_index, control) &&
	       fp_flow_reclaimed(fp_flow_remove_pair(forward, forward_index, forward_control, now_ticks));
}

/* Looks at a slot; whether this freed it. */
__noinline int fp_flow_visit(__u32 slot_index, __u32 now_ticks)
{
	struct fp_flow *flow = fp_flow_slot(slot_index);
	__u32 control;

	if (!flow)
		return 0;
	control = fp_flow_control(flow);
	if (fp_flow_is_live(control))
		return fp_flow_is_reverse(control) ? fp_flow_visit_reverse(flow, slot_index, control, now_ticks)
						   : fp_flow_visit_forward(flow, slot_index, control, now_ticks);
	if (fp_flow_state_of(control) == FP_FLOW_FREE || !fp_flow_is_abandoned(flow, now_ticks))
		return 0;
	if (fp_flow_state_of(control) == FP_FLOW_CLAIMED)
		return fp_flow_reclaimed(fp_flow_swap_control(flow, control, fp_flow_freed(control)));
	return fp_flow_reclaimed(fp_flow_is_reverse(control)
					 ? fp_flow_finish(slot_index, control)
					 : fp_flow_dismantle(slot_index, control, now_ticks, 1));
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What a packet does to its connection: time and state. The forward slot's control word is the truth about the state;
 * the reverse slot has a copy, so that a packet in the middle of a connection touches its own slot only. Java twins:
 * FlowTracker; FlowTable.stillValid and .nextHopIndex.
 */
#ifndef FP_FLOW_TRACK_H
#define FP_FLOW_TRACK_H

#include "fp_flow_event.h"
#include "fp_flow_handle.h"
#include "fp_tcp.h"

enum fp_flow_verdict {
	FP_FLOW_ACCEPTED = 0,
	FP_FLOW_GONE = -1, /* the connection ended since the look-up: look it up again */
};

/*
 * Copies the state. The copy is read before the truth, and after a swap both are read once more: whoever swaps last
 * has seen the truth unchanged since, and whoever changes it later copies it again.
 */
__noinline int fp_flow_mirror(__u32 forward_index, __u32 reverse_index)
{
	struct fp_flow *forward = fp_flow_slot(forward_index);
	struct fp_flow *reverse = fp_flow_slot(reverse_index);

	if (!forward || !reverse)
		return 0;
	for (__u32 i = 0; i < FP_FLOW_STATE_RETRIES; i++) {
		__u32 copy = fp_flow_control(reverse);
		__u32 truth = fp_flow_control(forward);

		if (!fp_flow_is_live(copy) || !fp_flow_is_reverse(copy) || !fp_flow_is_live(truth) ||
		    fp_flow_state_of(copy) == fp_flow_state_of(truth) || reverse->peer_index != forward_index)
			return 0;
		fp_flow_swap_control(reverse, copy, fp_flow_with_state(copy, fp_flow_state_of(truth)));
	}
	return 0;
}

/*
 * Whether a control word that was just read is that of a handle's live forward slot: the handle's slot is valid after
 * the reading, hence its partner was not free then, and points back at it, hence it is no orphan.
 */
static __always_inline int fp_flow_is_forward_of(const struct fp_flow *forward, __u32 forward_index, __u32 control,
						 const struct fp_flow *flow, __u64 handle)
{
	__u32 slot_index = fp_flow_index_of(handle);

	return fp_flow_is_live(control) && (slot_index == forward_index || forward->peer_index == slot_index) &&
	       fp_flow_is_valid(flow, fp_flow_control_of(handle));
}

static __always_inline int fp_flow_is_udp(__u32 state)
{
	return state == FP_FLOW_UDP_SINGLE || state == FP_FLOW_UDP_STREAM;
}

/* Replies that go past the node can't make a stream of datagrams: there the client's second one does. */
static __always_inline int fp_flow_next_state(__u32 control, __u32 tcp_flags, int is_reverse, int is_closer)
{
	__u32 state = fp_flow_state_of(control);
	int is_direct = fp_flow_is_direct(control);

	if (fp_flow_is_udp(state))
		return is_reverse || is_direct ? FP_FLOW_UDP_STREAM : state;
	return fp_tcp_next(state, tcp_flags, is_reverse, is_closer, is_direct);
}

/* Puts an answer of the state machine into both slots; 0 if the forward slot's word has changed since. */
static __always_inline int fp_flow_apply(__u64 handle, __u32 forward_index, __u32 control, __u32 answer,
					 __u32 tcp_flags)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));
	struct fp_flow *forward = fp_flow_slot(forward_index);
	int is_reverse = fp_flow_index_of(handle) != forward_index;
	__u32 next = answer & FP_FLOW_STATE_MASK;
	__u32 reverse_index;
	struct fp_flow *reverse;

	if (!flow || !forward)
		return 0;
	reverse_index = is_reverse ? fp_flow_index_of(handle) : flow->peer_index;
	if (answer & FP_TCP_REOPENS) {
		forward->tracking = 0;
		reverse = fp_flow_slot(reverse_index);
		if (reverse)
			reverse->tracking = 0;
	} else if (!fp_flow_is_udp(next) && tcp_flags & FP_TCP_FIN) {
		flow->tracking = FP_FLOW_FIN_SEEN;
	}
	if (next != fp_flow_state_of(control) &&
	    !fp_flow_swap_control(forward, control, fp_flow_with_state(control, next)))
		return 0;
	if (next != fp_flow_state_of(control) || is_reverse)
		fp_flow_mirror(forward_index, reverse_index);
	if (answer & FP_TCP_REOPENS)
		fp_flow_event(FP_FLOW_REOPENED);
	return 1;
}

/* The part of tracking that looks at the state. */
__noinline int fp_flow_change(__u64 handle, __u32 tcp_flags)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));
	int is_reverse = fp_flow_is_reverse(fp_flow_control_of(handle));
	struct fp_flow *forward;
	__u32 forward_index;
	int is_closer;

	if (!flow)
		return FP_FLOW_GONE;
	forward_index = is_reverse ? flow->peer_index : fp_flow_index_of(handle);
	forward = fp_flow_slot(forward_index);
	if (!forward)
		return FP_FLOW_GONE;
	is_closer = flow->tracking & FP_FLOW_FIN_SEEN;
	for (__u32 i = 0; i < FP_FLOW_STATE_RETRIES; i++) {
		__u32 control = fp_flow_control(forward);
		int answer;

		if (!fp_flow_is_forward_of(forward, forward_index, control, flow, handle))
			return FP_FLOW_GONE;
		answer = fp_flow_next_state(control, tcp_flags, is_reverse, is_closer);
		if (answer < 0)
			return answer == FP_TCP_BAD_FLAGS ? FP_DROP_TCP_FLAGS : FP_DROP_TCP_STATE;
		if (fp_flow_apply(handle, forward_index, control, answer, tcp_flags))
			return FP_FLOW_ACCEPTED;
	}
	return FP_DROP_FLOW_BUSY;
}

/*
 * Tells a connection of one of its packets: FP_FLOW_ACCEPTED, FP_FLOW_GONE, or FP_DROP_*. In the middle of a connection
 * (TCP established and a plain ACK, UDP of both sides) this touches the handle's own slot only, stores only when
 * the tick is a new one, and leaves it to fp_flow_still_valid to notice a removal.
 */
static __always_inline int fp_flow_track(__u64 handle, __u32 tcp_flags, __u32 now_ticks)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));
	__u32 state = fp_flow_state_of(fp_flow_control_of(handle));
	int is_steady = state == FP_FLOW_TCP_ESTABLISHED ? fp_tcp_is_plain_ack(tcp_flags)
							 : state == FP_FLOW_UDP_STREAM;
	int verdict = is_steady ? FP_FLOW_ACCEPTED : fp_flow_change(handle, tcp_flags);

	if (!flow)
		return FP_FLOW_GONE;
	if (verdict == FP_FLOW_ACCEPTED && flow->last_seen_ticks != now_ticks)
		fp_flow_touch(flow, now_ticks);
	return verdict;
}

/* Whether the slot of a handle is still the same connection's: then all that was read since the look-up is its own. */
static __always_inline int fp_flow_still_valid(__u64 handle)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));

	return flow && fp_flow_is_valid(flow, fp_flow_control_of(handle));
}

/*
 * Remembers where a direction's packets go; 0 to forget. If the slot was given to another meanwhile, the other has to
 * resolve its next hop again. Whether it was the handle's.
 */
__noinline int fp_flow_next_hop(__u64 handle, __u32 hop_index)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(handle));

	if (!flow)
		return 0;
	*(volatile __u16 *)&flow->next_hop_index = hop_index;
	if (fp_flow_is_valid_after_store(flow, fp_flow_control_of(handle)))
		return 1;
	*(volatile __u16 *)&flow->next_hop_index = 0;
	return 0;
}

#endif

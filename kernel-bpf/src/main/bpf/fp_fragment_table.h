/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The fragment table: enters a datagram with its first fragment. Java twin: FragmentTable.enter. */
#ifndef FP_FRAGMENT_TABLE_H
#define FP_FRAGMENT_TABLE_H

#include "fp_flow_event.h"
#include "fp_fragment_accept.h"

/*
 * Chooses a slot: the first that is claimable, else the one of the oldest datagram. Its index below and its control
 * word above, by which it was chosen: who finds another there has lost the slot to somebody. Or FP_FRAGMENT_NO_SLOT.
 */
static __always_inline __u64 fp_fragment_choose(__u32 home_index, __u32 now_ticks, int *is_evicted)
{
	__u32 oldest_index = FP_FRAGMENT_NO_SLOT, oldest_control = 0, oldest_age = 0;

	for (__u32 i = 0; i < FP_FRAGMENT_PROBE_LIMIT; i++) {
		__u32 slot_index = (home_index + i) % FP_FRAGMENT_SLOTS;
		struct fp_fragment *fragment = fp_fragment_slot(slot_index);
		__u32 control, age;

		if (!fragment)
			break;
		control = fp_fragment_control(fragment);
		if (fp_fragment_is_claimable(fragment, control, now_ticks)) {
			*is_evicted = 0;
			return slot_index | (__u64)control << 32;
		}
		age = fp_fragment_age(fragment, now_ticks);
		if ((control & FP_FRAGMENT_STATE_MASK) != FP_FRAGMENT_CLAIMED &&
		    (oldest_index == FP_FRAGMENT_NO_SLOT || age > oldest_age)) {
			oldest_index = slot_index;
			oldest_control = control;
			oldest_age = age;
		}
	}
	*is_evicted = 1;
	return oldest_index | (__u64)oldest_control << 32;
}

/* Claims a chosen slot and describes the datagram in it: its control as published, or 0 where another was faster. */
__noinline __u32 fp_fragment_fill(struct fp_packet *packet, __u64 chosen, __u64 handle)
{
	__u32 slot_index = chosen, control = chosen >> 32, claimed;
	struct fp_fragment *fragment = fp_fragment_slot(slot_index);

	if (!packet || !fragment)
		return 0;
	claimed = (((control & ~FP_FRAGMENT_STATE_MASK) + FP_FRAGMENT_VERSION_ONE)) | FP_FRAGMENT_CLAIMED;
	*(volatile __u32 *)&fragment->born_ticks = packet->now_ticks;
	if (!fp_fragment_swap(fragment, control, claimed))
		return 0;
	fragment->flow_index = fp_flow_index_of(handle);
	fragment->flow_control = fp_flow_control_of(handle);
	fragment->source = packet->tuple.source;
	fragment->destination = packet->tuple.destination;
	fragment->identification = packet->fragment_id;
	fragment->protocol = packet->fragment_protocol;
	fragment->extent = packet->fragment_end & FP_FRAGMENT_U16;
	fragment->tally = FP_FRAGMENT_COUNT_ONE + (packet->fragment_end & FP_FRAGMENT_U16);
	for (__u32 i = 0; i < FP_FRAGMENT_MAP_WORDS; i++)
		fragment->received[i] = 0;
	fp_fragment_mark(slot_index, 0, packet->fragment_end);
	FP_FLOW_FENCE();
	control = (claimed & ~FP_FRAGMENT_STATE_MASK) | FP_FRAGMENT_LIVE;
	return fp_fragment_swap(fragment, claimed, control) ? control : 0;
}

/*
 * Enters a datagram with its first fragment, which belongs to the flow of the handle: 0 or FP_DROP_FRAGMENT_*. One that is
 * known already has this fragment too. Two writers may enter one datagram at once; each looks again when its entry is
 * there to be seen, and who sees another's takes its own back: of two, one is left at most, and two mixed never.
 */
__noinline int fp_fragment_enter(struct fp_packet *packet, __u64 handle)
{
	__u32 slot_index, control, home_index;
	struct fp_fragment *fragment;
	__u64 chosen;
	int is_evicted = 0;

	if (!packet)
		return FP_DROP_INTERNAL;
	packet->fragment_found = fp_fragment_find(packet, FP_FRAGMENT_NO_SLOT);
	if (packet->fragment_found)
		return fp_fragment_accept(packet);
	home_index = fp_fragment_home(packet);
	chosen = fp_fragment_choose(home_index, packet->now_ticks, &is_evicted);
	slot_index = chosen;
	if (slot_index == FP_FRAGMENT_NO_SLOT)
		return FP_DROP_FRAGMENT_FULL;
	control = fp_fragment_fill(packet, chosen, handle);
	fragment = fp_fragment_slot(slot_index);
	if (!control || !fragment)
		return FP_DROP_FRAGMENT_FULL;
	if (is_evicted)
		fp_flow_event(FP_FRAGMENT_EVICTED);
	if (fp_fragment_find(packet, slot_index)) {
		fp_fragment_swap(fragment, control, control & ~FP_FRAGMENT_STATE_MASK);
		return FP_DROP_FRAGMENT_OVERLAP;
	}
	fp_flow_event(FP_FRAGMENT_TRACKED);
	return 0;
}

#endif

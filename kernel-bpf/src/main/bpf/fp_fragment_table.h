/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The fragment table's operations: find a datagram, enter it with its first fragment, accept a fragment of it. All are
 * rare, and functions of their own for it. Java twin: FragmentTable.
 */
#ifndef FP_FRAGMENT_TABLE_H
#define FP_FRAGMENT_TABLE_H

#include "fp_flow_event.h"
#include "fp_flow_find.h"
#include "fp_packet.h"

#define FP_FRAGMENT_RETRIES 8 /* of the extent's word, before the fragment gives up */
#define FP_FRAGMENT_U16 0xffff
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

/* The bits of a word that a range of units has in it. */
static __always_inline __u64 fp_fragment_bits(__u32 word, __u32 start, __u32 end)
{
	__u32 from = word * 64, to = from + 64;

	if (start > from)
		from = start;
	if (end < to)
		to = end;
	if (from >= to)
		return 0;
	return (~0ULL >> ((64 - (to - from)) & 63)) << (from & 63);
}

/* Nothing more of the datagram is let through. */
static __always_inline int fp_fragment_poison(struct fp_fragment *fragment, __u32 control)
{
	fp_fragment_swap(fragment, control,
			 (control & ~FP_FRAGMENT_STATE_MASK) | FP_FRAGMENT_POISONED);
	return FP_DROP_FRAGMENT_OVERLAP;
}

/* Enters where the fragment ends: the word with it, or 0 if that contradicts what others said. */
static __always_inline __u32 fp_fragment_extended(const struct fp_packet *packet, __u32 extent)
{
	__u32 highest = extent & FP_FRAGMENT_U16, last = extent >> 16, end = packet->fragment_end;

	if (last && (end > last || (!packet->fragment_more && end != last)))
		return 0;
	if (!packet->fragment_more) {
		if (highest > end)
			return 0;
		last = end;
	}
	return (end > highest ? end : highest) | last << 16;
}

/* The same, entered: 0, FP_DROP_FRAGMENT_OVERLAP, FP_DROP_FRAGMENT_FULL. */
static __always_inline int fp_fragment_extend(struct fp_fragment *fragment, const struct fp_packet *packet)
{
	for (int i = 0; i < FP_FRAGMENT_RETRIES; i++) {
		__u32 extent = *(volatile __u32 *)&fragment->extent;
		__u32 update = fp_fragment_extended(packet, extent);

		if (!update)
			return FP_DROP_FRAGMENT_OVERLAP;
		if (update == extent || __sync_val_compare_and_swap(&fragment->extent, extent, update) == extent)
			return 0;
	}
	return FP_DROP_FRAGMENT_FULL;
}

/* What of a range has come before. */
enum fp_fragment_seen {
	FP_FRAGMENT_SEEN_NONE = 1, /* some of it has not */
	FP_FRAGMENT_SEEN_SOME = 2, /* some of it has */
};

/* Marks what a range of units has in a word as come: enum fp_fragment_seen of that, 0 if it has nothing in it. */
__noinline __u32 fp_fragment_mark_word(__u32 slot_index, __u32 word, __u32 start, __u32 end)
{
	struct fp_fragment *fragment = fp_fragment_slot(slot_index);
	__u64 bits, known;

	if (!fragment)
		return 0;
	word %= FP_FRAGMENT_MAP_WORDS;
	bits = fp_fragment_bits(word, start, end);
	known = __sync_fetch_and_or(&fragment->received[word], bits) & bits;
	return (known != bits ? FP_FRAGMENT_SEEN_NONE : 0) | (known ? FP_FRAGMENT_SEEN_SOME : 0);
}

/* Marks a range of units, of which there is one at least: enum fp_fragment_seen of all. */
static __always_inline __u32 fp_fragment_mark(__u32 slot_index, __u32 start, __u32 end)
{
	__u32 first = start / 64, count = (end - 1) / 64 - first, seen = 0;

	for (__u32 i = 0; i < FP_FRAGMENT_MAP_WORDS; i++) {
		if (i > count)
			break;
		seen |= fp_fragment_mark_word(slot_index, first + i, start, end);
	}
	return seen;
}

/*
 * Accepts a fragment of the datagram that was found: 0, or why it may not pass: FP_DROP_FRAGMENT_*. What has come before
 * is dropped; what overlaps in part, or contradicts the datagram's end, ends the datagram (RFC 5722; RFC 1858, 3). When
 * all has come, the slot is free again.
 */
__noinline int fp_fragment_accept(struct fp_packet *packet)
{
	struct fp_fragment *fragment;
	__u32 control, slot_index, units, tally, seen;
	int refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	slot_index = (__u32)packet->fragment_found;
	control = packet->fragment_found >> 32;
	fragment = fp_fragment_slot(slot_index);
	if (!fragment)
		return FP_DROP_INTERNAL;
	if ((control & FP_FRAGMENT_STATE_MASK) == FP_FRAGMENT_POISONED)
		return FP_DROP_FRAGMENT_OVERLAP;
	if (*(volatile __u32 *)&fragment->tally >> 16 >= FP_FRAGMENT_COUNT_LIMIT)
		return FP_DROP_FRAGMENT_LIMIT;
	refusal = fp_fragment_extend(fragment, packet);
	if (refusal == FP_DROP_FRAGMENT_OVERLAP)
		return fp_fragment_poison(fragment, control);
	if (refusal)
		return refusal;
	seen = fp_fragment_mark(slot_index, packet->fragment_start, packet->fragment_end);
	if (seen == (FP_FRAGMENT_SEEN_NONE | FP_FRAGMENT_SEEN_SOME))
		return fp_fragment_poison(fragment, control);
	if (seen != FP_FRAGMENT_SEEN_NONE)
		return FP_DROP_FRAGMENT_OVERLAP;
	units = packet->fragment_end - packet->fragment_start;
	tally = __sync_fetch_and_add(&fragment->tally, FP_FRAGMENT_COUNT_ONE + units) + units;
	if (*(volatile __u32 *)&fragment->extent >> 16 == (tally & FP_FRAGMENT_U16))
		fp_fragment_swap(fragment, control, control & ~FP_FRAGMENT_STATE_MASK);
	return 0;
}

/* Takes a slot: the first that is claimable, else the one of the oldest datagram. Its index, or FP_FRAGMENT_NO_SLOT. */
static __always_inline __u32 fp_fragment_choose(__u32 home_index, __u32 now_ticks, int *is_evicted)
{
	__u32 oldest_index = FP_FRAGMENT_NO_SLOT, oldest_age = 0;

	for (__u32 i = 0; i < FP_FRAGMENT_PROBE_LIMIT; i++) {
		__u32 slot_index = (home_index + i) % FP_FRAGMENT_SLOTS;
		struct fp_fragment *fragment = fp_fragment_slot(slot_index);
		__u32 control, age;

		if (!fragment)
			break;
		control = fp_fragment_control(fragment);
		if (fp_fragment_is_claimable(fragment, control, now_ticks)) {
			*is_evicted = 0;
			return slot_index;
		}
		age = fp_fragment_age(fragment, now_ticks);
		if ((control & FP_FRAGMENT_STATE_MASK) != FP_FRAGMENT_CLAIMED &&
		    (oldest_index == FP_FRAGMENT_NO_SLOT || age > oldest_age)) {
			oldest_index = slot_index;
			oldest_age = age;
		}
	}
	*is_evicted = 1;
	return oldest_index;
}

/* Claims the slot and describes the datagram in it: its control as published, or 0 where another was faster. */
__noinline __u32 fp_fragment_fill(struct fp_packet *packet, __u32 slot_index, __u64 handle)
{
	struct fp_fragment *fragment = fp_fragment_slot(slot_index);
	__u32 control, claimed;

	if (!packet || !fragment)
		return 0;
	control = fp_fragment_control(fragment);
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
	int is_evicted = 0;

	if (!packet)
		return FP_DROP_INTERNAL;
	packet->fragment_found = fp_fragment_find(packet, FP_FRAGMENT_NO_SLOT);
	if (packet->fragment_found)
		return fp_fragment_accept(packet);
	home_index = fp_fragment_home(packet);
	slot_index = fp_fragment_choose(home_index, packet->now_ticks, &is_evicted);
	if (slot_index == FP_FRAGMENT_NO_SLOT)
		return FP_DROP_FRAGMENT_FULL;
	control = fp_fragment_fill(packet, slot_index, handle);
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

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The fragment table: accepts a fragment of a datagram that is known. Java twin: FragmentTable.accept. */
#ifndef FP_FRAGMENT_ACCEPT_H
#define FP_FRAGMENT_ACCEPT_H

#include "fp_fragment_find.h"

#define FP_FRAGMENT_RETRIES 8 /* of the extent's word, before the fragment gives up */
#define FP_FRAGMENT_U16 0xffff

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

#endif

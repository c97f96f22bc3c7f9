/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The frames whose cost is measured: a template, and what tells the frame of one flow from that of another. */
#ifndef LAB_COST_H
#define LAB_COST_H

#include <linux/types.h>

/* Long enough for Ethernet, IPv6 and TCP, and a multiple of 8; the same for every frame, so that it says nothing about the engine. */
#define LAB_COST_FRAME_LENGTH 80

/*
 * The map `cost_plan`. Java twin: CostPlanDescriptor.
 *
 *   0        4        8        12       16       20       24       28       32                112
 *  +--------+--------+--------+--------+--------+--------+--------+--------+-----------------+
 *  | first  | count  | next   | rsv    | word   | address| ports  | check  | template        |
 *  +--------+--------+--------+--------+--------+--------+--------+--------+-----------------+
 *                                      offsets in the frame, see below
 *
 * Run i takes the variant `first + i % count`. A frame without a place for a part of the variant has that part written
 * where the payload is. Writer: the lab between two runs; `next` by the program.
 */
struct lab_cost_plan {
	__u32 first;
	__u32 count;
	__u32 next;
	__u32 reserved;
	__u32 word_offset;
	__u32 address_offset;
	__u32 ports_offset;
	__u32 check_offset;
	__u64 frame[LAB_COST_FRAME_LENGTH / 8];
};

_Static_assert(sizeof(struct lab_cost_plan) == 112, "Java writes 112 bytes");

/*
 * An entry of the map `cost_variants`: words of the frame as they stand in memory. Java twin: CostVariantDescriptor.
 *
 *   0        4        8        12    14    16
 *  +--------+--------+--------+-----+-----+
 *  | word   | address| ports  |check| rsv |
 *  +--------+--------+--------+-----+-----+
 *
 * IPv4's word of TTL, protocol and header checksum; the address that changes, or the last four bytes of an IPv6 one;
 * both ports; the checksum of TCP or UDP.
 */
struct lab_cost_variant {
	__u32 word;
	__u32 address;
	__u32 ports;
	__u16 check;
	__u16 reserved;
};

_Static_assert(sizeof(struct lab_cost_variant) == 16, "Java writes 16 bytes");

#endif

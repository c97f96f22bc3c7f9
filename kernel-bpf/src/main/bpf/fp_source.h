/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Whose connections a service takes, and which of them another service's backends have: lists of source ranges. A
 * service names its list by the index of its head, 0 for none. The head tells how many ranges follow; they are in the order of
 * their first addresses, the first one begins at the lowest address, and each goes up to the next. So prefixes within
 * prefixes are taken apart once, by the control thread, and a look-up is a binary search.
 * Java twins: SourceDescriptor; SourceLists.
 *
 *   0                                       16        20                  32
 *  +---------------------------------------+---------+-------------------+
 *  | first address; of a head zero         | target  | zero              |   target of a head: ranges
 *  +---------------------------------------+---------+-------------------+
 *
 * Writer: the control thread; a list that a service names is never changed: another is written, then its name stored.
 */
#ifndef FP_SOURCE_H
#define FP_SOURCE_H

#include "fp_types.h"

enum fp_source_constant {
	FP_SOURCE_ENTRIES = 16384, /* of all lists, old and new; half a megabyte */
	FP_SOURCE_STEPS = 14,      /* of a search among so many */

	/* Targets. */
	FP_SOURCE_DENIED = 0,
	FP_SOURCE_OWN = 1,         /* the service itself */
	FP_SOURCE_ROUTED = 2,      /* and from there on: the service with this index, less this */
};

struct fp_source {
	struct fp_address first;
	__u32 target;
	__u32 reserved[3];
};

_Static_assert(sizeof(struct fp_source) == 32, "two ranges to a cache line");

#endif

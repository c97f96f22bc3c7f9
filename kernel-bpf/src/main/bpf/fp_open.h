/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * How many connections a service may have open, and has: of everybody, and of each client. Java twins: OpenDescriptor,
 * OpenLineDescriptor.
 *
 * A service's record, by the service's index; a limit of 0 is none:
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | limit   | client's| open    | zero    |
 *  +---------+---------+---------+---------+
 *
 * Clients are counted in a table of words, each by two words that a keyed hash of service and address (IPv6: its /64)
 * leads to; the smaller of both is what it has at most (a count-min sketch of two rows in one). So memory is bounded, and a
 * client is refused for others only where it shares both its words with some that have many.
 *
 * A connection is counted in if its service has a limit when it is opened, which a bit of its kind says, and counted out
 * when it is removed: whatever is configured meanwhile, it is both or neither. Writers: both engines, by atomic additions;
 * a word may be below 0 for a moment, where one is counted out before it was counted in. A writer that dies between an
 * entry and its count leaves one too few or too many, until the tables are made anew. Limits: the control thread.
 */
#ifndef FP_OPEN_H
#define FP_OPEN_H

#include "fp_types.h"

enum fp_open_constant {
	FP_OPEN_WAYS = 16,
	FP_OPEN_LINES = 8192, /* 131,072 words in 512 KiB: of 10,000 clients 2 in 100 share both with others */
};

struct fp_open {
	__u32 limit;
	__u32 client_limit;
	__u32 open_count;
	__u32 reserved;
};

struct fp_open_line {
	__u32 count[FP_OPEN_WAYS];
};

_Static_assert(sizeof(struct fp_open) == 16, "four to a cache line");
_Static_assert(sizeof(struct fp_open_line) == 64, "a line of words is one cache line");

#endif

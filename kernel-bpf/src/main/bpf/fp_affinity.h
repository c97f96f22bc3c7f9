/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Which backend a client's new connections go to for some time after the last one, where its service wants that: a table of
 * fixed size, four clients to a line, found by a keyed hash of service and client's prefix. A line that is full of clients whose
 * time isn't over has no room: that is counted, and the client goes by the hash. Java twins: AffinityDescriptor; Affinity.
 *
 *   0                   8                                       32
 *  +-------------------+-------------------+---------+---------+---------+---------+---------+---------+----+----+
 *  | tag 0             | tag 1             | tag 2   | tag 3   | until 0 | 1       | 2       | 3       |bknd| .. |
 *  +-------------------+-------------------+---------+---------+---------+---------+---------+---------+----+----+
 *   until: ticks, at 32; backend indices u16, at 48; zero from 56 on
 *
 * Writers: both engines. A place whose time is over is claimed by compare-and-swap of its tag; backend and time are stored
 * plainly after that. Who reads in between finds the old client's backend: of another service, and then goes by the hash; or of this
 * one, and then it is as good as any.
 */
#ifndef FP_AFFINITY_H
#define FP_AFFINITY_H

#include "fp_types.h"

enum fp_affinity_constant {
	FP_AFFINITY_WAYS = 4,
	FP_AFFINITY_LINES = 32768,
};

struct fp_affinity {
	__u64 tag[FP_AFFINITY_WAYS];
	__u32 until_ticks[FP_AFFINITY_WAYS];
	__u16 backend_index[FP_AFFINITY_WAYS];
	__u64 reserved;
};

_Static_assert(sizeof(struct fp_affinity) == 64, "four clients to a cache line");

#endif

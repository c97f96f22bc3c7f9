/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * How many new connections a service takes in a second, from everybody and from each client. Java twins: RateDescriptor,
 * LimitDescriptor.
 *
 * A limit is one word, the time at which a bucket would be full again (the generic cell rate algorithm, ITU-T I.371): a
 * connection moves it on by the interval, 1 s / limit, and is refused where that would lead it further than a second
 * into the future. So a bucket holds a second's connections, and a word of the past says nothing: it is a full bucket.
 *
 * A service's record, by the service's index; an interval of 0 is no limit:
 *
 *   0                   8                   16                  24                  32
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | full again        | interval          | client's interval | SYNs: full again  |
 *  +-------------------+-------------------+-------------------+-------------------+
 *  | SYNs: interval    | zero                                                      |
 *  +-------------------+-----------------------------------------------------------+
 *
 * The bucket of SYNs says when SYN cookies are wanted (fp_guard.h): its interval is 0 for never, and for always one that
 * no bucket can give.
 *
 * Clients share a table of lines, four to a line, found by a keyed hash of service and address (IPv6: its /64):
 *
 *   0                   8                                       32
 *  +-------------------+-------------------+---------+---------+-------------------+---------+---------+---------+
 *  | tag 0             | tag 1             | tag 2   | tag 3   | full again 0      | 1       | 2       | 3       |
 *  +-------------------+-------------------+---------+---------+-------------------+---------+---------+---------+
 *
 * A client takes the place of one whose word is of the past, and finds it as it wants it. Where all four are of the
 * future, the line is full, and the client is let through.
 *
 * Writers: both engines, by compare-and-swap, the tag first. Two writers may enter one client twice, or charge the client
 * that just took a place: then one connection more, or less, is let through, and nothing worse. Intervals: the control
 * thread, single stores.
 */
#ifndef FP_LIMIT_H
#define FP_LIMIT_H

#include "fp_types.h"

enum fp_limit_constant {
	FP_LIMIT_WAYS = 4,
	FP_LIMIT_LINES = 16384, /* 1 MiB for 65,536 clients that came within the last second and less */
};

struct fp_rate {
	__u64 full_ns;
	__u64 interval_ns;
	__u64 client_interval_ns;
	__u64 syn_full_ns;
	__u64 syn_interval_ns;
	__u64 reserved[3];
};

struct fp_limit {
	__u64 tag[FP_LIMIT_WAYS];
	__u64 full_ns[FP_LIMIT_WAYS];
};

_Static_assert(sizeof(struct fp_rate) == 64, "a service's limits are one cache line");
_Static_assert(sizeof(struct fp_limit) == 64, "a line of clients is one cache line");

#endif

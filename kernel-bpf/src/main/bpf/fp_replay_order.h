/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What stands in front of a frame that is given to xdp_replay (its metadata): when it came in, and, after the run, what
 * an outgoing frame doesn't show. Java twin: ReplayDescriptor.
 *
 *   0         4         8         12        16        20
 *  +---------+---------+---------+---------+---------+
 *  | time, ns          | verdict | egress  | backend |   frame follows
 *  |                   |         | ifindex |         |
 *  +---------+---------+---------+---------+---------+
 *     in                 out ...
 *
 * Writers: who asks for the run, then the run. 20 bytes of the 32 that Linux 6.1 takes for metadata.
 */
#ifndef FP_REPLAY_ORDER_H
#define FP_REPLAY_ORDER_H

#include "fp_types.h"

struct fp_replay_order {
	__u32 now_ns_low;     /* the two halves of the packet's time: metadata is aligned to four bytes */
	__u32 now_ns_high;
	__u32 verdict;        /* enum fp_counter; 0: the frame is left to the kernel, and nothing else is set */
	__u32 egress_ifindex; /* of a frame that is sent on; 0 of one that is answered */
	__u32 backend_index;  /* of a frame that a connection forwards */
};

_Static_assert(sizeof(struct fp_replay_order) == 20, "metadata is a multiple of four bytes, 32 at most");

#endif

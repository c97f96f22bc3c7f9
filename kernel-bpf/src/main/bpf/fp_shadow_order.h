/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What stands in front of a frame that is given to xdp_shadow (its metadata): how the frame came in, and, after the run,
 * what the translation was made from. Java twin: ShadowDescriptor.
 *
 *   0         4         8         12        16        20
 *  +---------+---------+---------+---------+---------+
 *  | ingress | flow's  | control | next    | egress  |   frame follows
 *  | slot    | slot    |         | hop     | ifindex |
 *  +---------+---------+---------+---------+---------+
 *     in        out ...
 *
 * Writers: who asks for the run, then the run. 20 bytes of the 32 that Linux 6.1 takes for metadata.
 */
#ifndef FP_SHADOW_ORDER_H
#define FP_SHADOW_ORDER_H

#include "fp_types.h"

struct fp_shadow_order {
	__u32 ingress_slot;   /* in the interface table */
	__u32 slot_index;     /* of the flow that was found */
	__u32 control;        /* of that slot; 0: no flow was found, and nothing else is set */
	__u32 hop_index;      /* that the packet goes to */
	__u32 egress_ifindex; /* 0 where the verdict is a drop */
};

_Static_assert(sizeof(struct fp_shadow_order) == 20, "metadata is a multiple of four bytes, 32 at most");

#endif

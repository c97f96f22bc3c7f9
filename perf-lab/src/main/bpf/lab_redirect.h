/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Where the bare redirect sends to: one record, written by the lab before a packet is on its way. */
#ifndef LAB_REDIRECT_H
#define LAB_REDIRECT_H

#include <linux/types.h>

/*
 * The one value of the map `redirect_plan`. Java twin: RedirectPlanDescriptor.
 *
 *   0                 6                 12          16
 *  +-----------------+-----------------+-----------+
 *  | destination MAC | source MAC      | interface |
 *  +-----------------+-----------------+-----------+
 */
struct lab_redirect_plan {
	__u8 destination_mac[6];
	__u8 source_mac[6];
	__u32 interface_index;
};

_Static_assert(sizeof(struct lab_redirect_plan) == 16, "Java writes 16 bytes");

#endif

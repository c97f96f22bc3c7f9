/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Which VLAN a packet is in when it leaves, by the one that it came in by: a row for each slot of the interface table, asked
 * for interfaces with FP_INTERFACE_KEEP_VLANS only. An id of 0 means that the tag comes off. Each tag of two is asked for by
 * itself. Writer: the control thread, before it sets the flag. Java twin: VlanDescriptor.
 */
#ifndef FP_VLAN_ROW_H
#define FP_VLAN_ROW_H

#include "fp_types.h"

enum fp_vlan_constant {
	FP_VLAN_IDS = 4096,
};

struct fp_vlan_row {
	__u16 ids[FP_VLAN_IDS]; /* host order */
};

_Static_assert(sizeof(struct fp_vlan_row) == 8192, "two pages");

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Which interfaces the instance serves. Java twin: InterfaceTable.find. */
#ifndef FP_SERVED_H
#define FP_SERVED_H

#include "fp_maps.h"

/* Slot of the interface in the interface table, or -1; its record through `found`. */
static __always_inline int fp_find_interface(__u32 ifindex, const struct fp_interface **found)
{
	for (__u32 i = 0; ifindex && i < FP_INTERFACE_PROBE_LIMIT; i++) {
		__u32 slot = (ifindex + i) % FP_INTERFACE_SLOTS;

		*found = bpf_map_lookup_elem(&fp_interfaces, &slot);
		if (*found && *(const volatile __u32 *)&(*found)->ifindex == ifindex)
			return slot;
	}
	return -1;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The look-ups of a packet: its service, and its direction of a flow. */
#ifndef FP_LOOKUP_H
#define FP_LOOKUP_H

#include <linux/in.h>
#include "fp_flow_find.h"
#include "fp_lookup_wide.h"

/*
 * The live service entry of the tuple's very destination, or NULL: linear probing from the hash of the destination
 * alone, past tombstones, up to the first free slot. Its index comes back through `index`.
 */
static __always_inline struct fp_service *fp_find_exact_at(const struct fp_config *config,
							   const struct fp_tuple *tuple, __u32 *index)
{
	const struct fp_address nobody = {};
	__u32 port = tuple->ports >> 16;
	__u32 count = config->service_slot_count;
	__u32 hash = fp_tuple_hash(config->hash_key, &tuple->destination, &nobody, port << 16, tuple->protocol);
	__u32 slot = fp_hash_slot(hash, count);

	for (int i = 0; i < FP_SERVICE_PROBE_LIMIT; i++) {
		struct fp_service *service = bpf_map_lookup_elem(&fp_services, &slot);

		if (!service || service->state == FP_SERVICE_FREE)
			return NULL;
		if (service->state == FP_SERVICE_LIVE && service->port_be == port &&
		    service->protocol == tuple->protocol && fp_same_address(&service->vip, &tuple->destination)) {
			*index = slot;
			return service;
		}
		slot = slot + 1 < count ? slot + 1 : 0;
	}
	return NULL;
}

/* The live service entry that the tuple's destination belongs to, or NULL: where no other has it, that of a wide service. */
static __always_inline struct fp_service *fp_find_service_at(const struct fp_config *config,
							     const struct fp_tuple *tuple, __u32 *index)
{
	struct fp_service *service = fp_find_exact_at(config, tuple, index);
	__u32 first = 0, wide;
	const struct fp_control *control;

	if (service)
		return service;
	control = bpf_map_lookup_elem(&fp_control, &first);
	if (!control || !control->wide)
		return NULL;
	wide = fp_find_wide(tuple);
	*index = wide;
	/* A key on the stack: Linux 6.1 takes none from the memory of a global function's argument. */
	return bpf_map_lookup_elem(&fp_services, &wide);
}

static __always_inline struct fp_service *fp_find_service(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 index;

	return fp_find_service_at(config, tuple, &index);
}

/*
 * The slot of the tuple's direction of its flow, or NULL. For steering, which needs to know no more than that there is
 * one: a slot that changes hands under the look-up is not noticed.
 */
static __always_inline struct fp_flow *fp_find_flow(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 home_index = fp_hash_slot(fp_flow_hash(config, tuple), config->flow_slot_count);
	struct fp_flow *home = fp_flow_slot(home_index);
	__u64 handle = home ? fp_flow_search(config, tuple, home_index, fp_flow_hop(home)) : FP_FLOW_NOT_FOUND;

	return fp_flow_is_flow(handle) ? fp_flow_slot(handle) : NULL;
}

#endif

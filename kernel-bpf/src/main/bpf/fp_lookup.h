/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The look-ups of a packet: its service, and its direction of a flow. */
#ifndef FP_LOOKUP_H
#define FP_LOOKUP_H

#include <linux/in.h>
#include "fp_hash.h"
#include "fp_maps.h"
#include "fp_tuple.h"

/*
 * The live service entry of the tuple's destination, or NULL: linear probing from the hash of the destination
 * alone, past tombstones, up to the first free slot. Its index comes back through `index`.
 */
static __always_inline struct fp_service *fp_find_service_at(const struct fp_config *config,
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

static __always_inline struct fp_service *fp_find_service(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 index;

	return fp_find_service_at(config, tuple, &index);
}

/* Whether a packet from the client's side belongs to the flow. */
static __always_inline int fp_is_request_of(const struct fp_flow *flow, const struct fp_tuple *tuple)
{
	return (flow->client_port_be | (__u32)flow->vip_port_be << 16) == tuple->ports &&
	       fp_same_address(&flow->client, &tuple->source) && fp_same_address(&flow->vip, &tuple->destination);
}

/* Whether a packet from the backend's side belongs to the flow; it goes to the SNAT address, or to the client. */
static __always_inline int fp_is_reply_of(const struct fp_config *config, const struct fp_flow *flow,
					  const struct fp_tuple *tuple)
{
	__u32 backend_index = flow->backend_index;
	__u32 snat_index = flow->snat_index;
	const struct fp_address *destination = &flow->client;
	__u32 destination_port = flow->client_port_be;
	const struct fp_backend *backend;

	if (snat_index != FP_FLOW_NO_SNAT) {
		if (snat_index >= FP_SNAT_LIMIT)
			return 0;
		destination = &config->snat[snat_index];
		destination_port = flow->snat_port_be;
	}
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	return backend && (backend->port_be | destination_port << 16) == tuple->ports &&
	       fp_same_address(&backend->address, &tuple->source) &&
	       fp_same_address(destination, &tuple->destination);
}

static __always_inline int fp_is_of(const struct fp_config *config, const struct fp_flow *flow,
				    const struct fp_tuple *tuple)
{
	__u32 control = *(const volatile __u32 *)&flow->control;

	if ((control & FP_FLOW_STATE_MASK) < FP_FLOW_TCP_SYN_SENT || flow->protocol != tuple->protocol)
		return 0;
	if (control >> FP_FLOW_KIND_SHIFT & FP_FLOW_KIND_REVERSE)
		return fp_is_reply_of(config, flow, tuple);
	return fp_is_request_of(flow, tuple);
}

/*
 * The slot of the tuple's direction of its flow, or NULL. Both directions are found by one look-up, because each
 * slot stands where the hash of its own packets' tuple leads. Bit i of the home's bitmap says that the slot
 * i * (i + 1) / 2 further on holds an entry of this home: a bitmap of 0 is a miss for one cache line, and the
 * usual hit is at bit 0, in the same line. The table has more slots than the longest such step, 276.
 */
static __always_inline struct fp_flow *fp_find_flow(const struct fp_config *config, const struct fp_tuple *tuple)
{
	__u32 count = config->flow_slot_count;
	__u32 hash = fp_tuple_hash(config->hash_key, &tuple->source, &tuple->destination, tuple->ports, tuple->protocol);
	__u32 slot = fp_hash_slot(hash, count);
	struct fp_flow *flow = bpf_map_lookup_elem(&fp_flows, &slot);
	__u32 bitmap;

	if (!flow)
		return NULL;
	bitmap = *(const volatile __u32 *)&flow->hop & FP_FLOW_HOP_MASK;
	for (int i = 0; i < FP_FLOW_HOP_BITS && bitmap; i++, bitmap >>= 1) {
		slot += i;
		if (slot >= count)
			slot -= count;
		if (!(bitmap & 1))
			continue;
		flow = bpf_map_lookup_elem(&fp_flows, &slot);
		if (flow && fp_is_of(config, flow, tuple))
			return flow;
	}
	return NULL;
}

#endif

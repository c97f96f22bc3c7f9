/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Which tuple an entry answers to, derived from the endpoints it stores: the forward one is client to VIP, the reverse
 * one backend to SNAT address, or to the client where its address stays, or VIP to client where the backend answers as
 * the VIP. Java twin: TupleRules.
 */
#ifndef FP_FLOW_TUPLE_H
#define FP_FLOW_TUPLE_H

#include "fp_flow_word.h"
#include "fp_hash.h"
#include "fp_tuple.h"

/* Both of a client's ports, as they stand in its packets. */
static __always_inline __u32 fp_flow_request_ports(const struct fp_flow *flow)
{
	return flow->client_port_be | (__u32)flow->vip_port_be << 16;
}

/* Whether a packet from the client's side belongs to the flow. */
static __always_inline int fp_is_request_of(const struct fp_flow *flow, const struct fp_tuple *tuple)
{
	return fp_flow_request_ports(flow) == tuple->ports && fp_same_address(&flow->client, &tuple->source) &&
	       fp_same_address(&flow->vip, &tuple->destination);
}

/* Where the backend sends its packets to, and the port there; NULL if the slot can't be read. */
static __always_inline const struct fp_address *fp_flow_reply_destination(const struct fp_config *config,
									  const struct fp_flow *flow, __u32 *port_be)
{
	__u32 snat_index = flow->snat_index;

	if (snat_index >= FP_FLOW_DIRECT) {
		*port_be = flow->client_port_be;
		return &flow->client;
	}
	*port_be = flow->snat_port_be;
	if (snat_index >= FP_SNAT_LIMIT)
		return NULL;
	asm volatile("" : "+r"(snat_index)); /* no address of it before the check */
	return &config->snat[snat_index];
}

static __always_inline const struct fp_backend *fp_flow_backend(const struct fp_flow *flow)
{
	__u32 backend_index = flow->backend_index;

	return bpf_map_lookup_elem(&fp_backends, &backend_index);
}

/* A client's ports, as they stand in what the VIP sends to it. */
static __always_inline __u32 fp_flow_direct_ports(const struct fp_flow *flow)
{
	return flow->vip_port_be | (__u32)flow->client_port_be << 16;
}

static __always_inline int fp_is_direct_reply_of(const struct fp_flow *flow, const struct fp_tuple *tuple)
{
	return fp_flow_direct_ports(flow) == tuple->ports && fp_same_address(&flow->vip, &tuple->source) &&
	       fp_same_address(&flow->client, &tuple->destination);
}

/* Whether a packet from the backend's side belongs to the flow; it goes to the SNAT address, or to the client. */
static __always_inline int fp_is_reply_of(const struct fp_config *config, const struct fp_flow *flow,
					  const struct fp_tuple *tuple)
{
	__u32 destination_port;
	const struct fp_address *destination = fp_flow_reply_destination(config, flow, &destination_port);
	const struct fp_backend *backend = fp_flow_backend(flow);

	return destination && backend &&
	       (fp_backend_port(backend, flow->vip_port_be) | destination_port << 16) == tuple->ports &&
	       fp_same_address(&backend->address, &tuple->source) &&
	       fp_same_address(destination, &tuple->destination);
}

/* Whether a slot with this control word answers to the tuple; to be believed only if the slot is valid afterwards. */
static __always_inline int fp_is_of(const struct fp_config *config, const struct fp_flow *flow, __u32 control,
				    const struct fp_tuple *tuple)
{
	if (!fp_flow_is_live(control) || flow->protocol != tuple->protocol)
		return 0;
	if (fp_flow_is_reverse(control))
		return flow->snat_index == FP_FLOW_DIRECT ? fp_is_direct_reply_of(flow, tuple)
							  : fp_is_reply_of(config, flow, tuple);
	return fp_is_request_of(flow, tuple);
}

static __always_inline __u32 fp_flow_hash(const struct fp_config *config, const struct fp_tuple *tuple)
{
	return fp_tuple_hash(config->hash_key, &tuple->source, &tuple->destination, tuple->ports, tuple->protocol);
}

/* The home of an entry, from what its slot stores; FP_FLOW_NO_SLOT if that can't be read. */
static __always_inline __u32 fp_flow_home_of(const struct fp_config *config, const struct fp_flow *flow, __u32 control)
{
	const struct fp_address *source = &flow->client;
	const struct fp_address *destination = &flow->vip;
	__u32 ports = fp_flow_request_ports(flow);

	if (fp_flow_is_reverse(control) && flow->snat_index == FP_FLOW_DIRECT) {
		source = &flow->vip;
		destination = &flow->client;
		ports = fp_flow_direct_ports(flow);
	} else if (fp_flow_is_reverse(control)) {
		const struct fp_backend *backend = fp_flow_backend(flow);
		__u32 port;

		destination = fp_flow_reply_destination(config, flow, &port);
		if (!backend || !destination)
			return FP_FLOW_NO_SLOT;
		source = &backend->address;
		ports = fp_backend_port(backend, flow->vip_port_be) | port << 16;
	}
	return fp_hash_slot(fp_tuple_hash(config->hash_key, source, destination, ports, flow->protocol),
			    config->flow_slot_count);
}

#endif

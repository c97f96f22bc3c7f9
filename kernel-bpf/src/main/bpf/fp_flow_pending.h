/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* A connection on its way into the table, and what its slots take from it. Java twin: FlowOpener. */
#ifndef FP_FLOW_PENDING_H
#define FP_FLOW_PENDING_H

#include "fp_flow_claim.h"
#include "fp_flow_port.h"

/* A connection on its way into the table, one per CPU. */
struct fp_flow_pending {
	struct fp_flow_entry forward;
	struct fp_flow_entry reverse;
	struct fp_flow_ports ports;
	__u32 state; /* to begin in */
	__u32 tuple_hash;
	__u32 snat_index;
	__u32 snat_port_be;
	__u32 service_index;
	__u32 backend_index;
	__u32 forwarding;
	__u32 kind;  /* FP_FLOW_KIND_PROXIED, or CHECKED and STRICT, or 0 */
	__u32 now_ticks;
	__u64 ended;         /* handle of who has a tuple that could be had, 0: nobody; and that tuple's source */
	__u32 ended_snat_index;
	__u32 ended_port_be;
	__u32 tracking;      /* to begin with */
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_flow_pending);
} fp_pending SEC(".maps");

static __always_inline __u64 fp_flow_lost(__u64 rival)
{
	if (!fp_flow_is_flow(rival))
		return rival;
	fp_flow_event(FP_FLOW_LOST_RACE);
	return rival | FP_FLOW_EXISTING;
}

/* The endpoints, the same in both slots. */
static __always_inline void fp_flow_fill(struct fp_flow *flow, const struct fp_flow_pending *pending)
{
	flow->client = pending->forward.tuple.source;
	flow->vip = pending->forward.tuple.destination;
	flow->client_port_be = pending->forward.tuple.ports;
	flow->vip_port_be = pending->forward.tuple.ports >> 16;
	flow->backend_index = pending->backend_index;
	flow->next_hop_index = 0;
	flow->service_index = pending->service_index;
	flow->protocol = pending->forward.tuple.protocol;
	flow->tracking = pending->tracking;
}

static __always_inline void fp_flow_link(struct fp_flow *flow, const struct fp_flow_entry *peer,
					 const struct fp_flow_pending *pending)
{
	flow->peer_index = peer->slot_index;
	flow->snat_port_be = pending->snat_port_be;
	flow->snat_index = pending->snat_index;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Enters a connection's reverse slot, which claims the source port. A part of fp_flow_open.h. */
#ifndef FP_FLOW_ENTER_H
#define FP_FLOW_ENTER_H

#include "fp_flow_claim.h"
#include "fp_flow_pending.h"
#include "fp_flow_port.h"
#include "fp_flow_publish.h"
#include "fp_flow_recycle.h"

/* Looks whether the tuple of the entry is free, and sets its home. */
static __always_inline __u64 fp_flow_begin(const struct fp_config *config, struct fp_flow_entry *entry,
					   __u32 tuple_hash)
{
	entry->home_index = fp_hash_slot(tuple_hash, config->flow_slot_count);
	return fp_flow_validate(entry);
}

/*
 * Enters the reverse slot whose tuple is set: FP_FLOW_NOT_FOUND if done, FP_FLOW_FULL, FP_FLOW_BUSY, or the handle of
 * the entry that has the tuple.
 */
static __always_inline __u64 fp_flow_enter_reverse(const struct fp_config *config, struct fp_flow_pending *pending)
{
	__u64 rival = fp_flow_begin(config, &pending->reverse, fp_flow_hash(config, &pending->reverse.tuple));
	struct fp_flow *forward;
	struct fp_flow *reverse;

	if (rival != FP_FLOW_NOT_FOUND)
		return rival;
	if (!fp_flow_claim(&pending->reverse, fp_flow_kind(FP_FLOW_KIND_REVERSE | pending->kind, pending->forwarding),
			   pending->now_ticks))
		return FP_FLOW_FULL;
	forward = fp_flow_slot(pending->forward.slot_index);
	reverse = fp_flow_slot(pending->reverse.slot_index);
	if (!forward || !reverse)
		return FP_FLOW_BUSY;
	fp_flow_fill(reverse, pending);
	fp_flow_link(forward, &pending->reverse, pending);
	fp_flow_link(reverse, &pending->forward, pending);
	rival = fp_flow_publish(&pending->reverse, pending->state);
	if (rival != FP_FLOW_NOT_FOUND)
		fp_flow_release(pending->reverse.slot_index, pending->reverse.control);
	return rival;
}

/*
 * Without SNAT the reply tuple can't be chosen: another entry that has it belongs to the same connection, which another
 * writer is entering, or to one of the same client and backend over another VIP.
 */
__noinline __u64 fp_flow_explain_conflict(struct fp_flow_pending *pending, __u64 rival)
{
	struct fp_flow *flow = fp_flow_slot(fp_flow_index_of(rival));
	const struct fp_tuple *tuple;
	__u64 finished;

	if (!pending)
		return FP_FLOW_BUSY;
	tuple = &pending->forward.tuple;
	finished = fp_flow_validate(&pending->forward);
	if (finished != FP_FLOW_NOT_FOUND)
		return fp_flow_lost(finished);
	return flow && fp_flow_request_ports(flow) == tuple->ports && fp_same_address(&flow->vip, &tuple->destination)
		       ? FP_FLOW_BUSY
		       : FP_FLOW_PORTS_EXHAUSTED;
}

/* How many reverse tuples there are to try: one where the client's address stays. */
static __always_inline __u32 fp_flow_reverse_begin(struct fp_flow_pending *pending)
{
	if (pending->forwarding != FP_FORWARD_FULL_NAT)
		return 1;
	return fp_flow_ports_begin(&pending->ports, pending->tuple_hash, fp_is_ipv4(&pending->reverse.tuple.source));
}

/* Sets the reverse tuple under full NAT: its destination and that port are where the backend sends its packets to. */
static __always_inline void fp_flow_reverse_snat(const struct fp_config *config, struct fp_flow_pending *pending,
						 __u32 snat_index, __u32 port_be)
{
	struct fp_tuple *tuple = &pending->reverse.tuple;

	snat_index %= FP_SNAT_LIMIT;
	tuple->destination = config->snat[snat_index];
	tuple->ports = (tuple->ports & 0xffff) | port_be << 16;
	pending->snat_index = snat_index;
	pending->snat_port_be = port_be;
}

/* The only reverse tuple where the client's address stays. */
static __always_inline void fp_flow_reverse_client(struct fp_flow_pending *pending)
{
	struct fp_tuple *tuple = &pending->reverse.tuple;

	tuple->destination = pending->forward.tuple.source;
	tuple->ports = (tuple->ports & 0xffff) | (pending->forward.tuple.ports & 0xffff) << 16;
	pending->snat_index = pending->forwarding == FP_FORWARD_NAT ? FP_FLOW_NO_SNAT : FP_FLOW_DIRECT;
	pending->snat_port_be = 0;
}

/* Sets the next reverse tuple to try. */
static __always_inline void fp_flow_reverse_next(const struct fp_config *config, struct fp_flow_pending *pending)
{
	if (pending->forwarding != FP_FORWARD_FULL_NAT) {
		fp_flow_reverse_client(pending);
		return;
	}
	fp_flow_reverse_snat(config, pending, fp_flow_ports_snat_index(&pending->ports),
			     fp_flow_ports_port_be(&pending->ports));
	fp_flow_ports_advance(&pending->ports);
}

/* Notes who has the tuple at hand, if it could be had and none was noted before. */
__noinline int fp_flow_note_ended(struct fp_flow_pending *pending, __u64 rival)
{
	if (!pending || pending->ended || !fp_flow_is_flow(rival) || !fp_flow_is_recyclable(rival, pending->now_ticks))
		return 0;
	pending->ended = rival;
	pending->ended_snat_index = pending->snat_index;
	pending->ended_port_be = pending->snat_port_be;
	return 0;
}

/* Enters the reverse slot by the tuple that was noted. */
static __always_inline __u64 fp_flow_enter_instead(const struct fp_config *config, struct fp_flow_pending *pending)
{
	__u64 rival;

	if (pending->forwarding == FP_FORWARD_FULL_NAT)
		fp_flow_reverse_snat(config, pending, pending->ended_snat_index, pending->ended_port_be);
	fp_flow_recycle(pending->ended, pending->now_ticks);
	rival = fp_flow_enter_reverse(config, pending);
	return fp_flow_is_flow(rival) ? FP_FLOW_PORTS_EXHAUSTED : rival; /* somebody else was quicker */
}

/* Enters the reverse slot by the first reverse tuple that nobody has: FP_FLOW_NOT_FOUND if done, or a failure. */
static __always_inline __u64 fp_flow_enter_any(const struct fp_config *config, struct fp_flow_pending *pending)
{
	__u64 failure = FP_FLOW_PORTS_EXHAUSTED;
	__u32 tries = fp_flow_reverse_begin(pending);

	pending->ended = 0;
	for (__u32 i = 0; i < FP_FLOW_PORT_TRIES && i < tries; i++) {
		__u64 rival;

		fp_flow_reverse_next(config, pending);
		rival = fp_flow_enter_reverse(config, pending);
		if (rival == FP_FLOW_NOT_FOUND || rival == FP_FLOW_BUSY)
			return rival;
		if (rival == FP_FLOW_FULL)
			failure = FP_FLOW_FULL;
		else if (pending->forwarding != FP_FORWARD_FULL_NAT)
			failure = fp_flow_explain_conflict(pending, rival);
		fp_flow_note_ended(pending, rival);
	}
	return failure == FP_FLOW_PORTS_EXHAUSTED && pending->ended ? fp_flow_enter_instead(config, pending) : failure;
}

#endif

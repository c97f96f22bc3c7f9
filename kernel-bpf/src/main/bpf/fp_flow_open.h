/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Enters connections: forward slot claimed and filled, reverse slot entered (which claims the source port), forward slot
 * published last. Whatever fails on the way is taken back in reverse order. Java twin: FlowOpener.
 */
#ifndef FP_FLOW_OPEN_H
#define FP_FLOW_OPEN_H

#include <linux/in.h>
#include "fp_flow_enter.h"
#include "fp_packet.h"

/* How a connection is entered: the low byte is what its slots' `tracking` begins with. */
enum fp_flow_option {
	FP_FLOW_TRACKING_MASK = 0xff,
	FP_FLOW_PICK_UP = 0x100, /* by a segment from its middle */
	FP_FLOW_COUNT = 0x400,   /* counted among its service's and its client's */
	FP_FLOW_CHECK_SHIFT = 12, /* where the kind's CHECKED and STRICT stand */
};

/*
 * The state that a connection begins in. One that is picked up is held to be half open until the client's next segment:
 * a single one, which anybody can forge, takes nobody's place.
 */
static __always_inline __u32 fp_flow_begins_in(const struct fp_packet *packet)
{
	if (packet->tuple.protocol != IPPROTO_TCP)
		return FP_FLOW_UDP_SINGLE;
	return packet->flow_options & FP_FLOW_PICK_UP ? FP_FLOW_TCP_SYN_RECV : FP_FLOW_TCP_SYN_SENT;
}

/* The new connection is counted: with its backend, and where there is a limit. */
__noinline int fp_flow_opened(struct fp_flow_pending *pending)
{
	const struct fp_config *config = fp_configuration();

	if (!pending || !config)
		return 0;
	fp_flow_backend_event(1, pending->backend_index);
	if (pending->kind & FP_FLOW_KIND_COUNTED)
		fp_open_add(fp_open_tag(config, &pending->forward.tuple.source, pending->service_index),
			    pending->service_index, 1);
	return 0;
}

static __always_inline __u64 fp_flow_publish_forward(struct fp_flow_pending *pending)
{
	struct fp_flow_entry *forward = &pending->forward;
	__u64 rival = fp_flow_publish(forward, pending->state);

	if (rival == FP_FLOW_NOT_FOUND) {
		fp_flow_opened(pending);
		return fp_flow_handle(forward->slot_index, forward->control);
	}
	if (fp_flow_is_live(forward->control) &&
	    !fp_flow_withdraw(forward->slot_index, forward->control, pending->now_ticks))
		fp_flow_opened(pending); /* its remover reported it closed */
	return fp_flow_lost(rival);
}

/* What is to be entered, from the packet; 0 if its backend has no record. */
static __always_inline int fp_flow_prepare(struct fp_flow_pending *pending, const struct fp_packet *packet)
{
	__u32 backend_index = packet->backend_index;
	const struct fp_backend *backend = bpf_map_lookup_elem(&fp_backends, &backend_index);

	if (!backend)
		return 0;
	pending->forward.tuple = packet->tuple;
	pending->reverse.tuple.source = backend->address;
	pending->reverse.tuple.ports = fp_backend_port(backend, packet->tuple.ports >> 16);
	if (packet->forwarding >= FP_FORWARD_DSR_L2) {
		pending->reverse.tuple.source = packet->tuple.destination;
		pending->reverse.tuple.ports = packet->tuple.ports >> 16;
	}
	pending->reverse.tuple.protocol = packet->tuple.protocol;
	pending->state = fp_flow_begins_in(packet);
	pending->tracking = packet->flow_options & FP_FLOW_TRACKING_MASK;
	pending->kind = (packet->flow_options >> FP_FLOW_CHECK_SHIFT & FP_SERVICE_CHECK_MASK) * FP_FLOW_KIND_CHECKED;
	if (packet->is_proxied)
		pending->kind = FP_FLOW_KIND_PROXIED;
	if (packet->flow_options & FP_FLOW_COUNT)
		pending->kind |= FP_FLOW_KIND_COUNTED;
	pending->service_index = packet->service_index;
	pending->backend_index = backend_index;
	pending->forwarding = packet->forwarding;
	pending->now_ticks = packet->now_ticks;
	return 1;
}

/*
 * Enters a connection for the client's first packet, which is tracked by that: a handle of its forward slot, or a
 * failure. With FP_FLOW_EXISTING it is somebody else's entry, and the packet has still to be tracked.
 */
__noinline __u64 fp_flow_open(struct fp_packet *packet)
{
	__u32 first = 0;
	const struct fp_config *config = fp_configuration();
	struct fp_flow_pending *pending = bpf_map_lookup_elem(&fp_pending, &first);
	struct fp_flow *forward;
	__u64 failure;

	if (!packet || !config || !pending || !fp_flow_prepare(pending, packet))
		return FP_FLOW_PORTS_EXHAUSTED;
	pending->tuple_hash = fp_flow_hash(config, &pending->forward.tuple);
	failure = fp_flow_begin(config, &pending->forward, pending->tuple_hash);
	if (failure != FP_FLOW_NOT_FOUND)
		return fp_flow_lost(failure);
	if (!fp_flow_claim(&pending->forward, fp_flow_kind(pending->kind, pending->forwarding), pending->now_ticks))
		return FP_FLOW_FULL;
	forward = fp_flow_slot(pending->forward.slot_index);
	if (!forward)
		return FP_FLOW_FULL;
	fp_flow_fill(forward, pending);
	failure = fp_flow_enter_any(config, pending);
	if (failure != FP_FLOW_NOT_FOUND) {
		fp_flow_release(pending->forward.slot_index, pending->forward.control);
		return failure;
	}
	return fp_flow_publish_forward(pending);
}

#endif

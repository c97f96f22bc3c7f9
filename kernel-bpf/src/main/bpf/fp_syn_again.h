/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A SYN that comes again for a connection which the backend has not answered: it is counted, and as often as the control
 * record says (syn_tries) it goes to another backend; at once, where its own takes no new connections any more. The
 * connection is removed, its source port with it, and entered anew (fp_admit); where there is no other backend, it stays.
 * Before the way out is asked for: a dead backend on the link has none. Java twin: SynRetries.
 */
#ifndef FP_SYN_AGAIN_H
#define FP_SYN_AGAIN_H

#include "fp_flow_remove.h"
#include "fp_flow_track.h"
#include "fp_packet.h"

/* Whether a packet of a known connection is such a SYN: two tests of what is at hand, the first of which spares others. */
static __always_inline int fp_is_syn_again(const struct fp_packet *packet)
{
	__u32 control = fp_flow_control_of(packet->handle);

	return fp_tcp_opens(packet->tcp_flags) && fp_flow_state_of(control) == FP_FLOW_TCP_SYN_SENT &&
	       !fp_flow_is_reverse(control) && !fp_flow_is_proxied(control);
}

/* Counts one more; a benign race: of two at once one may not be counted. */
static __always_inline __u32 fp_count_syn(struct fp_flow *flow)
{
	__u32 tracking = flow->tracking;
	__u32 count = tracking >> FP_FLOW_SYNS_SHIFT;

	if (count < FP_FLOW_SYNS_LIMIT)
		count++;
	flow->tracking = (tracking & ((1u << FP_FLOW_SYNS_SHIFT) - 1)) | count << FP_FLOW_SYNS_SHIFT;
	return count;
}

static __always_inline int fp_takes_new(const struct fp_backend *backend)
{
	return *(const volatile __u32 *)&backend->state == FP_BACKEND_UP &&
	       *(const volatile __u32 *)&backend->weight &&
	       *(const volatile __u16 *)&backend->withheld < FP_BACKEND_WITHHELD_ALL;
}

/* Whether such a SYN is to leave its backend; sets `syn_count` and `avoided_index` if so. */
__noinline int fp_leaves_backend(struct fp_packet *packet)
{
	const struct fp_control *control;
	const struct fp_backend *backend;
	__u32 first = 0, backend_index, count, tries;
	struct fp_flow *flow;

	if (!packet)
		return 0;
	control = bpf_map_lookup_elem(&fp_control, &first);
	flow = fp_flow_slot(fp_flow_index_of(packet->handle));
	if (!control || !flow)
		return 0;
	backend_index = flow->backend_index;
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	if (!backend || !fp_flow_still_valid(packet->handle))
		return 0;
	count = fp_count_syn(flow);
	tries = control->syn_tries;
	if (fp_takes_new(backend) && (!tries || count % tries))
		return 0;
	packet->syn_count = count;
	packet->avoided_index = backend_index;
	return 1;
}

/* Removes the connection that the packet leaves: 0 if it has changed meanwhile, as by an answer. */
__noinline int fp_leave(struct fp_packet *packet)
{
	__u32 forward_index;
	struct fp_flow *forward;

	if (!packet)
		return 0;
	forward_index = fp_flow_index_of(packet->handle);
	forward = fp_flow_slot(forward_index);
	if (!forward ||
	    !fp_flow_remove_pair(forward, forward_index, fp_flow_control_of(packet->handle), packet->now_ticks))
		return 0;
	fp_flow_event(FP_FLOW_SYN_MOVED);
	return 1;
}

#endif

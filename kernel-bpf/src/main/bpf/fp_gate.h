/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The gate: may a worker have this frame, or does the kernel engine take it?
 *
 *   queue's socket there? -- no --> kernel engine (NO_SOCKET)
 *        | yes
 *   heartbeat younger than stallLimit? -- no --> kernel engine (STALE)
 *        | yes
 *   steered - done < spillLimit? -- no --> kernel engine (FULL)
 *        | yes
 *   worker
 *
 * A dead process, a stopped one, a long pause of garbage collection and a safepoint look all the same: the heartbeat
 * gets old. A worker that is overloaded, or whose transmit path is, has too many frames in flight: what is steered is
 * done only when it is sent and completed, or dropped by verdict.
 */
#ifndef FP_GATE_H
#define FP_GATE_H

#include "fp_maps.h"

enum fp_gate {
	FP_GATE_WORKER = 0,
	FP_GATE_NO_SOCKET = FP_XDP_KERNEL_NO_SOCKET,
	FP_GATE_STALE = FP_XDP_KERNEL_STALE,
	FP_GATE_FULL = FP_XDP_KERNEL_FULL,
};

/* The queue's record, or NULL where the interface has no such queue. */
static __always_inline struct fp_queue *fp_queue_of(const struct fp_interface *interface, __u32 interface_slot,
						    __u32 queue_index, __u32 *queue_slot)
{
	*queue_slot = interface_slot * FP_QUEUES_PER_INTERFACE + queue_index;
	if (queue_index >= FP_QUEUES_PER_INTERFACE || queue_index >= interface->queue_count)
		return NULL;
	return bpf_map_lookup_elem(&fp_queues, queue_slot);
}

/*
 * A worker whose clock was read after `now_ns` was has a heartbeat of the future: that is fresh. A count of done frames
 * ahead of the steered ones (both are read without a lock) is none in flight.
 */
static __always_inline enum fp_gate fp_gate(const struct fp_control *control, const struct fp_queue *queue,
					    __u64 now_ns)
{
	__u64 heartbeat_ns = *(const volatile __u64 *)&queue->heartbeat_ns;
	__u64 done_count = *(const volatile __u64 *)&queue->done_count;

	if (!heartbeat_ns)
		return FP_GATE_NO_SOCKET;
	if ((__s64)(now_ns - heartbeat_ns) >= (__s64)control->stall_limit_ns)
		return FP_GATE_STALE;
	if ((__s64)(queue->steered_count - done_count) >= (__s64)control->spill_limit)
		return FP_GATE_FULL;
	return FP_GATE_WORKER;
}

#endif

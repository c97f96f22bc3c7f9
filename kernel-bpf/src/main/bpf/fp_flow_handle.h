/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What a look-up or an open answers: a slot and the control word it was seen with, which tells a later tenant of the
 * slot from this one; or a reason. Java twin: FlowHandle.
 *
 *   63                            32 31 30                          0
 *  +--------------------------------+--+-----------------------------+
 *  | control                        |E | slot index                  |   E: somebody else's entry
 *  +--------------------------------+--+-----------------------------+
 *  | 0                              | enum fp_flow_failure           |   a live slot's control is never 0
 *  +--------------------------------+--------------------------------+
 */
#ifndef FP_FLOW_HANDLE_H
#define FP_FLOW_HANDLE_H

#include "fp_flow_word.h"

enum fp_flow_failure {
	FP_FLOW_NOT_FOUND = 0,
	FP_FLOW_FULL = 1,            /* no slot, and no embryonic connection to make room: FP_DROP_FLOW_TABLE_FULL */
	FP_FLOW_PORTS_EXHAUSTED = 2, /* no source port; without SNAT, the reply tuple is another connection's */
	FP_FLOW_BUSY = 3,            /* another writer is entering the connection: FP_DROP_FLOW_BUSY */
};

#define FP_FLOW_EXISTING (1u << 31)

static __always_inline __u64 fp_flow_handle(__u32 slot_index, __u32 control)
{
	return (__u64)control << 32 | slot_index;
}

static __always_inline int fp_flow_is_flow(__u64 handle)
{
	return handle >> 32 != 0;
}

/* Whether an open found the connection entered already: the packet has still to be tracked. */
static __always_inline int fp_flow_is_existing(__u64 handle)
{
	return !!((__u32)handle & FP_FLOW_EXISTING);
}

static __always_inline __u32 fp_flow_index_of(__u64 handle)
{
	return (__u32)handle & ~FP_FLOW_EXISTING;
}

static __always_inline __u32 fp_flow_control_of(__u64 handle)
{
	return handle >> 32;
}

#endif

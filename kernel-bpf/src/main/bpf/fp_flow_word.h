/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A slot's control word taken apart and put together, and the order in which the words of the flow table are read and
 * written: the only place that knows. Java twins: Control, SlotMemory.
 *
 * Swaps are full fences. Between plain loads, and between plain stores, x86-64 keeps the order by itself, so that
 * keeping the compiler to it is enough; on another machine the fence becomes a swap that changes nothing.
 */
#ifndef FP_FLOW_WORD_H
#define FP_FLOW_WORD_H

#include "fp_maps.h"

#define FP_FLOW_FENCE() asm volatile("" ::: "memory")

enum fp_flow_limit {
	FP_FLOW_RETRIES = 16,       /* of a word that others change, before the packet gives up */
	FP_FLOW_STATE_RETRIES = 8,  /* the same for the state */
	FP_FLOW_ABANDONED = 953,    /* ticks of a claim or removal after which its writer is dead: one second */
	FP_FLOW_NO_SLOT = 0xffffffff,
};

/* The slot, or NULL beyond the table. */
static __always_inline struct fp_flow *fp_flow_slot(__u32 slot_index)
{
	return bpf_map_lookup_elem(&fp_flows, &slot_index);
}

/* Acquire: what the claimant stored is visible if the word says live. */
static __always_inline __u32 fp_flow_control(const struct fp_flow *flow)
{
	__u32 control = *(const volatile __u32 *)&flow->control;

	FP_FLOW_FENCE();
	return control;
}

/* Acquire: an entry is visible if its bit is. */
static __always_inline __u32 fp_flow_hop(const struct fp_flow *home)
{
	__u32 hop = *(const volatile __u32 *)&home->hop;

	FP_FLOW_FENCE();
	return hop;
}

static __always_inline int fp_flow_swap_control(struct fp_flow *flow, __u32 expected, __u32 update)
{
	return __sync_val_compare_and_swap(&flow->control, expected, update) == expected;
}

static __always_inline int fp_flow_swap_hop(struct fp_flow *home, __u32 expected, __u32 update)
{
	return __sync_val_compare_and_swap(&home->hop, expected, update) == expected;
}

static __always_inline __u32 fp_flow_state_of(__u32 control)
{
	return control & FP_FLOW_STATE_MASK;
}

/* Whether the slot holds a connection. */
static __always_inline int fp_flow_is_live(__u32 control)
{
	return fp_flow_state_of(control) >= FP_FLOW_TCP_SYN_SENT;
}

/* Whether the slot is the direction from the backend. */
static __always_inline int fp_flow_is_reverse(__u32 control)
{
	return !!(control & FP_FLOW_KIND_REVERSE << FP_FLOW_KIND_SHIFT);
}

/* Whether the backend answers the client itself. */
static __always_inline int fp_flow_is_direct(__u32 control)
{
	return !!(control & FP_FLOW_KIND_DIRECT_MASK << FP_FLOW_KIND_SHIFT);
}

/* Whether a cookie opened the connection: its packets need fp_proxy. */
static __always_inline int fp_flow_is_proxied(__u32 control)
{
	return !!(control & FP_FLOW_KIND_PROXIED << FP_FLOW_KIND_SHIFT);
}

/* enum fp_forwarding. */
static __always_inline __u32 fp_flow_forwarding(__u32 control)
{
	return (control >> FP_FLOW_KIND_SHIFT & FP_FLOW_KIND_MODE_MASK) >> FP_FLOW_KIND_MODE_SHIFT;
}

/* Whether two words are of one tenant. */
static __always_inline int fp_flow_is_same_tenant(__u32 control, __u32 other)
{
	return !((control ^ other) >> FP_FLOW_VERSION_SHIFT);
}

static __always_inline __u32 fp_flow_with_state(__u32 control, __u32 state)
{
	return (control & ~FP_FLOW_STATE_MASK) | state;
}

/* The word of a slot that is given back: the version stays, so that the next claim makes it a new one. */
static __always_inline __u32 fp_flow_freed(__u32 control)
{
	return control & ~(FP_FLOW_STATE_MASK | FP_FLOW_KIND_MASK << FP_FLOW_KIND_SHIFT);
}

/* The word of a free slot that is claimed: the next version. */
static __always_inline __u32 fp_flow_claimed(__u32 free_control, __u32 kind)
{
	return (fp_flow_freed(free_control) + (1u << FP_FLOW_VERSION_SHIFT)) | kind << FP_FLOW_KIND_SHIFT |
	       FP_FLOW_CLAIMED;
}

/* The kind of a direction. */
static __always_inline __u32 fp_flow_kind(__u32 direction, __u32 forwarding)
{
	return direction | forwarding << FP_FLOW_KIND_MODE_SHIFT;
}

/* The reader's second look at a slot whose fields it has read: whether they belong together. */
static __always_inline int fp_flow_is_valid(const struct fp_flow *flow, __u32 control)
{
	__u32 current;

	FP_FLOW_FENCE();
	current = *(const volatile __u32 *)&flow->control;
	return fp_flow_is_same_tenant(current, control) && fp_flow_is_live(current);
}

/* The same after a store: whether it went to the tenant it was meant for. The swap changes nothing. */
static __always_inline int fp_flow_is_valid_after_store(struct fp_flow *flow, __u32 control)
{
	__u32 current = __sync_val_compare_and_swap(&flow->control, control, control);

	return fp_flow_is_same_tenant(current, control) && fp_flow_is_live(current);
}

/* How long a slot has seen no packet, claim or kill; 0 if another writer's clock was ahead. */
static __always_inline __u32 fp_flow_idle_ticks(const struct fp_flow *flow, __u32 now_ticks)
{
	__u32 idle = now_ticks - *(const volatile __u32 *)&flow->last_seen_ticks;

	return idle >> 31 ? 0 : idle;
}

/* Stored before a claim and a kill: a slot that is found claimed or dying has been so since then at most. */
static __always_inline void fp_flow_touch(struct fp_flow *flow, __u32 now_ticks)
{
	*(volatile __u32 *)&flow->last_seen_ticks = now_ticks;
}

static __always_inline int fp_flow_kill(struct fp_flow *flow, __u32 control, __u32 now_ticks)
{
	fp_flow_touch(flow, now_ticks);
	return fp_flow_swap_control(flow, control, fp_flow_with_state(control, FP_FLOW_DYING));
}

#endif

// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a program costs per packet. BPF_PROG_TEST_RUN hands every run the frame that the one before left, so this program
 * first writes the frame anew, with the words of the next flow, and then goes on into the program that is measured, by a
 * tail call: that is the loaded program itself, as it would run at an interface. What the rewriting costs is told by
 * measuring `lab_cost_nothing`. Between the two stands a fence, so that neither waits for the other's stores.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "lab_cost.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_cost_plan);
} cost_plan SEC(".maps");

/* Sized by the lab. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_cost_variant);
} cost_variants SEC(".maps");

/* What is measured, at index 0. */
struct {
	__uint(type, BPF_MAP_TYPE_PROG_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u32);
} cost_subject SEC(".maps");

static __always_inline int write_word(const struct xdp_md *context, __u32 offset, __u32 word)
{
	void *place = (void *)(long)context->data;

	if (offset >= LAB_COST_FRAME_LENGTH)
		return 0;
	place += offset;
	if (place + sizeof(word) > (void *)(long)context->data_end)
		return 0;
	*(__u32 *)place = word;
	return 1;
}

static __always_inline int write_half(const struct xdp_md *context, __u32 offset, __u16 half)
{
	void *place = (void *)(long)context->data;

	if (offset >= LAB_COST_FRAME_LENGTH)
		return 0;
	place += offset;
	if (place + sizeof(half) > (void *)(long)context->data_end)
		return 0;
	*(__u16 *)place = half;
	return 1;
}

/* Gives the frame the length back that a subject may have cut: a padded ARP request is answered without padding. */
static __always_inline int restore_length(struct xdp_md *context)
{
	int missing = LAB_COST_FRAME_LENGTH - (int)(context->data_end - context->data);

	return !missing || !bpf_xdp_adjust_tail(context, missing);
}

static __always_inline __u32 take_variant(struct lab_cost_plan *plan)
{
	__u32 next = plan->next;

	plan->next = next + 1 < plan->count ? next + 1 : 0;
	return plan->first + next;
}

SEC("xdp")
int lab_cost(struct xdp_md *context)
{
	const __u32 zero = 0;
	struct lab_cost_plan *plan = bpf_map_lookup_elem(&cost_plan, &zero);
	const struct lab_cost_variant *variant;
	__u64 *frame;
	__u32 index;

	if (!plan || !restore_length(context))
		return XDP_ABORTED;
	frame = (void *)(long)context->data;
	if ((void *)frame + LAB_COST_FRAME_LENGTH > (void *)(long)context->data_end)
		return XDP_ABORTED;
	index = take_variant(plan);
	variant = bpf_map_lookup_elem(&cost_variants, &index);
	if (!variant)
		return XDP_ABORTED;
#pragma unroll
	for (int i = 0; i < LAB_COST_FRAME_LENGTH / 8; i++)
		frame[i] = plan->frame[i];
	if (!write_word(context, plan->word_offset, variant->word) ||
	    !write_word(context, plan->address_offset, variant->address) ||
	    !write_word(context, plan->ports_offset, variant->ports) ||
	    !write_half(context, plan->check_offset, variant->check))
		return XDP_ABORTED;
	__sync_fetch_and_add(&plan->reserved, 0); /* the fence */
	bpf_tail_call(context, &cost_subject, 0);
	return XDP_ABORTED;
}

SEC("xdp")
int lab_cost_nothing(struct xdp_md *context)
{
	return context->data < context->data_end ? XDP_PASS : XDP_ABORTED;
}

char _license[] SEC("license") = "GPL";

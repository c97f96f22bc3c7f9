// SPDX-License-Identifier: GPL-2.0-only
/* The least that an XDP program can do to send a packet on: new MAC addresses, and out by the other interface. */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <bpf/bpf_helpers.h>
#include "lab_redirect.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_redirect_plan);
} redirect_plan SEC(".maps");

SEC("xdp")
int lab_redirect(struct xdp_md *context)
{
	struct ethhdr *ethernet = (void *)(long)context->data;
	const struct lab_redirect_plan *plan;
	const __u32 zero = 0;

	plan = bpf_map_lookup_elem(&redirect_plan, &zero);
	if (!plan || (void *)(ethernet + 1) > (void *)(long)context->data_end)
		return XDP_PASS;
	__builtin_memcpy(ethernet->h_dest, plan->destination_mac, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, plan->source_mac, ETH_ALEN);
	return bpf_redirect(plan->interface_index, 0);
}

char _license[] SEC("license") = "GPL";

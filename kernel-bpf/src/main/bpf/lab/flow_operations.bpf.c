/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The operations of the flow table, for tests, by BPF_PROG_TEST_RUN: the frame is a row of requests, which are done one
 * after the other and get their answers written beside them.
 */
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "../fp_flow_open.h"

char LICENSE[] SEC("license") = "GPL";

enum lab_operation {
	LAB_FIND = 0,
	LAB_OPEN = 1,
	LAB_TRACK = 2,
	LAB_STILL_VALID = 3,
	LAB_NEXT_HOP = 4,
	LAB_VISIT = 5,
	LAB_TCP_NEXT = 6,
};

enum lab_limit {
	LAB_REQUESTS = 32,
};

struct lab_request {
	struct fp_tuple tuple;
	__u64 handle;
	__u64 answer;
	__u32 operation;
	__u32 now_ticks;
	__u32 service_index;
	__u32 backend_index;
	__u32 forwarding;
	__u32 argument; /* TCP flags, hop index, slot index; TCP_NEXT: flags | state << 8 | reverse << 16 | closer << 17 */
};

static __always_inline __u64 lab_open(struct fp_packet *packet, const struct lab_request *request)
{
	packet->now_ticks = request->now_ticks;
	packet->service_index = request->service_index;
	packet->backend_index = request->backend_index;
	packet->forwarding = request->forwarding;
	return fp_flow_open(packet);
}

static __always_inline __u64 lab_do(struct fp_packet *packet, const struct lab_request *request)
{
	__u32 argument = request->argument;

	packet->tuple = request->tuple;
	switch (request->operation) {
	case LAB_FIND:
		return fp_flow_find(&packet->tuple);
	case LAB_OPEN:
		return lab_open(packet, request);
	case LAB_TRACK:
		return (__s64)fp_flow_track(request->handle, argument, request->now_ticks);
	case LAB_STILL_VALID:
		return fp_flow_still_valid(request->handle);
	case LAB_NEXT_HOP:
		return fp_flow_next_hop(request->handle, argument);
	case LAB_VISIT:
		return fp_flow_visit(argument, request->now_ticks);
	case LAB_TCP_NEXT:
		return (__s64)fp_tcp_next(argument >> 8 & 0xff, argument & 0xff, argument >> 16 & 1, argument >> 17 & 1,
					   argument >> 18 & 1);
	}
	return -1;
}

/* Does one request of the frame; 0 if there is none of that index. */
__noinline int lab_answer(struct xdp_md *ctx, __u32 index)
{
	struct lab_request *request = (void *)(long)ctx->data;
	struct fp_packet *packet;
	__u32 first = 0;

	if (index >= LAB_REQUESTS)
		return 0;
	request += index;
	asm volatile("" : "+r"(request)); /* computed once, so that what is checked is what is used */
	packet = bpf_map_lookup_elem(&fp_scratch, &first);
	if (!packet || (void *)(request + 1) > (void *)(long)ctx->data_end)
		return 0;
	request->answer = lab_do(packet, request);
	return 1;
}

SEC("xdp")
int flow_operations(struct xdp_md *ctx)
{
	for (__u32 i = 0; i < LAB_REQUESTS; i++)
		if (!lab_answer(ctx, i))
			break;
	return XDP_PASS;
}

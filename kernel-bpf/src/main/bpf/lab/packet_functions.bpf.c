/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's packet functions, one by one, for tests that hold them against their Java twins: each program
 * calls one function on its frame and on the record in the map, and leaves the answer beside the record.
 */
#include "../fp_egress.h"
#include "../fp_read.h"
#include "../fp_rewrite.h"

char LICENSE[] SEC("license") = "GPL";

struct lab_call {
	struct fp_packet packet;
	__s64 answer;
};

FP_MAPPABLE_ARRAY(lab_calls, struct lab_call, 1);

static __always_inline struct lab_call *lab_call(void)
{
	__u32 first = 0;

	return bpf_map_lookup_elem(&lab_calls, &first);
}

SEC("xdp")
int lab_read(struct xdp_md *ctx)
{
	struct lab_call *call = lab_call();

	if (!call)
		return XDP_ABORTED;
	call->answer = fp_read(ctx, &call->packet);
	return XDP_PASS;
}

SEC("xdp")
int lab_plan(struct xdp_md *ctx)
{
	struct lab_call *call = lab_call();

	if (!call)
		return XDP_ABORTED;
	call->answer = fp_plan(ctx, &call->packet);
	return XDP_PASS;
}

SEC("xdp")
int lab_rewrite(struct xdp_md *ctx)
{
	struct lab_call *call = lab_call();

	if (!call)
		return XDP_ABORTED;
	call->answer = fp_rewrite(ctx, &call->packet);
	return XDP_PASS;
}

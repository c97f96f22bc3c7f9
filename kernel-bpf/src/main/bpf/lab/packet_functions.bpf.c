/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's packet functions, one by one, for tests that hold them against their Java twins: each program
 * calls one function on its frame and on the record in the map, and leaves the answer beside the record. Planning and
 * rewriting go on with the record that reading left.
 */
#include "../fp_egress.h"
#include "../fp_read.h"
#include "../fp_rewrite.h"

char LICENSE[] SEC("license") = "GPL";

/*
 * What the stages before a function would have put into the record, what it answers, and the record: of that a test
 * knows the first block, what the headers say.
 *
 *   0         8         12        16        20        24        64
 *  +---------+---------+---------+---------+---------+---------+---------
 *  | answer  | hop     | ingress | egress  | zero    | to      | packet
 *  |         | index   | flags   | ifindex |         |         |
 *  +---------+---------+---------+---------+---------+---------+---------
 */
struct lab_call {
	__s64 answer;
	__u32 hop_index;
	__u32 ingress_flags;
	__u32 egress_ifindex;
	__u32 reserved;
	struct fp_tuple to;
	struct fp_packet packet;
};

FP_MAPPABLE_ARRAY(lab_calls, struct lab_call, 1);

static __always_inline struct lab_call *lab_call(void)
{
	__u32 first = 0;
	struct lab_call *call = bpf_map_lookup_elem(&lab_calls, &first);

	if (!call)
		return NULL;
	call->packet.hop_index = call->hop_index;
	call->packet.ingress_flags = call->ingress_flags;
	call->packet.to = call->to;
	return call;
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
int lab_plan(struct xdp_md *ctx __attribute__((unused)))
{
	struct lab_call *call = lab_call();

	if (!call)
		return XDP_ABORTED;
	call->answer = fp_plan(&call->packet);
	call->egress_ifindex = call->packet.egress_ifindex;
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

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's answers alone, for the test that holds them against their Java twins: a frame is read, and
 * answered unless it is TCP or UDP. The test sets the ingress fields of the record in the map, and finds the verdict
 * beside it; a packet of TCP or UDP, and one that can't be read, ends as what fp_read says.
 */
#include "../fp_answer.h"
#include "../fp_read.h"

char LICENSE[] SEC("license") = "GPL";

struct lab_answer {
	struct fp_packet packet;
	__s64 verdict;
};

FP_MAPPABLE_ARRAY(lab_answers, struct lab_answer, 1);

SEC("xdp")
int lab_answer(struct xdp_md *ctx)
{
	__u32 first = 0;
	struct lab_answer *call = bpf_map_lookup_elem(&lab_answers, &first);
	int kind;

	if (!call)
		return XDP_ABORTED;
	kind = fp_read(ctx, &call->packet);
	call->verdict = kind;
	if (kind != FP_PACKET_ARP && kind != FP_PACKET_ICMP && kind != FP_PACKET_ICMPV6)
		return XDP_PASS;
	call->verdict = fp_answer(ctx, &call->packet);
	return call->verdict >= FP_FIRST_DROP_CODE || call->verdict == FP_CONSUMED_ARP ? XDP_DROP : XDP_TX;
}

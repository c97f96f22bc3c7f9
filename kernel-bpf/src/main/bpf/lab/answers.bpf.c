/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The kernel engine's answers alone, for the test that holds them against their Java twins: a frame is read, and
 * answered unless it is TCP or UDP. What ends while it is read, and TCP and UDP, ends as what fp_read says.
 */
#include "../fp_answer.h"
#include "../fp_error.h"
#include "../fp_read.h"

char LICENSE[] SEC("license") = "GPL";

/* The test says by which interface frames come, and is told the verdict. */
struct lab_answer {
	__u32 ingress_slot;
	__u32 verdict;
};

FP_MAPPABLE_ARRAY(lab_answers, struct lab_answer, 1);

static __always_inline int lab_end(struct lab_answer *answer, int verdict)
{
	answer->verdict = verdict;
	switch (verdict) {
	case FP_ANSWERED_ARP:
	case FP_ANSWERED_ECHO:
	case FP_ANSWERED_NEIGHBOR:
		return XDP_TX;
	default:
		return XDP_DROP;
	}
}

SEC("xdp")
int lab_answer(struct xdp_md *ctx)
{
	__u32 first = 0, slot;
	struct lab_answer *answer = bpf_map_lookup_elem(&lab_answers, &first);
	struct fp_packet *packet = bpf_map_lookup_elem(&fp_scratch, &first);
	const struct fp_interface *interface;
	int kind;

	if (!answer || !packet)
		return XDP_ABORTED;
	slot = answer->ingress_slot;
	interface = bpf_map_lookup_elem(&fp_interfaces, &slot);
	if (!interface)
		return XDP_ABORTED;
	packet->ingress_slot = slot;
	packet->ingress_ifindex = interface->ifindex;
	packet->ingress_flags = interface->flags;
	kind = fp_read(ctx, packet);
	if (kind != FP_PACKET_ARP && kind != FP_PACKET_ICMP && kind != FP_PACKET_ICMPV6)
		return lab_end(answer, kind);
	return lab_end(answer, fp_is_error(ctx, packet) ? fp_forward_error(ctx, packet) : fp_answer(ctx, packet));
}

// SPDX-License-Identifier: GPL-2.0-only
/* The sink: counts the UDP datagrams that arrive, examines a sample of them, and drops them. */
#include "lab_checksum.h"
#include "lab_frame.h"
#include "lab_sink.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_sink_plan);
} sink_plan SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, LAB_CPU_LIMIT);
	__type(key, __u32);
	__type(value, struct lab_sink_counters);
} sink_counters SEC(".maps");

static __always_inline int is_udp(const struct lab_frame *frame)
{
	return frame->ethernet->h_proto == bpf_htons(ETH_P_IP) && frame->ip->ihl == sizeof(*frame->ip) / 4 &&
	       frame->ip->protocol == IPPROTO_UDP;
}

/* clang 14 calls memcmp() for six bytes, which BPF has not. */
static __always_inline int is_same_mac(const __u8 *left, const __u8 *right)
{
	const __u16 *l = (const void *)left;
	const __u16 *r = (const void *)right;

	return l[0] == r[0] && l[1] == r[1] && l[2] == r[2];
}

static __always_inline int is_expected(const struct lab_frame *frame, const struct lab_sink_plan *plan)
{
	return is_same_mac(frame->ethernet->h_dest, plan->destination_mac) &&
	       frame->udp->dest == plan->destination_port_be &&
	       bpf_ntohl(frame->ip->daddr) - plan->first_destination < plan->destination_count;
}

/* Both checksums, over the datagram as it lies there: the UDP length must reach exactly to the end of the frame. */
static __always_inline int has_valid_checksums(const struct lab_frame *frame)
{
	const struct udphdr *udp = frame->udp;

	return bpf_ntohs(udp->len) == (__u16)(frame->end - (void *)udp) && udp->check &&
	       lab_fold(lab_sum(frame->ip, sizeof(*frame->ip))) == 0xffff &&
	       lab_fold(lab_udp_pseudo_sum(frame->ip, udp) + lab_sum_to_end(udp, frame->end)) == 0xffff;
}

static __always_inline void examine(const struct lab_frame *frame, struct lab_sink_counters *counters)
{
	const __u32 zero = 0;
	const struct lab_sink_plan *plan = bpf_map_lookup_elem(&sink_plan, &zero);

	counters->sampled++;
	if (!plan || !is_expected(frame, plan))
		counters->misdirected++;
	if (!has_valid_checksums(frame))
		counters->bad_checksum++;
}

SEC("xdp")
int lab_sink(struct xdp_md *context)
{
	const __u32 cpu = bpf_get_smp_processor_id();
	struct lab_sink_counters *counters = bpf_map_lookup_elem(&sink_counters, &cpu);
	struct lab_frame frame;

	if (!counters)
		return XDP_ABORTED;
	if (!lab_open_frame(context, &frame) || !is_udp(&frame)) {
		counters->others++;
		return XDP_PASS;
	}
	counters->packets++;
	counters->bytes += frame.end - (void *)frame.ethernet;
	if (counters->until_sample-- == 0) {
		counters->until_sample = LAB_SAMPLE_INTERVAL - 1;
		examine(&frame, counters);
	}
	return XDP_DROP;
}

char _license[] SEC("license") = "GPL";

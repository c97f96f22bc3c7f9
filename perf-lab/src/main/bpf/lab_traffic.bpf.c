// SPDX-License-Identifier: GPL-2.0-only
/*
 * The generator: turns each frame that BPF_PROG_TEST_RUN hands it (live frames, Linux 5.18) into a UDP datagram of the
 * next flow and redirects it to an interface. Frames come back with whatever the forwarder wrote into them, so every header
 * field is written each time. The payload must be zero: then it does not change the checksum. A frame that is not due yet
 * is dropped, which costs little, so that the thread that runs the program paces by spinning here.
 */
#include "lab_checksum.h"
#include "lab_frame.h"
#include "lab_traffic.h"

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_traffic_plan);
} traffic_plan SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct lab_traffic_progress);
} traffic_progress SEC(".maps");

/* A delayed generator catches up with at most this many packets at once: what a veth's ring takes without loss. */
#define BURST_LIMIT 64

static __always_inline int is_due(struct lab_traffic_progress *progress, __u64 interval_ns)
{
	__u64 now_ns, earliest_ns;

	if (!interval_ns)
		return 1;
	now_ns = bpf_ktime_get_ns();
	if (now_ns < progress->next_due_ns)
		return 0;
	earliest_ns = now_ns - BURST_LIMIT * interval_ns;
	if (progress->next_due_ns < earliest_ns)
		progress->next_due_ns = earliest_ns;
	progress->next_due_ns += interval_ns;
	return 1;
}

static __always_inline __u32 take_flow(struct lab_traffic_progress *progress, __u32 flow_count)
{
	__u32 flow = progress->next_flow;

	progress->next_flow = flow + 1 < flow_count ? flow + 1 : 0;
	return flow;
}

static __always_inline void write_ethernet(struct ethhdr *ethernet, const struct lab_traffic_plan *plan)
{
	__builtin_memcpy(ethernet->h_dest, plan->destination_mac, ETH_ALEN);
	__builtin_memcpy(ethernet->h_source, plan->source_mac, ETH_ALEN);
	ethernet->h_proto = bpf_htons(ETH_P_IP);
}

static __always_inline void write_ip(struct iphdr *ip, __u16 length, __u32 source, __be32 destination_be)
{
	ip->version = 4;
	ip->ihl = sizeof(*ip) / 4;
	ip->tos = 0;
	ip->tot_len = bpf_htons(length);
	ip->id = 0;
	ip->frag_off = bpf_htons(0x4000); /* don't fragment */
	ip->ttl = 64;
	ip->protocol = IPPROTO_UDP;
	ip->check = 0;
	ip->saddr = bpf_htonl(source);
	ip->daddr = destination_be;
	ip->check = ~lab_fold(lab_sum(ip, sizeof(*ip)));
}

static __always_inline void write_udp(struct udphdr *udp, __u16 length, __u16 source, __be16 destination_be,
				      const struct iphdr *ip)
{
	__u16 check;

	udp->source = bpf_htons(source);
	udp->dest = destination_be;
	udp->len = bpf_htons(length);
	udp->check = 0;
	check = ~lab_fold(lab_udp_pseudo_sum(ip, udp) + lab_sum(udp, sizeof(*udp)));
	udp->check = check ? check : 0xffff; /* RFC 768: zero means none */
}

SEC("xdp")
int lab_traffic(struct xdp_md *context)
{
	const __u32 zero = 0;
	const struct lab_traffic_plan *plan = bpf_map_lookup_elem(&traffic_plan, &zero);
	struct lab_traffic_progress *progress = bpf_map_lookup_elem(&traffic_progress, &zero);
	struct lab_frame frame;
	__u32 flow;

	if (!plan || !progress || !lab_open_frame(context, &frame))
		return XDP_ABORTED;
	if (!is_due(progress, plan->interval_ns))
		return XDP_DROP;
	flow = take_flow(progress, plan->flow_count);
	write_ethernet(frame.ethernet, plan);
	write_ip(frame.ip, frame.end - (void *)frame.ip, plan->first_source + flow % LAB_CLIENT_COUNT,
		 plan->destination_be);
	write_udp(frame.udp, frame.end - (void *)frame.udp, plan->first_source_port + flow / LAB_CLIENT_COUNT,
		  plan->destination_port_be, frame.ip);
	progress->sent++;
	return bpf_redirect(plan->interface_index, 0);
}

char _license[] SEC("license") = "GPL";

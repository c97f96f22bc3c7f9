/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * xdp_decap, for backends: takes the outer headers off what a balancer sent by dsr-ipip, dsr-gue or dsr-geneve, and leaves
 * the packet to the kernel's stack as if it had come by itself. It knows nothing of instances.
 *
 *   frame -> IPIP, IPv6 in IP, or UDP to GUE's or Geneve's port, to one of the host's addresses? -- no --> kernel's stack, untouched
 *              | yes
 *           outer header whole, and no fragment? -- no --> dropped
 *              | yes
 *           an IP packet within, whole, with no tunnel in it, to one of the host's addresses? -- no --> dropped
 *              | yes
 *           congestion marks of the outer header put into it (RFC 6040, 4.2) -- can't be --> dropped
 *              | done
 *           Ethernet header moved up to it --> kernel's stack
 *
 * That the packet within is for the host itself keeps others from sending through it what they could not send to it; it
 * does not tell who sent it: that is the network's to see to. One tunnel is taken off, never a second one. Tagged frames
 * are left alone: the tag is taken off by the NIC, or the program is attached to the VLAN's interface. A UDP checksum is not
 * looked at: the packet within has its own. Geneve's options are skipped, and what no balancer sends by it (another network
 * than 0, Ethernet within) is left to the stack: a host may have an overlay at the same port.
 */
#include "fp_decap_outer.h"

char LICENSE[] SEC("license") = "GPL";

/* A row for each CPU, which alone adds to it; the loader makes as many as there may be. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_decap_row);
} fp_decap_counts SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct fp_decap_settings);
} fp_decap_set SEC(".maps");

/* The packet within: FP_DECAP_STRIPPED if it may go on, and its EtherType. */
static __always_inline enum fp_decap_count fp_inner(const void *data, const void *end, const struct fp_outer *outer,
						     __be16 *type)
{
	const struct iphdr *ip = data + (outer->offset & 511);
	const struct ipv6hdr *ip6 = (const void *)ip;
	__u32 length;

	if ((const void *)(ip + 1) > end)
		return FP_DECAP_DROP_INNER;
	if (ip->version == 4 && outer->protocol != IPPROTO_IPV6) {
		length = fp_length(ip->tot_len);
		if (ip->ihl < 5 || length < sizeof(*ip) || length > outer->length)
			return FP_DECAP_DROP_INNER;
		*type = bpf_htons(ETH_P_IP);
		if (fp_is_tunnel(ip->protocol))
			return FP_DECAP_DROP_NESTED;
		return fp_is_own(&ip->daddr, 1) ? FP_DECAP_STRIPPED : FP_DECAP_DROP_FOREIGN;
	}
	if (ip->version != 6 || outer->protocol == IPPROTO_IPIP || (const void *)(ip6 + 1) > end)
		return FP_DECAP_DROP_INNER;
	if (fp_length(ip6->payload_len) + sizeof(*ip6) > outer->length)
		return FP_DECAP_DROP_INNER;
	*type = bpf_htons(ETH_P_IPV6);
	if (fp_is_tunnel(ip6->nexthdr))
		return FP_DECAP_DROP_NESTED;
	return fp_is_own(&ip6->daddr, 0) ? FP_DECAP_STRIPPED : FP_DECAP_DROP_FOREIGN;
}

/* What the packet within has afterwards (RFC 6040, 4.2, figure 4); -1: it is to be dropped. */
static __always_inline int fp_ecn_within(__u32 inner, __u32 outer)
{
	if (inner == FP_ECN_NOT_ECT)
		return outer == FP_ECN_CE ? -1 : FP_ECN_NOT_ECT;
	if (inner == FP_ECN_CE || outer == FP_ECN_CE)
		return FP_ECN_CE;
	return outer == FP_ECN_ECT_1 ? FP_ECN_ECT_1 : (int)inner;
}

/* Puts the outer header's congestion mark into the packet within, which fp_inner has found whole. */
static __always_inline enum fp_decap_count fp_mark(void *data, const void *end, const struct fp_outer *outer)
{
	struct iphdr *ip = data + (outer->offset & 511);
	struct ipv6hdr *ip6 = (void *)ip;
	__u32 sum;
	int ecn;

	if ((const void *)(ip + 1) > end)
		return FP_DECAP_DROP_INNER;
	if (ip->version == 6) {
		ecn = fp_ecn_within(ip6->flow_lbl[0] >> 4 & FP_ECN_CE, outer->ecn);
		if (ecn < 0)
			return FP_DECAP_DROP_CONGESTED;
		ip6->flow_lbl[0] = (ip6->flow_lbl[0] & ~(FP_ECN_CE << 4)) | ecn << 4;
		return FP_DECAP_STRIPPED;
	}
	ecn = fp_ecn_within(ip->tos & FP_ECN_CE, outer->ecn);
	if (ecn < 0)
		return FP_DECAP_DROP_CONGESTED;
	sum = (__u16)~ip->check + (__u16)~*(__u16 *)ip;
	ip->tos = (ip->tos & ~FP_ECN_CE) | ecn;
	sum += *(__u16 *)ip;
	sum = (sum & 0xffff) + (sum >> 16);
	ip->check = ~((sum & 0xffff) + (sum >> 16));
	return FP_DECAP_STRIPPED;
}

/* Moves the Ethernet header up to the packet within. */
static __always_inline enum fp_decap_count fp_strip(struct xdp_md *ctx, __u32 inner_offset, __be16 type)
{
	struct ethhdr *ethernet = (void *)(long)ctx->data;
	struct ethhdr kept;

	if ((void *)(ethernet + 1) > (void *)(long)ctx->data_end)
		return FP_DECAP_DROP_INNER;
	kept = *ethernet;
	kept.h_proto = type;
	if (bpf_xdp_adjust_head(ctx, inner_offset - ETH_HLEN))
		return FP_DECAP_DROP_INNER;
	ethernet = (void *)(long)ctx->data;
	if ((void *)(ethernet + 1) > (void *)(long)ctx->data_end)
		return FP_DECAP_DROP_INNER;
	*ethernet = kept;
	return FP_DECAP_STRIPPED;
}

static __always_inline enum fp_decap_count fp_decap(struct xdp_md *ctx, const struct fp_decap_settings *settings)
{
	void *data = (void *)(long)ctx->data, *end = (void *)(long)ctx->data_end;
	const struct ethhdr *ethernet = data;
	enum fp_decap_count outcome = FP_DECAP_PASSED;
	struct fp_outer outer = {};
	__be16 type = 0;

	if ((const void *)(ethernet + 1) > end)
		return FP_DECAP_PASSED;
	if (ethernet->h_proto == bpf_htons(ETH_P_IP))
		outcome = fp_outer_ipv4(data, end, settings, &outer);
	else if (ethernet->h_proto == bpf_htons(ETH_P_IPV6))
		outcome = fp_outer_ipv6(data, end, settings, &outer);
	if (outcome == FP_DECAP_STRIPPED && outer.protocol == IPPROTO_UDP)
		outcome = fp_outer_udp(data, end, settings, &outer);
	if (outcome == FP_DECAP_STRIPPED)
		outcome = fp_inner(data, end, &outer, &type);
	if (outcome == FP_DECAP_STRIPPED && outer.ecn != FP_ECN_NOT_ECT)
		outcome = fp_mark(data, end, &outer);
	return outcome == FP_DECAP_STRIPPED ? fp_strip(ctx, outer.offset, type) : outcome;
}

SEC("xdp")
int xdp_decap(struct xdp_md *ctx)
{
	__u32 zero = 0, cpu = bpf_get_smp_processor_id();
	const struct fp_decap_settings *settings = bpf_map_lookup_elem(&fp_decap_set, &zero);
	struct fp_decap_row *row = bpf_map_lookup_elem(&fp_decap_counts, &cpu);
	enum fp_decap_count outcome;

	if (!settings)
		return XDP_PASS;
	outcome = fp_decap(ctx, settings);
	if (row)
		row->values[outcome & (FP_DECAP_COUNTS - 1)]++;
	return outcome < FP_DECAP_FIRST_DROP ? XDP_PASS : XDP_DROP;
}

/* Never called, and so never loaded: its parameter brings the constants into the BTF. */
int fp_decap_anchor(const struct fp_decap_layout *layout)
{
	return !layout;
}

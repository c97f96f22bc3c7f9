/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * A SYN flood: makes each frame that BPF_PROG_TEST_RUN hands it (live frames, Linux 5.18) a SYN of a client that does not
 * exist (198.18.0.0/15, RFC 2544) and redirects it to an interface. Frames come back with whatever was written into them,
 * so the template is copied each time; its checksums are those of source, port and number 0.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/tcp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

#define TEMPLATE_WORDS 7 /* 56 bytes: the three headers, and two of padding */
#define SOURCE_PREFIX 0xc6120000
#define SOURCE_MASK 0x1ffff
#define PORT_MIN 1024

struct flood_plan {
	__u64 words[TEMPLATE_WORDS];
	__u32 ifindex;
	__u32 reserved;
};

struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_MMAPABLE);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, struct flood_plan);
} flood_plan SEC(".maps");

char LICENSE[] SEC("license") = "GPL";

static __always_inline __u16 add(__u16 checksum, __u64 sum)
{
	sum += (__u16)~checksum;
	sum = (sum & 0xffffffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

SEC("xdp")
int syn_flood(struct xdp_md *ctx)
{
	__u64 *words = (void *)(long)ctx->data;
	struct iphdr *ip = (void *)words + ETH_HLEN;
	struct tcphdr *tcp = (void *)(ip + 1);
	__u32 first = 0, random = bpf_get_prandom_u32();
	const struct flood_plan *plan = bpf_map_lookup_elem(&flood_plan, &first);

	if (!plan || (void *)(words + TEMPLATE_WORDS) > (void *)(long)ctx->data_end)
		return XDP_ABORTED;
#pragma unroll
	for (int i = 0; i < TEMPLATE_WORDS; i++)
		words[i] = plan->words[i];
	ip->saddr = bpf_htonl(SOURCE_PREFIX | (random & SOURCE_MASK));
	tcp->source = bpf_htons(PORT_MIN | random >> 17);
	tcp->seq = bpf_get_prandom_u32();
	ip->check = add(ip->check, ip->saddr);
	tcp->check = add(tcp->check, (__u64)ip->saddr + tcp->source + tcp->seq);
	return bpf_redirect(plan->ifindex, 0);
}

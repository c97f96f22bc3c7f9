/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What stands around a packet that came through a tunnel: which headers are to be taken off, and whether they are whole. */
#ifndef FP_DECAP_OUTER_H
#define FP_DECAP_OUTER_H

#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/in.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "fp_decap.h"
#include "fp_header.h"

/* The host's addresses. Which they are is for the loader to say. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, FP_DECAP_ADDRESS_LIMIT);
	__type(key, struct fp_address);
	__type(value, __u32);
} fp_decap_own SEC(".maps");

/* Geneve's header; the first word as numbers have it. */
enum fp_geneve_constant {
	FP_GENEVE_LENGTH = 8,
	FP_GENEVE_VERSION_SHIFT = 30,
	FP_GENEVE_OPTIONS_SHIFT = 24, /* their length in words */
	FP_GENEVE_OPTIONS_MASK = 0x3f,
	FP_GENEVE_CONTROL = 1 << 23,
	FP_GENEVE_CRITICAL = 1 << 22,
};

#define FP_GENEVE_NETWORK_MASK 0xffffff00u

/* What the outer headers say. */
struct fp_outer {
	__u32 offset;   /* of the packet within, from the start of the frame */
	__u32 length;   /* bytes from there to the end of the outer packet */
	__u32 protocol; /* of the outer header */
	__u32 ecn;
};

/* The low bits of TOS and traffic class (RFC 3168, 5). */
enum fp_ecn {
	FP_ECN_NOT_ECT = 0,
	FP_ECN_ECT_1 = 1,
	FP_ECN_ECT_0 = 2,
	FP_ECN_CE = 3,
};

static __always_inline int fp_is_own(const void *address, int is_ipv4)
{
	struct fp_address key = {};

	if (is_ipv4)
		key.words[1] = (__u64)*(const __u32 *)address << 32 | 0xffff0000;
	else
		__builtin_memcpy(key.bytes, address, sizeof(key.bytes));
	return bpf_map_lookup_elem(&fp_decap_own, &key) != NULL;
}

static __always_inline int fp_is_tunnel(__u8 protocol)
{
	return protocol == IPPROTO_IPIP || protocol == IPPROTO_IPV6;
}

/* Whether a header with this protocol may be one that is to be taken off. */
static __always_inline int fp_is_wanted(const struct fp_decap_settings *settings, __u8 protocol)
{
	if (protocol == IPPROTO_UDP)
		return settings->modes & (FP_DECAP_MODE_GUE | FP_DECAP_MODE_GENEVE);
	return fp_is_tunnel(protocol) && settings->modes & FP_DECAP_MODE_IPIP;
}

/* Sum of a header of five words, folded: 0xffff if its checksum is right. */
static __always_inline __u32 fp_header_sum(const struct iphdr *ip)
{
	const __u32 *words = (const void *)ip;
	__u64 sum = (__u64)words[0] + words[1] + words[2] + words[3] + words[4];

	sum = (sum & 0xffff) + (sum >> 16 & 0xffff) + (sum >> 32);
	sum = (sum & 0xffff) + (sum >> 16);
	return (sum & 0xffff) + (sum >> 16);
}

static __always_inline enum fp_decap_count fp_outer_ipv4(const void *data, const void *end,
							  const struct fp_decap_settings *settings,
							  struct fp_outer *outer)
{
	const struct iphdr *ip = data + ETH_HLEN;
	__u32 length;

	if ((const void *)(ip + 1) > end || !fp_is_wanted(settings, ip->protocol) || !fp_is_own(&ip->daddr, 1))
		return FP_DECAP_PASSED;
	length = fp_length(ip->tot_len);
	outer->protocol = ip->protocol;
	outer->ecn = ip->tos & FP_ECN_CE;
	outer->offset = ETH_HLEN + sizeof(*ip);
	outer->length = length - sizeof(*ip);
	/* Fragments of UDP to any port are the stack's, and so are headers with options: no balancer sends either. */
	if (ip->protocol == IPPROTO_UDP && (ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff)))
		return FP_DECAP_PASSED;
	if (ip->version != 4 || ip->ihl != 5 || ip->frag_off & bpf_htons(0x3fff) || length < sizeof(*ip) ||
	    data + ETH_HLEN + length > end || fp_header_sum(ip) != 0xffff)
		return ip->protocol == IPPROTO_UDP ? FP_DECAP_PASSED : FP_DECAP_DROP_OUTER;
	return FP_DECAP_STRIPPED;
}

static __always_inline enum fp_decap_count fp_outer_ipv6(const void *data, const void *end,
							  const struct fp_decap_settings *settings,
							  struct fp_outer *outer)
{
	const struct ipv6hdr *ip = data + ETH_HLEN;
	__u32 length;

	if ((const void *)(ip + 1) > end || !fp_is_wanted(settings, ip->nexthdr) || !fp_is_own(&ip->daddr, 0))
		return FP_DECAP_PASSED;
	length = fp_length(ip->payload_len);
	outer->protocol = ip->nexthdr;
	outer->ecn = ip->flow_lbl[0] >> 4 & FP_ECN_CE;
	outer->offset = ETH_HLEN + sizeof(*ip);
	outer->length = length;
	if (ip->version != 6 || data + ETH_HLEN + sizeof(*ip) + length > end)
		return ip->nexthdr == IPPROTO_UDP ? FP_DECAP_PASSED : FP_DECAP_DROP_OUTER;
	return FP_DECAP_STRIPPED;
}

/* Geneve (RFC 8926, 3.4), and which family is to be within. None of the options that a balancer sends is critical. */
static __always_inline enum fp_decap_count fp_outer_geneve(const void *data, const void *end, struct fp_outer *outer)
{
	const __be32 *words = data + (outer->offset & 127);
	__u32 first, length;

	if (outer->length < FP_GENEVE_LENGTH || (const void *)(words + 2) > end)
		return FP_DECAP_DROP_OUTER;
	first = bpf_ntohl(words[0]);
	length = FP_GENEVE_LENGTH + (first >> FP_GENEVE_OPTIONS_SHIFT & FP_GENEVE_OPTIONS_MASK) * sizeof(__be32);
	if (first >> FP_GENEVE_VERSION_SHIFT || words[1] & bpf_htonl(FP_GENEVE_NETWORK_MASK))
		return FP_DECAP_PASSED;
	if ((first & 0xffff) == ETH_P_IP)
		outer->protocol = IPPROTO_IPIP;
	else if ((first & 0xffff) == ETH_P_IPV6)
		outer->protocol = IPPROTO_IPV6;
	else
		return FP_DECAP_PASSED;
	if (first & (FP_GENEVE_CONTROL | FP_GENEVE_CRITICAL) || length > outer->length)
		return FP_DECAP_DROP_OUTER;
	outer->offset += length;
	outer->length -= length;
	return FP_DECAP_STRIPPED;
}

/* UDP: its port says whether it is a tunnel's at all. */
static __always_inline enum fp_decap_count fp_outer_udp(const void *data, const void *end,
							 const struct fp_decap_settings *settings,
							 struct fp_outer *outer)
{
	const struct udphdr *udp = data + (outer->offset & 63);
	__u32 length, mode;

	if ((const void *)(udp + 1) > end)
		return FP_DECAP_PASSED;
	mode = udp->dest == settings->gue_port_be ? FP_DECAP_MODE_GUE : FP_DECAP_MODE_GENEVE;
	if (!(settings->modes & mode) ||
	    (mode == FP_DECAP_MODE_GENEVE && udp->dest != settings->geneve_port_be))
		return FP_DECAP_PASSED;
	length = fp_length(udp->len);
	if (length < sizeof(*udp) || length > outer->length)
		return FP_DECAP_DROP_OUTER;
	outer->offset += sizeof(*udp);
	outer->length = length - sizeof(*udp);
	return mode == FP_DECAP_MODE_GENEVE ? fp_outer_geneve(data, end, outer) : FP_DECAP_STRIPPED;
}

#endif

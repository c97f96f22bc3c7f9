/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The Internet checksum (RFC 1071) as the lab writes it and checks it: over 16-bit words in memory order. */
#ifndef LAB_CHECKSUM_H
#define LAB_CHECKSUM_H

#include <linux/in.h>
#include <linux/ip.h>
#include <linux/udp.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>

/* Words of the longest frame that is summed: 1,518 bytes. */
#define LAB_MAX_WORD_COUNT 759

static __always_inline __u16 lab_fold(__u32 sum)
{
	sum = (sum & 0xffff) + (sum >> 16);
	sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

/* Sum of `length` bytes, a compile-time constant and even. */
static __always_inline __u32 lab_sum(const void *start, __u32 length)
{
	const __u16 *word = start;
	__u32 sum = 0;

#pragma unroll
	for (__u32 i = 0; i < length / 2; i++)
		sum += word[i];
	return sum;
}

/* Sum of all that lies between `start` and the end of the packet; an odd last byte is padded with zero. */
static __always_inline __u32 lab_sum_to_end(const void *start, const void *end)
{
	const __u16 *word = start;
	__u32 sum = 0;

	for (int i = 0; i < LAB_MAX_WORD_COUNT; i++) {
		if ((const void *)(word + 1) > end)
			break;
		sum += *word++;
	}
	if ((const void *)word + 1 <= end)
		sum += *(const __u8 *)word;
	return sum;
}

/* Sum of the pseudo header that a UDP checksum covers (RFC 768). */
static __always_inline __u32 lab_udp_pseudo_sum(const struct iphdr *ip, const struct udphdr *udp)
{
	return lab_sum(&ip->saddr, 2 * sizeof(__be32)) + bpf_htons(IPPROTO_UDP) + udp->len;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * IPv4: version, lengths, checksum, fragments, addresses (RFC 791; RFC 1812, 5.2.2). Options are carried along. Java
 * twin: Ipv4Parser.
 */
#ifndef FP_READ_IPV4_H
#define FP_READ_IPV4_H

#include <linux/ip.h>
#include "fp_checksum.h"
#include "fp_parse_ipv4.h"
#include "fp_read_extension.h"
#include "fp_read_transport.h"

#define FP_IPV4_OPTION_WORDS 10
#define FP_IPV4_MORE 0x2000
#define FP_IPV4_OFFSET_MASK 0x1fff /* in units of 8 bytes */

static __always_inline int fp_read_ipv4_transport(struct fp_packet *packet, struct fp_cursor *cursor, __u32 length)
{
	switch (packet->tuple.protocol) {
	case IPPROTO_TCP:
		return fp_read_tcp(packet, cursor, length, FP_PACKET_TRANSPORT_IPV4);
	case IPPROTO_UDP:
		return fp_read_udp(packet, cursor, length, FP_PACKET_TRANSPORT_IPV4);
	case IPPROTO_ICMP:
		return fp_read_icmp(length, FP_PACKET_ICMP);
	default:
		return FP_DROP_PROTOCOL;
	}
}

static __always_inline __u64 fp_sum_of_ipv4(const struct iphdr *ip)
{
	const __u32 *words = (const void *)ip;

	return (__u64)words[0] + words[1] + words[2] + words[3] + words[4];
}

/* A fragment that the record describes: 0 for a first one, FP_PACKET_FRAGMENT_IPV4, or a drop code. */
static __always_inline int fp_read_ipv4_fragment(struct fp_packet *packet, const struct iphdr *ip, __u32 header_length)
{
	__u32 word = fp_length(ip->frag_off);

	if (ip->protocol != IPPROTO_TCP && ip->protocol != IPPROTO_UDP)
		return FP_DROP_FRAGMENT;
	packet->fragment_id = ip->id;
	packet->fragment_protocol = ip->protocol;
	return fp_read_fragment(packet, (word & FP_IPV4_OFFSET_MASK) * 8, !!(word & FP_IPV4_MORE),
				packet->ip_length - header_length, header_length, FP_PACKET_FRAGMENT_IPV4);
}

/* Reads from the network offset to the end of the frame; answers a kind or a drop code. */
static __always_inline int fp_read_ipv4(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct iphdr *ip;
	struct fp_cursor cursor;
	__u32 header_length;
	__u32 total_length;
	__u64 sum;

	if (!packet)
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = fp_take(&cursor, sizeof(*ip));
	if (!ip)
		return FP_DROP_TRUNCATED;
	header_length = ip->ihl * 4;
	if (ip->version != 4 || header_length < sizeof(*ip))
		return FP_DROP_IP_HEADER;
	total_length = fp_length(ip->tot_len);
	if (total_length < header_length || (const void *)ip + total_length > cursor.end)
		return FP_DROP_IP_LENGTH;
	sum = fp_sum_of_ipv4(ip);
	for (int i = 0; i < FP_IPV4_OPTION_WORDS && i < ip->ihl - FP_IPV4_HEADER_WORDS; i++) {
		const __u32 *option = fp_take(&cursor, sizeof(*option));

		if (!option)
			return FP_DROP_IP_LENGTH;
		sum += *option;
	}
	if (fp_fold(sum) != FP_SUM_CORRECT)
		return FP_DROP_IP_CHECKSUM;
	packet->transport_offset = packet->network_offset + header_length;
	packet->ip_length = total_length;
	packet->time_to_live = ip->ttl;
	packet->tuple.protocol = ip->protocol;
	fp_set_ipv4(&packet->tuple.source, ip->saddr);
	fp_set_ipv4(&packet->tuple.destination, ip->daddr);
	packet->fragment = 0;
	packet->surplus = 0;
	if (ip->frag_off & bpf_htons(FP_IPV4_FRAGMENT_BITS)) {
		int kind = fp_read_ipv4_fragment(packet, ip, header_length);

		if (kind)
			return kind;
	}
	return fp_read_ipv4_transport(packet, &cursor, total_length - header_length);
}

#endif

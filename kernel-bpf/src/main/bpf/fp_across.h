/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * From one family into the other (full-nat): a header of the other family in front of TCP or UDP, as RFC 7915 has it for
 * translators that keep connections. Java twin: FamilyTranslator.
 *
 *   traffic class   TOS, all eight bits, both ways
 *   flow label      0
 *   TTL             one less
 *   DF              IPv4 to IPv6: not looked at, for nothing is cut here; what does not fit is dropped. IPv6 to IPv4: set,
 *                   and the identification 0, but for packets of up to 1260 bytes: an IPv6 sender can't be told of a
 *                   path below 1280 (RFC 7915, 5.1). Their identification is the transport checksum, which tells
 *                   datagrams apart that differ, and stays the same in both engines.
 *   headers         extension headers, which have nothing to do any more, are left out (5.1); IPv4 options are refused
 *   UDP             a checksum is made where IPv4 had none (4.5); IPv6 has to have one
 *
 * Fragments are refused: the checksum of a datagram is in its first one, and IPv6 has no room for half of an answer.
 */
#ifndef FP_ACROSS_H
#define FP_ACROSS_H

#include "fp_hop.h"
#include "fp_rewrite.h"

enum fp_across_limit {
	FP_ACROSS_CUTTABLE = 1260, /* bytes of an IPv4 packet that anybody on the way may cut (RFC 7915, 5.1) */
};

/* Whether the packet leaves in another family than it came in; `to.destination` is set. */
static __always_inline int fp_goes_across(const struct fp_packet *packet)
{
	return fp_is_ipv4(&packet->to.destination) != fp_is_ipv4_packet(packet);
}

/* The header that a packet gets that goes across. */
static __always_inline __u32 fp_header_across(const struct fp_packet *packet)
{
	return fp_is_ipv4_packet(packet) ? sizeof(struct ipv6hdr) : sizeof(struct iphdr);
}

/* Whether the packet can go across: 0, and `surplus` is set; or a drop code. */
static __always_inline int fp_go_across(struct fp_packet *packet)
{
	__u32 header_length = packet->transport_offset - packet->network_offset;

	if (packet->fragment)
		return FP_DROP_FAMILY_FRAGMENT;
	if (fp_is_ipv4_packet(packet) && header_length != sizeof(struct iphdr))
		return FP_DROP_FAMILY_OPTIONS;
	packet->surplus = fp_header_across(packet) - header_length;
	packet->outer_length = packet->surplus;
	return 0;
}

/* As fp_way_out, for a packet that may go across. */
static __always_inline int fp_way_as(struct xdp_md *ctx, struct fp_packet *packet, int is_client, int is_across)
{
	packet->surplus = 0;
	return (is_across ? fp_go_across(packet) : 0) ?: fp_way_out(ctx, packet, is_client);
}

/* Makes the hop's header and the other family's begin so that the transport header stays where it is. */
static __always_inline int fp_make_room_across(struct xdp_md *ctx, struct fp_packet *packet, __u32 tag_count)
{
	__u32 header_length = fp_header_across(packet);
	__u32 front = ETH_HLEN + tag_count * sizeof(struct fp_vlan_tag) + header_length;
	int surplus = packet->transport_offset - front;

	if (surplus && bpf_xdp_adjust_head(ctx, surplus))
		return FP_DROP_MTU;
	packet->transport_offset = front;
	packet->network_offset = front - header_length;
	return 0;
}

/* The UDP header; NULL where the frame ends before. */
static __always_inline struct udphdr *fp_udp_across(struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset);

	return fp_take(&cursor, sizeof(struct udphdr));
}

/* Ports and checksum: carried on, or computed afresh as ever, or where IPv6 needs one that IPv4 did not have. */
static __always_inline int fp_rewrite_transport_across(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u64 replaced = fp_replace_address(&packet->tuple.source, &packet->to.source) +
			 fp_replace_address(&packet->tuple.destination, &packet->to.destination);
	struct udphdr *udp;

	if (fp_rewrite_transport(ctx, packet, replaced))
		return FP_DROP_INTERNAL;
	if (packet->tuple.protocol == IPPROTO_UDP && fp_is_ipv4_packet(packet)) {
		udp = fp_udp_across(ctx, packet);
		if (!udp)
			return FP_DROP_INTERNAL;
		if (!udp->check) {
			udp->check = 0xffff; /* any: it is to be there, and computed */
			goto compute;
		}
	}
	if (!fp_is_recomputed(packet))
		return 0;
compute:
	return fp_recompute_transport(ctx, packet,
				      fp_sum_of_address(&packet->to.source) +
					      fp_sum_of_address(&packet->to.destination));
}

/* The identification of an IPv4 packet that may be cut: its transport checksum. */
static __always_inline __u32 fp_identification_across(struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->transport_offset);
	const struct udphdr *udp;
	const struct tcphdr *tcp;

	if (packet->tuple.protocol == IPPROTO_TCP) {
		tcp = fp_take(&cursor, sizeof(*tcp));
		return tcp ? tcp->check : 0;
	}
	udp = fp_take(&cursor, sizeof(*udp));
	return udp ? udp->check : 0;
}

static __always_inline int fp_write_across_ipv4(struct xdp_md *ctx, const struct fp_packet *packet, __u32 service)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->network_offset);
	struct iphdr *ip = fp_take(&cursor, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return FP_DROP_INTERNAL;
	words[0] = bpf_htonl(0x45000000 | service << 16 | (packet->ip_length & 0xffff));
	words[1] = packet->ip_length > FP_ACROSS_CUTTABLE ? bpf_htonl(0x00004000)
							   : fp_identification_across(ctx, packet);
	words[2] = bpf_htonl((packet->time_to_live - 1) << 24 | packet->tuple.protocol << 16);
	words[3] = fp_ipv4_of(&packet->to.source);
	words[4] = fp_ipv4_of(&packet->to.destination);
	ip->check = fp_finish((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
	return 0;
}

static __always_inline int fp_write_across_ipv6(struct xdp_md *ctx, const struct fp_packet *packet, __u32 service)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, packet->network_offset);
	struct ipv6hdr *ip = fp_take(&cursor, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return FP_DROP_INTERNAL;
	words[0] = bpf_htonl(0x60000000 | service << 20);
	words[1] = bpf_htonl((packet->ip_length - sizeof(*ip)) << 16 | packet->tuple.protocol << 8 |
			     (packet->time_to_live - 1));
	fp_put_ipv6(&ip->saddr, &packet->to.source);
	fp_put_ipv6(&ip->daddr, &packet->to.destination);
	return 0;
}

/* All of the packet behind its link header, once there is room; `ip_length` is the new one. 0, or a drop code. */
static __always_inline int fp_write_across(struct xdp_md *ctx, struct fp_packet *packet, __u32 service)
{
	if (fp_rewrite_transport_across(ctx, packet))
		return FP_DROP_INTERNAL;
	return fp_is_ipv4_packet(packet) ? fp_write_across_ipv6(ctx, packet, service)
					 : fp_write_across_ipv4(ctx, packet, service);
}

/* As fp_rewrite, for a packet that goes across. `ip_length` stays that of the packet as it came in. */
__noinline int fp_rewrite_across(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct fp_next_hop *hop;
	__u32 hop_index, tag_count;
	int service, failure;
	__be16 type;

	if (!packet)
		return FP_DROP_INTERNAL;
	hop_index = packet->hop_index;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	service = fp_traffic_class(ctx, packet);
	if (!hop || service < 0)
		return FP_DROP_INTERNAL;
	tag_count = fp_tag_count(packet, hop);
	if (tag_count > FP_VLAN_TAG_LIMIT)
		return FP_DROP_INTERNAL;
	if (!fp_can_recompute(packet))
		return FP_DROP_MTU;
	packet->ip_length += packet->surplus;
	failure = fp_make_room_across(ctx, packet, tag_count) ?: fp_write_across(ctx, packet, service);
	if (!failure) {
		type = fp_is_ipv4_packet(packet) ? bpf_htons(ETH_P_IPV6) : bpf_htons(ETH_P_IP);
		failure = fp_write_link(ctx, packet, hop, tag_count, type) ?: fp_cut_padding(ctx, packet);
	}
	packet->ip_length -= packet->surplus;
	return failure;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * An ICMP error as its receiver must see it: the packet that it quotes becomes the one that the receiver sent, and the
 * error itself is addressed as the connection's packets are (RFC 5508, 4.2). All checksums are carried on by what was
 * replaced under them: those of the quoted headers, as far as they are quoted, the error's own, the outer header's. Java
 * twin: ErrorRewriter.
 */
#ifndef FP_ERROR_REWRITE_H
#define FP_ERROR_REWRITE_H

#include "fp_error_quote.h"
#include "fp_rewrite.h"
#include "fp_turn.h"

#define FP_TCP_CHECKSUM_OFFSET 16
#define FP_UDP_CHECKSUM_OFFSET 6

/* The quoted addresses, and IPv4's checksum over them; `replaced` is what they add. */
static __always_inline int fp_rewrite_quoted_ip(const struct xdp_md *ctx, struct fp_packet *packet, __u64 replaced)
{
	__u32 offset = packet->transport_offset + sizeof(struct icmphdr);

	if (packet->kind == FP_PACKET_ICMP) {
		struct iphdr *ip = fp_quote_at(ctx, offset, sizeof(*ip));
		__u16 old;

		if (!ip)
			return FP_DROP_INTERNAL;
		old = ip->check;
		ip->check = fp_update(old, replaced);
		packet->quote_replaced += fp_replace_int(old, ip->check);
		ip->saddr = fp_ipv4_of(&packet->to.destination);
		ip->daddr = fp_ipv4_of(&packet->to.source);
	} else {
		struct ipv6hdr *ip = fp_quote_at(ctx, offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		fp_put_ipv6(&ip->saddr, &packet->to.destination);
		fp_put_ipv6(&ip->daddr, &packet->to.source);
	}
	return 0;
}

/* The quoted ports, and the checksum over all, where it is quoted; half a checksum stays as it came. */
static __always_inline int fp_rewrite_quoted_transport(const struct xdp_md *ctx, struct fp_packet *packet,
						       __u64 replaced)
{
	__u32 offset = packet->transport_offset + sizeof(struct icmphdr) + packet->quote_header_length;
	__u32 checksum_offset = FP_UDP_CHECKSUM_OFFSET, ports = packet->to.ports;
	__u32 *quoted = fp_quote_at(ctx, offset, sizeof(*quoted));
	int is_udp = packet->quoted.protocol == IPPROTO_UDP;
	__u16 old, update, *checksum;

	if (!quoted)
		return FP_DROP_INTERNAL;
	*quoted = ports << 16 | ports >> 16;
	if (!is_udp) {
		checksum_offset = FP_TCP_CHECKSUM_OFFSET;
		if (packet->quote_length < FP_TCP_CHECKSUM_OFFSET + sizeof(*checksum))
			return 0;
	}
	checksum = fp_quote_at(ctx, offset + checksum_offset, sizeof(*checksum));
	if (!checksum)
		return FP_DROP_INTERNAL;
	old = *checksum;
	if (is_udp && !old)
		return 0;
	update = fp_update(old, replaced);
	*checksum = is_udp ? fp_udp_checksum(update) : update;
	packet->quote_replaced += fp_replace_int(old, *checksum);
	return 0;
}

/* All of the quote; `quote_replaced` becomes what it adds to the error's checksum. */
static __always_inline int fp_rewrite_quote(const struct xdp_md *ctx, struct fp_packet *packet)
{
	__u64 addresses = fp_replace_address(&packet->quoted.source, &packet->to.source) +
			  fp_replace_address(&packet->quoted.destination, &packet->to.destination);
	__u64 all = addresses + fp_replace_int(packet->quoted.ports, packet->to.ports);

	packet->quote_replaced = all;
	return fp_rewrite_quoted_ip(ctx, packet, addresses) ?: fp_rewrite_quoted_transport(ctx, packet, all);
}

/* The outer header; what its new addresses add to a checksum comes back through `replaced`. */
static __always_inline int fp_readdress_error(const struct xdp_md *ctx, const struct fp_packet *packet,
					      __u64 *replaced)
{
	*replaced = fp_replace_address(&packet->tuple.source, &packet->to.source) +
		    fp_replace_address(&packet->tuple.destination, &packet->to.destination);
	if (packet->kind == FP_PACKET_ICMP) {
		struct iphdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->ttl--;
		ip->check = fp_update(ip->check, *replaced + FP_ONE_LESS);
		ip->saddr = fp_ipv4_of(&packet->to.source);
		ip->daddr = fp_ipv4_of(&packet->to.destination);
	} else {
		struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));

		if (!ip)
			return FP_DROP_INTERNAL;
		ip->hop_limit--;
		fp_put_ipv6(&ip->saddr, &packet->to.source);
		fp_put_ipv6(&ip->daddr, &packet->to.destination);
	}
	return 0;
}

/* The error's own checksum, which in IPv6 covers the outer addresses, too (RFC 4443, 2.3). */
static __always_inline int fp_sum_error(struct xdp_md *ctx, const struct fp_packet *packet, __u64 readdressed)
{
	struct icmphdr *icmp = fp_header_at(ctx, packet->transport_offset, sizeof(*icmp));
	__u32 length = fp_transport_length(packet);
	__u64 sum = packet->quote_replaced;

	if (!icmp)
		return FP_DROP_INTERNAL;
	if (!fp_is_recomputed(packet)) {
		if (packet->kind == FP_PACKET_ICMPV6)
			sum += readdressed;
		icmp->checksum = fp_update(icmp->checksum, sum);
		return 0;
	}
	icmp->checksum = 0;
	sum = fp_sum(ctx, packet->transport_offset, length);
	if (packet->kind == FP_PACKET_ICMPV6)
		sum += fp_sum_of_icmpv6(&packet->to.source, &packet->to.destination, length);
	icmp = fp_header_at(ctx, packet->transport_offset, sizeof(*icmp));
	if (!icmp)
		return FP_DROP_INTERNAL;
	icmp->checksum = fp_finish(sum);
	return 0;
}

/* All of the error's IP packet. Its sender stays the sender only where the connection's source does. */
static __always_inline int fp_translate_error(struct xdp_md *ctx, struct fp_packet *packet)
{
	__u64 readdressed;

	if (fp_rewrite_quote(ctx, packet))
		return FP_DROP_INTERNAL;
	if (fp_same_address(&packet->to.source, &packet->quoted.source))
		packet->to.source = packet->tuple.source;
	return fp_readdress_error(ctx, packet, &readdressed) ?: fp_sum_error(ctx, packet, readdressed);
}

/*
 * Rewrites an error whose quote was read for the hop of `hop_index`; `to` is what a packet of the connection would
 * become that travels as the error does. `is_direct`: it keeps all but its link header. 0, or a drop code.
 */
__noinline int fp_rewrite_error(struct xdp_md *ctx, struct fp_packet *packet, int is_direct)
{
	const struct fp_next_hop *hop;
	__u32 hop_index, tag_count;
	__be16 type;

	if (!packet)
		return FP_DROP_INTERNAL;
	hop_index = packet->hop_index;
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	if (!hop)
		return FP_DROP_INTERNAL;
	tag_count = fp_tag_count(packet, hop);
	if (tag_count > FP_VLAN_TAG_LIMIT || !fp_can_recompute(packet))
		return FP_DROP_INTERNAL;
	if (fp_make_room(ctx, packet, tag_count))
		return FP_DROP_MTU;
	if (!is_direct && fp_translate_error(ctx, packet))
		return FP_DROP_INTERNAL;
	type = packet->kind == FP_PACKET_ICMP ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6);
	return fp_write_link(ctx, packet, hop, tag_count, type) ?: fp_cut_padding(ctx, packet);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Outer headers in front of a packet that is finished otherwise. Java twin: Encapsulation.
 *
 *   dsr-ipip: | Ethernet, tags | outer IPv4 or IPv6 | packet |          RFC 2003, RFC 2473, RFC 4213
 *   dsr-gue:  | Ethernet, tags | outer IPv4 or IPv6 | UDP | packet |    draft-ietf-intarea-gue, variant 1
 *   dsr-geneve: | Ethernet, tags | outer IPv4 or IPv6 | UDP | Geneve, option | packet |    RFC 8926
 *
 * Geneve: version 0, neither control nor critical, the packet's EtherType, network 0, and one option:
 *
 *    0                   1                   2                   3
 *   +-------------------------------+---------------+-----+---------+
 *   | class 0xff46                  | type 1 or 2   | 0   | 2 or 5  |   an experimental class; length in words of 4 bytes
 *   +-------------------------------+---------------+-----+---------+
 *   | VIP: 4 bytes (type 1, IPv4) or 16 (type 2, IPv6)              |
 *   +-------------------------------+-------------------------------+
 *   | port                          | 0                             |
 *   +-------------------------------+-------------------------------+
 *
 * The outer family is the backend's, whatever the packet's. Outer source: the configured prefix, its free bits among the
 * last 32 from the flow's hash, so that a backend's NIC spreads flows over its queues; the UDP source port and IPv6's flow
 * label are from the hash too. Outer TTL 64; DSCP is the packet's; ECN is not-ECT (RFC 6040, 4.3: the receiver need not
 * know of it); DF is set, and so the identification is 0 (RFC 6864, 4.1). UDP goes without a checksum: in IPv4 by RFC 768,
 * in IPv6 by RFC 6935, 5, for the packet within has its own.
 */
#ifndef FP_ENCAP_H
#define FP_ENCAP_H

#include "fp_flow_tuple.h"
#include "fp_rewrite.h"

enum fp_encap_constant {
	FP_OUTER_TIME_TO_LIVE = 64,
	FP_OUTER_PORT_MIN = 0xc000,
	FP_OUTER_PORT_MASK = 0x3fff,
	FP_DSCP_MASK = 0xfc,
	FP_FLOW_LABEL_MASK = 0xfffff,
	FP_GENEVE_LENGTH = 8,
	FP_GENEVE_OPTION_LENGTH = 4,    /* before the VIP, and of port and zero behind it */
	FP_GENEVE_CLASS = 0xff46,
	FP_GENEVE_VIP4 = 1,
	FP_GENEVE_VIP6 = 2,
};

/* What the outer headers to a backend take; the largest packet that fits is the hop's MTU less this. */
static __always_inline __u32 fp_outer_length(const struct fp_packet *packet, __u32 forwarding,
					     const struct fp_address *backend)
{
	__u32 length = fp_is_ipv4(backend) ? sizeof(struct iphdr) : sizeof(struct ipv6hdr);

	if (forwarding == FP_FORWARD_DSR_IPIP)
		return length;
	length += sizeof(struct udphdr);
	if (forwarding == FP_FORWARD_DSR_GUE)
		return length;
	length += FP_GENEVE_LENGTH + 2 * FP_GENEVE_OPTION_LENGTH;
	return length + (fp_is_ipv4_packet(packet) ? sizeof(__be32) : sizeof(struct fp_address));
}

/* Apart, for the sake of the caller's stack. */
__noinline __u32 fp_outer_hash(struct fp_packet *packet)
{
	__u32 zero = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &zero);

	return packet && config ? fp_flow_hash(config, &packet->tuple) : 0;
}

/* A prefix with the bits of the hash that it leaves free. */
static __always_inline __u32 fp_outer_source(const struct fp_config *config, int is_ipv6, __u32 hash)
{
	return config->tunnel_source[is_ipv6].be32[3] | (hash & config->tunnel_mask_be[is_ipv6]);
}

static __always_inline void *fp_write_outer_ipv4(struct fp_cursor *cursor, const struct fp_config *config,
						 const struct fp_address *backend, __u32 hash, __u32 dscp,
						 __u32 length, __u8 protocol)
{
	struct iphdr *ip = fp_take(cursor, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return NULL;
	words[0] = bpf_htonl(0x45000000 | dscp << 16 | (length & 0xffff));
	words[1] = bpf_htonl(0x00004000);
	words[2] = bpf_htonl((__u32)FP_OUTER_TIME_TO_LIVE << 24 | (__u32)protocol << 16);
	words[3] = fp_outer_source(config, 0, hash);
	words[4] = backend->be32[3];
	ip->check = fp_finish((__u64)words[0] + words[1] + words[2] + words[3] + words[4]);
	return ip;
}

static __always_inline void *fp_write_outer_ipv6(struct fp_cursor *cursor, const struct fp_config *config,
						 const struct fp_address *backend, __u32 hash, __u32 dscp,
						 __u32 length, __u8 protocol)
{
	struct ipv6hdr *ip = fp_take(cursor, sizeof(*ip));
	__u32 *words = (__u32 *)ip;

	if (!ip)
		return NULL;
	words[0] = bpf_htonl(0x60000000 | dscp << 20 | (hash & FP_FLOW_LABEL_MASK));
	words[1] = bpf_htonl((length - sizeof(*ip)) << 16 | (__u32)protocol << 8 | FP_OUTER_TIME_TO_LIVE);
	words[2] = config->tunnel_source[1].be32[0];
	words[3] = config->tunnel_source[1].be32[1];
	words[4] = config->tunnel_source[1].be32[2];
	words[5] = fp_outer_source(config, 1, hash);
	words[6] = backend->be32[0];
	words[7] = backend->be32[1];
	words[8] = backend->be32[2];
	words[9] = backend->be32[3];
	return ip;
}

/* GUE's variant 1 has no header but this one: the version in the packet's first byte tells what follows. */
static __always_inline int fp_write_outer_udp(struct fp_cursor *cursor, __be16 port_be, __u32 hash, __u32 length)
{
	struct udphdr *udp = fp_take(cursor, sizeof(*udp));

	if (!udp)
		return FP_DROP_INTERNAL;
	udp->source = bpf_htons(FP_OUTER_PORT_MIN | (hash & FP_OUTER_PORT_MASK));
	udp->dest = port_be;
	udp->len = bpf_htons(length);
	udp->check = 0;
	return 0;
}

/* UDP's header, Geneve's, and the option with VIP and port. Apart, for the sake of the caller's stack. */
__noinline int fp_write_geneve(struct xdp_md *ctx, struct fp_packet *packet, __u32 udp_offset, __u32 hash)
{
	__u32 zero = 0, option_length;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &zero);
	struct fp_cursor cursor;
	__u32 *words, *port;
	int is_ipv4;

	if (!packet || !config || udp_offset > FP_LINK_LENGTH_MAX + sizeof(struct ipv6hdr))
		return FP_DROP_INTERNAL;
	is_ipv4 = fp_is_ipv4_packet(packet);
	option_length = FP_GENEVE_OPTION_LENGTH + (is_ipv4 ? sizeof(__be32) : sizeof(struct fp_address));
	cursor = fp_cursor_at(ctx, udp_offset);
	if (fp_write_outer_udp(&cursor, config->geneve_port_be, hash,
			       sizeof(struct udphdr) + FP_GENEVE_LENGTH + FP_GENEVE_OPTION_LENGTH + option_length +
				       packet->ip_length))
		return FP_DROP_INTERNAL;
	words = fp_take(&cursor, FP_GENEVE_LENGTH + FP_GENEVE_OPTION_LENGTH + sizeof(__be32));
	if (!words)
		return FP_DROP_INTERNAL;
	words[0] = bpf_htonl((FP_GENEVE_OPTION_LENGTH + option_length) << 22 | (is_ipv4 ? ETH_P_IP : ETH_P_IPV6));
	words[1] = 0;
	words[2] = bpf_htonl((__u32)FP_GENEVE_CLASS << 16 | (is_ipv4 ? FP_GENEVE_VIP4 : FP_GENEVE_VIP6) << 8 |
			     option_length >> 2);
	words[3] = is_ipv4 ? packet->tuple.destination.be32[3] : packet->tuple.destination.be32[0];
	if (!is_ipv4) {
		words = fp_take(&cursor, 3 * sizeof(__be32));
		if (!words)
			return FP_DROP_INTERNAL;
		words[0] = packet->tuple.destination.be32[1];
		words[1] = packet->tuple.destination.be32[2];
		words[2] = packet->tuple.destination.be32[3];
	}
	port = fp_take(&cursor, FP_GENEVE_OPTION_LENGTH);
	if (!port)
		return FP_DROP_INTERNAL;
	*port = packet->tuple.ports >> 16; /* as it stands in memory, with zeros behind it */
	return 0;
}

static __always_inline __u8 fp_outer_protocol(const struct fp_packet *packet, __u32 forwarding)
{
	if (forwarding != FP_FORWARD_DSR_IPIP)
		return IPPROTO_UDP;
	return fp_is_ipv4_packet(packet) ? IPPROTO_IPIP : IPPROTO_IPV6;
}

/*
 * Puts the outer headers to the packet's backend, and the header of its hop, in front of a packet that fp_rewrite has
 * written: 0, or a drop code.
 */
__noinline int fp_encapsulate(struct xdp_md *ctx, struct fp_packet *packet, __u32 forwarding)
{
	__u32 zero = 0, backend_index, hop_index, hash, outer_length;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &zero);
	const struct fp_backend *backend;
	const struct fp_next_hop *hop;
	struct fp_cursor cursor;
	int is_ipv4, dscp;
	void *ip;

	if (!packet || !config)
		return FP_DROP_INTERNAL;
	backend_index = packet->backend_index;
	hop_index = packet->hop_index;
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	hop = bpf_map_lookup_elem(&fp_next_hops, &hop_index);
	dscp = fp_traffic_class(ctx, packet);
	if (!backend || !hop || fp_tag_count(packet, hop) > FP_VLAN_TAG_LIMIT || dscp < 0)
		return FP_DROP_INTERNAL;
	dscp &= FP_DSCP_MASK;
	is_ipv4 = fp_is_ipv4(&backend->address);
	outer_length = fp_outer_length(packet, forwarding, &backend->address);
	hash = fp_outer_hash(packet);
	if (bpf_xdp_adjust_head(ctx, -(int)outer_length))
		return FP_DROP_MTU;
	if (fp_write_link(ctx, packet, hop, fp_tag_count(packet, hop),
			  is_ipv4 ? bpf_htons(ETH_P_IP) : bpf_htons(ETH_P_IPV6)))
		return FP_DROP_INTERNAL;
	cursor = fp_cursor_at(ctx, packet->network_offset);
	ip = is_ipv4 ? fp_write_outer_ipv4(&cursor, config, &backend->address, hash, dscp,
					   outer_length + packet->ip_length, fp_outer_protocol(packet, forwarding))
		     : fp_write_outer_ipv6(&cursor, config, &backend->address, hash, dscp,
					   outer_length + packet->ip_length, fp_outer_protocol(packet, forwarding));
	if (!ip)
		return FP_DROP_INTERNAL;
	if (forwarding == FP_FORWARD_DSR_IPIP)
		return 0;
	if (forwarding == FP_FORWARD_DSR_GENEVE)
		return fp_write_geneve(ctx, packet,
				       packet->network_offset +
					       (is_ipv4 ? sizeof(struct iphdr) : sizeof(struct ipv6hdr)),
				       hash);
	return fp_write_outer_udp(&cursor, config->gue_port_be, hash, sizeof(struct udphdr) + packet->ip_length);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Neighbour solicitations for a VIP (RFC 4861) are validated as 7.1.1 says and answered with an advertisement as 7.2.4
 * says, in their own frame. It can be eight bytes longer than the solicitation. Java twin: NeighborResponder.
 *
 *   0    1    2      4                8              24
 *  +----+----+------+----------------+--------------+---------
 *  |type|code|chksum| flags          | target       | options: type u8, length u8 in units of 8 bytes, data
 *  +----+----+------+----------------+--------------+---------
 */
#ifndef FP_ANSWER_NEIGHBOR_H
#define FP_ANSWER_NEIGHBOR_H

#include <linux/in.h>
#include <linux/ipv6.h>
#include "fp_address.h"
#include "fp_turn.h"

#define FP_NEIGHBOR_HOP_LIMIT 255
#define FP_NEIGHBOR_ADVERTISEMENT 136
#define FP_NEIGHBOR_SOLICITED_BE 0x40
#define FP_NEIGHBOR_OVERRIDE_BE 0x20
#define FP_IPV6_VERSION_WORD 0x60 /* no traffic class, no flow label */

/* The first two bytes of the link-layer address options: type 1 or 2, one unit long. */
#define FP_SOURCE_LINK_OPTION 0x0101
#define FP_TARGET_LINK_OPTION 0x0102

/* ff02::1, all nodes of the link, and 33:33:00:00:00:01 (RFC 2464, 7). */
#define FP_ALL_NODES_WORD1 0x0100000000000000ULL
#define FP_ALL_NODES_MAC 0x010000003333ULL

#define FP_OPTION_UNIT_LENGTH 8
#define FP_OPTION_OFFSET_LIMIT 0x7fff /* the verifier asks for one */
#define FP_OPTION_LIMIT 512 /* what a frame of a page can hold */
#define FP_NO_MAC 0
#define FP_BAD_OPTIONS (~0ULL)

struct fp_neighbor_message {
	__u8 type;
	__u8 code;
	__u16 checksum;
	__u32 flags_be;
	struct fp_address target;
};

struct fp_neighbor_advertisement {
	struct fp_neighbor_message message;
	__u64 option; /* type, length, MAC */
};

/* A walk over the options, up to the end of the IP packet. */
struct fp_option_walk {
	const struct xdp_md *ctx;
	__u64 mac;
	__u32 offset;
	__u32 end;
};

/* RFC 4861, 7.1.1, but for the options. The target comes back in `packet->to.source`. */
static __always_inline int fp_is_valid_solicitation(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct ipv6hdr *ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	const struct fp_neighbor_message *message = fp_header_at(ctx, packet->transport_offset, sizeof(*message));
	__u32 length = packet->ip_length - sizeof(*ip);
	struct fp_address *target = &packet->to.source;
	__u64 sum;

	if (!ip || !message || packet->ip_length < sizeof(*ip) + sizeof(*message) ||
	    ip->hop_limit != FP_NEIGHBOR_HOP_LIMIT || message->code)
		return 0;
	fp_set_ipv6(target, &message->target);
	if (fp_is_multicast_v6(target))
		return 0;
	if (!fp_is_solicited_node(&packet->tuple.destination, target) &&
	    (fp_is_any(&packet->tuple.source) || !fp_same_address(&packet->tuple.destination, target)))
		return 0;
	sum = fp_sum(ctx, packet->transport_offset, length) +
	      fp_sum_of_icmpv6(&packet->tuple.source, &packet->tuple.destination, length);
	return fp_fold(sum) == FP_SUM_CORRECT;
}

static long fp_option_step(__u32 step __attribute__((unused)), struct fp_option_walk *walk)
{
	const void *frame_end = (const void *)(long)walk->ctx->data_end;
	const void *frame = (const void *)(long)walk->ctx->data;
	__u32 offset = walk->offset, length;
	__u64 option;

	if (offset >= walk->end)
		return 1;
	if (offset > FP_OPTION_OFFSET_LIMIT || frame + offset + sizeof(option) > frame_end) {
		walk->mac = FP_BAD_OPTIONS;
		return 1;
	}
	option = *(const __u64 *)(frame + offset);
	length = (option >> 8 & 0xff) * FP_OPTION_UNIT_LENGTH;
	if (!length || length > walk->end - offset) {
		walk->mac = FP_BAD_OPTIONS;
		return 1;
	}
	if ((__u16)option == FP_SOURCE_LINK_OPTION)
		walk->mac = option >> 16;
	walk->offset = offset + length;
	return 0;
}

/*
 * The sender's MAC from its option, FP_NO_MAC without one, FP_BAD_OPTIONS if they are malformed. The shortest option is
 * one unit, so fewer bytes than that are none: a read of a whole unit that goes beyond the packet is of a bad one.
 */
__noinline __u64 fp_source_link_option(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_option_walk walk = {.ctx = ctx, .mac = FP_NO_MAC};

	if (!packet)
		return FP_BAD_OPTIONS;
	walk.offset = packet->transport_offset + sizeof(struct fp_neighbor_message);
	walk.end = packet->network_offset + packet->ip_length;
	bpf_loop(FP_OPTION_LIMIT, fp_option_step, &walk, 0);
	return walk.mac == FP_BAD_OPTIONS || walk.offset < walk.end ? FP_BAD_OPTIONS : walk.mac;
}

static __always_inline void fp_fill_advertisement(struct fp_neighbor_advertisement *advertisement,
						  const struct fp_packet *packet, int is_probe, __u64 own_mac)
{
	const __u32 *words = (const __u32 *)advertisement;
	__u64 sum = 0;

	advertisement->message.type = FP_NEIGHBOR_ADVERTISEMENT;
	advertisement->message.code = 0;
	advertisement->message.checksum = 0;
	advertisement->message.flags_be = FP_NEIGHBOR_OVERRIDE_BE | (is_probe ? 0 : FP_NEIGHBOR_SOLICITED_BE);
	advertisement->option = own_mac << 16 | FP_TARGET_LINK_OPTION;
#pragma unroll
	for (__u32 i = 0; i < sizeof(*advertisement) / sizeof(*words); i++)
		sum += words[i];
	sum += fp_sum_of_icmpv6(&packet->to.source, &packet->to.destination, sizeof(*advertisement));
	advertisement->message.checksum = fp_finish(sum);
}

/* Turns a solicitation into its advertisement, from `to.source` to `to.destination`. */
static __always_inline int fp_advertise(struct xdp_md *ctx, const struct fp_packet *packet, int is_probe, __u64 mac)
{
	__u64 own_mac = fp_own_mac(packet);
	struct fp_neighbor_advertisement *advertisement;
	struct ethhdr *ethernet;
	struct ipv6hdr *ip;

	if (fp_set_length(ctx, packet->transport_offset + sizeof(*advertisement)))
		return FP_DROP_ICMP;
	ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	ip = fp_header_at(ctx, packet->network_offset, sizeof(*ip));
	advertisement = fp_header_at(ctx, packet->transport_offset, sizeof(*advertisement));
	if (!ethernet || !ip || !advertisement)
		return FP_DROP_INTERNAL;
	fp_put_macs(ethernet, mac, own_mac);
	*(__u32 *)ip = FP_IPV6_VERSION_WORD;
	ip->payload_len = bpf_htons(sizeof(*advertisement));
	fp_put_ipv6(&ip->saddr, &packet->to.source);
	fp_put_ipv6(&ip->daddr, &packet->to.destination);
	fp_fill_advertisement(advertisement, packet, is_probe, own_mac);
	return FP_ANSWERED_NEIGHBOR;
}

/* A neighbour solicitation: FP_ANSWERED_NEIGHBOR or a drop code. `packet->to` is overwritten. */
__noinline int fp_answer_neighbor(struct xdp_md *ctx, struct fp_packet *packet)
{
	const struct ethhdr *ethernet;
	const struct fp_config *config;
	__u32 first = 0;
	__u64 mac;
	int is_probe, refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	if (!fp_is_valid_solicitation(ctx, packet))
		return FP_DROP_ICMP;
	is_probe = fp_is_any(&packet->tuple.source);
	mac = fp_source_link_option(ctx, packet);
	if (mac == FP_BAD_OPTIONS || (is_probe && mac != FP_NO_MAC))
		return FP_DROP_ICMP;
	config = bpf_map_lookup_elem(&fp_config, &first);
	if (!fp_is_single_vip(config, &packet->to.source))
		return FP_DROP_NO_SERVICE;
	refusal = is_probe ? 0 : fp_source_refusal(config, &packet->tuple.source);
	if (refusal)
		return refusal;
	ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	if (!ethernet)
		return FP_DROP_INTERNAL;
	if (mac == FP_NO_MAC)
		mac = fp_mac_at(ethernet->h_source);
	if (!fp_is_unicast_mac(mac))
		return FP_DROP_ICMP;
	packet->to.destination = packet->tuple.source;
	if (is_probe) {
		packet->to.destination.words[0] = FP_LINK_GROUP_WORD0;
		packet->to.destination.words[1] = FP_ALL_NODES_WORD1;
		mac = FP_ALL_NODES_MAC;
	}
	return fp_advertise(ctx, packet, is_probe, mac);
}

#endif

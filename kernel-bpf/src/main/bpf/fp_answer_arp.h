/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * ARP (RFC 826): a request for a VIP is answered in its own frame, with the MAC of the interface it came in by. Replies
 * and announcements (RFC 5227, 3) are taken in. Who asks or announces tells its MAC, which serves a hop that waits for
 * one. Java twin: ArpResponder.
 */
#ifndef FP_ANSWER_ARP_H
#define FP_ANSWER_ARP_H

#include <bpf/bpf_endian.h>
#include "fp_address.h"
#include "fp_heard.h"
#include "fp_parse_link.h"
#include "fp_turn.h"

#define FP_ARP_REPLY 2

/* The first six bytes of ARP for IPv4 over Ethernet: hardware type, protocol type, both address lengths. */
#define FP_ARP_KIND 0x040600080100ULL

/* Priority and drop eligibility belong to the single frame; a VLAN is named by the other twelve bits. */
#define FP_VLAN_WITHOUT_PRIORITY 0xff0fffff
#define FP_VLAN_ID 0xff0f0000

/* A packet's own addresses, with the sender's MAC. */
struct fp_arp_claim {
	__be32 sender;
	__be32 target;
	__u64 mac;
};

/* The tags by which a packet came; a single tag that names no VLAN is none (IEEE 802.1Q, 6.9). */
static __always_inline void fp_set_tags(const struct xdp_md *ctx, const struct fp_packet *packet,
					struct fp_neighbour *neighbour)
{
	__u32 tag_count = (packet->network_offset - ETH_HLEN) / sizeof(struct fp_vlan_tag);
	const __u32 *tags = fp_header_at(ctx, 2 * ETH_ALEN, FP_VLAN_TAG_LIMIT * sizeof(struct fp_vlan_tag));

	if (!tag_count || !tags || (tag_count == 1 && !(tags[0] & FP_VLAN_ID)))
		return;
	neighbour->tag_count = tag_count;
	neighbour->outer_tag = tags[0] & FP_VLAN_WITHOUT_PRIORITY;
	if (tag_count > 1)
		neighbour->inner_tag = tags[1] & FP_VLAN_WITHOUT_PRIORITY;
}

static __always_inline void fp_hear(const struct xdp_md *ctx, const struct fp_packet *packet,
				    const struct fp_arp_claim *claim)
{
	struct fp_neighbour neighbour = {.ifindex = packet->ingress_ifindex};

	fp_set_ipv4(&neighbour.gateway, claim->sender);
	fp_set_tags(ctx, packet, &neighbour);
	fp_heard_of(&neighbour, claim->mac);
}

static __always_inline int fp_is_vip_ipv4(__be32 ipv4)
{
	struct fp_address address;
	__u32 first = 0;

	fp_set_ipv4(&address, ipv4);
	return fp_is_single_vip(bpf_map_lookup_elem(&fp_config, &first), &address);
}

static __always_inline int fp_is_martian_ipv4(__be32 ipv4)
{
	struct fp_address address;

	fp_set_ipv4(&address, ipv4);
	return fp_is_martian_source(&address);
}

/* Turns a request into its reply. Padding is left off. */
static __always_inline int fp_reply_arp(struct xdp_md *ctx, const struct fp_packet *packet,
					const struct fp_arp_claim *claim)
{
	__u64 own_mac = fp_own_mac(packet);
	struct ethhdr *ethernet;
	struct fp_arp *arp;

	if (fp_set_length(ctx, packet->network_offset + sizeof(*arp)))
		return FP_DROP_INTERNAL;
	ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));
	arp = fp_header_at(ctx, packet->network_offset, sizeof(*arp));
	if (!ethernet || !arp)
		return FP_DROP_INTERNAL;
	arp->operation = bpf_htons(FP_ARP_REPLY);
	fp_put_mac(arp->sender_mac, own_mac);
	*(__be32 *)arp->sender_address = claim->target;
	fp_put_mac(arp->target_mac, claim->mac);
	*(__be32 *)arp->target_address = claim->sender;
	fp_put_macs(ethernet, claim->mac, own_mac);
	return FP_ANSWERED_ARP;
}

/* A packet of the kind ARP: FP_ANSWERED_ARP, FP_CONSUMED_ARP, FP_DROP_ARP. */
__noinline int fp_answer_arp(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_arp_claim claim;
	const struct fp_arp *arp;
	__be16 operation;

	if (!packet)
		return FP_DROP_INTERNAL;
	arp = fp_header_at(ctx, packet->network_offset, sizeof(*arp));
	if (!arp)
		return FP_DROP_INTERNAL;
	claim.mac = fp_mac_at(arp->sender_mac);
	claim.sender = *(const __be32 *)arp->sender_address;
	claim.target = *(const __be32 *)arp->target_address;
	operation = arp->operation;
	if (fp_mac_at(arp) != FP_ARP_KIND || !fp_is_unicast_mac(claim.mac) ||
	    (claim.sender && fp_is_martian_ipv4(claim.sender)))
		return FP_DROP_ARP;
	if (operation == bpf_htons(FP_ARP_REPLY) ||
	    (operation == bpf_htons(FP_ARP_REQUEST) && claim.sender == claim.target)) {
		fp_hear(ctx, packet, &claim);
		return FP_CONSUMED_ARP;
	}
	if (operation != bpf_htons(FP_ARP_REQUEST) || !fp_is_vip_ipv4(claim.target))
		return FP_DROP_ARP;
	fp_hear(ctx, packet, &claim);
	return fp_reply_arp(ctx, packet, &claim);
}

#endif

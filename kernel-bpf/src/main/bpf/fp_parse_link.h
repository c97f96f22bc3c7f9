/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The link layer: Ethernet II with up to two VLAN tags (IEEE 802.1Q, 802.1ad), and ARP (RFC 826). */
#ifndef FP_PARSE_LINK_H
#define FP_PARSE_LINK_H

#include <linux/if_ether.h>
#include <bpf/bpf_endian.h>
#include "fp_counter.h"
#include "fp_cursor.h"
#include "fp_tuple.h"

#define FP_VLAN_TAG_LIMIT 2
#define FP_NO_TYPE -1 /* 0 is a type like any other */
#define FP_ARP_ETHERNET 1
#define FP_ARP_REQUEST 1

struct fp_vlan_tag {
	__be16 tci;
	__be16 type;
};

struct fp_arp {
	__be16 hardware_type;
	__be16 protocol_type;
	__u8 hardware_length;
	__u8 protocol_length;
	__be16 operation;
	__u8 sender_mac[ETH_ALEN];
	__u8 sender_address[4];
	__u8 target_mac[ETH_ALEN];
	__u8 target_address[4];
};

/* The type of what follows the tags, as it stands in the frame; FP_NO_TYPE where the frame ends before. */
static __always_inline int fp_parse_ethernet(struct fp_cursor *cursor)
{
	const struct ethhdr *ethernet = fp_take(cursor, sizeof(*ethernet));
	__be16 type;

	if (!ethernet)
		return FP_NO_TYPE;
	type = ethernet->h_proto;
#pragma unroll
	for (int i = 0; i < FP_VLAN_TAG_LIMIT; i++) {
		const struct fp_vlan_tag *tag;

		if (type != bpf_htons(ETH_P_8021Q) && type != bpf_htons(ETH_P_8021AD))
			break;
		tag = fp_take(cursor, sizeof(*tag));
		if (!tag)
			return FP_NO_TYPE;
		type = tag->type;
	}
	return type;
}

/* Asks whether the address that an ARP request is looking for is a VIP. */
static __always_inline enum fp_counter fp_parse_arp(struct fp_cursor *cursor, struct fp_tuple *tuple)
{
	const struct fp_arp *arp = fp_take(cursor, sizeof(*arp));

	if (!arp)
		return FP_XDP_PASS_TRUNCATED;
	if (arp->hardware_type != bpf_htons(FP_ARP_ETHERNET) || arp->protocol_type != bpf_htons(ETH_P_IP) ||
	    arp->hardware_length != ETH_ALEN || arp->protocol_length != 4 ||
	    arp->operation != bpf_htons(FP_ARP_REQUEST))
		return FP_XDP_PASS_NOT_OURS;
	fp_set_ipv4(&tuple->destination, *(const __be32 *)arp->target_address);
	tuple->ports = FP_ASKS_NEIGHBOR;
	return FP_XDP_STEERED_ARP;
}

#endif

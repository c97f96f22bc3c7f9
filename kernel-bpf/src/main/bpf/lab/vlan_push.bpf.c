/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * For TC egress: puts an 802.1Q tag on every frame, so that an ordinary client speaks tagged on a kernel without VLAN
 * interfaces. The tag is written into the frame. bpf_skb_vlan_push would leave it in the packet's metadata, which
 * doesn't reach an XDP program at the other end of a veth.
 */
#include <linux/bpf.h>
#include <linux/if_ether.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_endian.h>
#include <bpf/bpf_helpers.h>
#include "lab_vlan.h"

#define TAG_LENGTH 4

char LICENSE[] SEC("license") = "GPL";

struct tagged_ethernet {
	__u8 macs[2 * ETH_ALEN];
	__be16 tag_type;
	__be16 tag_tci;
};

SEC("tc")
int vlan_push(struct __sk_buff *skb)
{
	struct tagged_ethernet header = {
		.tag_type = bpf_htons(ETH_P_8021Q),
		.tag_tci = bpf_htons(LAB_VLAN_ID),
	};

	if (bpf_skb_load_bytes(skb, 0, header.macs, sizeof(header.macs)) ||
	    bpf_skb_change_head(skb, TAG_LENGTH, 0) ||
	    bpf_skb_store_bytes(skb, 0, &header, sizeof(header), 0))
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

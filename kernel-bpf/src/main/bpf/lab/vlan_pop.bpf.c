/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * For TC ingress: takes the lab's 802.1Q tag off, and drops what doesn't have it. The kernel has moved the tag from
 * the frame to the packet's metadata before TC sees it.
 */
#include <linux/bpf.h>
#include <linux/pkt_cls.h>
#include <bpf/bpf_helpers.h>
#include "lab_vlan.h"

#define VLAN_ID_MASK 0x0fff

char LICENSE[] SEC("license") = "GPL";

SEC("tc")
int vlan_pop(struct __sk_buff *skb)
{
	if (!skb->vlan_present || (skb->vlan_tci & VLAN_ID_MASK) != LAB_VLAN_ID || bpf_skb_vlan_pop(skb))
		return TC_ACT_SHOT;
	return TC_ACT_OK;
}

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Tags that a packet keeps, or changes for others, where its next hop has none of its own. Priority and drop eligibility
 * stay: it is the same frame for those who queue it. Java twin: VlanKeeper.
 */
#ifndef FP_VLAN_H
#define FP_VLAN_H

#include <linux/if_ether.h>
#include "fp_header.h"
#include "fp_parse_link.h"

/* TPID and TCI as they stand in memory; 0 where the tag comes off. */
static __always_inline __u32 fp_kept_tag(const struct fp_vlan_row *row, __u32 tag)
{
	__u32 tci = bpf_ntohs((__be16)(tag >> 16));
	__u32 id = row->ids[tci & (FP_VLAN_IDS - 1)];

	return id ? (tag & 0xffff) | (__u32)bpf_htons((tci & 0xf000) | id) << 16 : 0;
}

/* Notes the tags with which a packet that was read goes on. */
__noinline int fp_keep_vlans(struct xdp_md *ctx, struct fp_packet *packet)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, ETH_HLEN - sizeof(__be16));
	const struct fp_vlan_row *row;
	const __u32 *tags;
	__u32 slot, first;

	if (!packet)
		return 0;
	slot = packet->ingress_slot;
	row = bpf_map_lookup_elem(&fp_vlans, &slot);
	tags = fp_take(&cursor, 2 * sizeof(*tags));
	if (!row || !tags)
		return 0;
	first = fp_kept_tag(row, tags[0]);
	packet->kept_tags[0] = first;
	if (packet->network_offset > ETH_HLEN + sizeof(struct fp_vlan_tag))
		packet->kept_tags[!!first] = fp_kept_tag(row, tags[1]);
	return 0;
}

#endif

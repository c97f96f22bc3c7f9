/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Next hops, as the kernel engine finds them. What the control thread and the workers resolved stands in the table and
 * is used as it is. Where there is nothing usable the engine asks the kernel's own tables (bpf_fib_lookup, which needs
 * forwarding to be on for the ingress interface), and enters what it learns, as a worker would.
 *
 * The way back to a new flow's client is taken from the routes, too. Where those can't be asked it is the way by which
 * the packet came: interface, tags and MAC of its sender. The record of such a hop has the sender's link-local address
 * (RFC 4291, appendix A) for its gateway, so that all clients behind one router share one.
 */
#ifndef FP_HOP_H
#define FP_HOP_H

#include <linux/if_ether.h>
#include "fp_address.h"
#include "fp_egress.h"
#include "fp_heard.h"
#include "fp_hop_proof.h"
#include "fp_packet.h"
#include "fp_served.h"

#define FP_VLAN_VID_BE 0xff0f

/* Fills a record that was won. `ifindex` and `state` last: who sees them sees the rest. */
static __always_inline void fp_hop_fill(struct fp_next_hop *hop, const struct fp_next_hop *draft)
{
	__builtin_memcpy(hop->destination_mac, draft->destination_mac, 2 * ETH_ALEN);
	hop->mtu = draft->mtu;
	hop->tag_count = draft->tag_count;
	hop->outer_tag = draft->outer_tag;
	hop->inner_tag = draft->inner_tag;
	hop->gateway = draft->gateway;
	hop->proved_ns = draft->proved_ns;
	__sync_lock_test_and_set(&hop->ifindex, draft->ifindex); /* release: an exchange is a full barrier */
	__sync_lock_test_and_set(&hop->state, draft->state);
}

/* Who is behind a hop: what its record is found by. */
static __always_inline struct fp_neighbour fp_hop_key(const struct fp_next_hop *draft)
{
	struct fp_neighbour key = {
		.gateway = draft->gateway,
		.ifindex = draft->ifindex,
		.tag_count = draft->tag_count,
		.outer_tag = fp_heard_outer_tag(draft),
		.inner_tag = fp_heard_inner_tag(draft),
	};

	return key;
}

/*
 * The index of a current record with the draft's key, entered now if there is none; 0 where the table is full. The last
 * part of the table is for the ways back to clients, so that those can't take the place of the ways to backends.
 */
__noinline int fp_hop_enter(struct fp_next_hop *draft, int is_client)
{
	const struct fp_config *config;
	struct fp_neighbour key;
	__u32 zero = 0, first = 1, count, home, index;

	if (!draft)
		return 0;
	config = bpf_map_lookup_elem(&fp_config, &zero);
	if (!config)
		return 0;
	count = config->next_hop_capacity - config->next_hop_capacity / FP_HEARD_CLIENT_SHARE - 1;
	if (is_client) {
		first += count;
		count = config->next_hop_capacity / FP_HEARD_CLIENT_SHARE;
	}
	if (!count)
		return 0;
	key = fp_hop_key(draft);
	index = fp_heard_find(&key, first, count);
	if (index != FP_HEARD_OF_NOBODY) {
		fp_heard_learn(index, fp_mac_at(draft->destination_mac));
		return index;
	}
	home = fp_heard_home(&key, count);
	for (__u32 i = 0; i < FP_HEARD_PROBE_LIMIT && i < count; i++) {
		struct fp_next_hop *hop;

		index = first + (home + i) % count;
		hop = bpf_map_lookup_elem(&fp_next_hops, &index);
		if (!hop)
			return 0;
		if (__sync_val_compare_and_swap(&hop->state, FP_NEXT_HOP_FREE, FP_NEXT_HOP_CLAIMED) ==
		    FP_NEXT_HOP_FREE) {
			fp_hop_fill(hop, draft);
			return index;
		}
	}
	return 0;
}

/* Tags that were learned from frames are known to nobody else: the hop that comes after takes them over. */
static __always_inline void fp_keep_tags(__u32 old_index, struct fp_next_hop *draft)
{
	const struct fp_next_hop *old = bpf_map_lookup_elem(&fp_next_hops, &old_index);

	if (!old_index || !old || old->state != FP_NEXT_HOP_STALE || old->ifindex != draft->ifindex)
		return;
	draft->tag_count = old->tag_count;
	draft->outer_tag = old->outer_tag;
	draft->inner_tag = old->inner_tag;
}

/* Asks the kernel for the way to `to.destination`: 0 and a usable `hop_index`, or a drop code. */
__noinline int fp_way_asked(struct xdp_md *ctx, struct fp_packet *packet, int is_client)
{
	struct fp_next_hop *draft;
	__u32 first = 0;
	int refusal;

	if (!packet)
		return FP_DROP_INTERNAL;
	draft = bpf_map_lookup_elem(&fp_hop_draft, &first);
	if (!draft)
		return FP_DROP_INTERNAL;
	refusal = fp_hop_ask(ctx, packet, &packet->to.destination, draft);
	if (refusal)
		return refusal;
	fp_keep_tags(packet->hop_index, draft);
	packet->hop_index = fp_hop_enter(draft, is_client);
	if (!packet->hop_index)
		return FP_DROP_NEXT_HOPS_FULL;
	return fp_is_usable_hop(fp_next_hop_state(packet->hop_index)) ? 0 : FP_DROP_NO_NEXT_HOP;
}

/*
 * Plans the way of a packet whose `hop_index` is that of its backend or flow: 0, or a drop code. Where the record is
 * not usable the kernel is asked.
 */
static __always_inline int fp_way_out(struct xdp_md *ctx, struct fp_packet *packet, int is_client)
{
	int refusal;

	if (!fp_is_usable_hop(fp_next_hop_state(packet->hop_index))) {
		refusal = fp_way_asked(ctx, packet, is_client);
		if (refusal)
			return refusal;
	}
	if (fp_hop_is_due(packet))
		fp_hop_prove(ctx, packet);
	return fp_plan(packet);
}

/* The sender's link-local address by its MAC, which stands for it as a gateway. */
static __always_inline void fp_set_link_local(struct fp_address *address, const __u8 *mac)
{
	address->words[0] = 0;
	address->bytes[0] = 0xfe;
	address->bytes[1] = 0x80;
	address->bytes[8] = mac[0] ^ 0x02;
	address->bytes[9] = mac[1];
	address->bytes[10] = mac[2];
	address->bytes[11] = 0xff;
	address->bytes[12] = 0xfe;
	address->bytes[13] = mac[3];
	address->bytes[14] = mac[4];
	address->bytes[15] = mac[5];
}

/* Tags of the frame, without what belongs to the single frame; a tag that names no VLAN is none (802.1Q, 6.9). */
static __always_inline void fp_draft_tags(struct fp_next_hop *draft, const __be16 *tags, __u32 tag_count)
{
	if (!tag_count || (tag_count == 1 && !(tags[1] & FP_VLAN_VID_BE)))
		return;
	draft->tag_count = tag_count;
	draft->outer_tag.tpid_be = tags[0];
	draft->outer_tag.tci_be = tags[1] & FP_VLAN_VID_BE;
	if (tag_count > 1) {
		draft->inner_tag.tpid_be = tags[2];
		draft->inner_tag.tci_be = tags[3] & FP_VLAN_VID_BE;
	}
}

/* The hop by which a frame came that was read and not yet changed: 0 where it can't be told or entered. */
__noinline int fp_hop_of_sender(struct xdp_md *ctx, struct fp_packet *packet)
{
	const void *end = (void *)(long)ctx->data_end;
	const struct ethhdr *ethernet = (void *)(long)ctx->data;
	const struct fp_interface *interface;
	const __be16 *tags = (const void *)&ethernet->h_proto;
	struct fp_next_hop *draft;
	__u32 first = 0, tag_count;

	if (!packet || (const void *)(tags + 4) > end)
		return 0;
	tag_count = (packet->network_offset - ETH_HLEN) / 4;
	draft = bpf_map_lookup_elem(&fp_hop_draft, &first);
	if (!draft || tag_count > 2 || (ethernet->h_source[0] & 1))
		return 0;
	if (fp_hop_ask(ctx, packet, &packet->tuple.source, draft)) {
		if (fp_find_interface(packet->ingress_ifindex, &interface) < 0 || !interface)
			return 0;
		__builtin_memset(draft, 0, sizeof(*draft));
		draft->state = FP_NEXT_HOP_PROVISIONAL;
		draft->ifindex = packet->ingress_ifindex;
		draft->mtu = interface->mtu;
		__builtin_memcpy(draft->destination_mac, ethernet->h_source, ETH_ALEN);
		__builtin_memcpy(draft->source_mac, interface->mac, ETH_ALEN);
		fp_set_link_local(&draft->gateway, draft->destination_mac);
	}
	if (draft->ifindex == packet->ingress_ifindex)
		fp_draft_tags(draft, tags, tag_count);
	return fp_hop_enter(draft, 1);
}

#endif

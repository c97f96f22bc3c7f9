/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What it takes to turn a frame round: its headers by their offsets, MAC addresses, its length. A MAC address is the low
 * 48 bits of a word, its six bytes as they stand in memory. Java twins: MacWord, LinkHeader.
 */
#ifndef FP_TURN_H
#define FP_TURN_H

#include <linux/if_ether.h>
#include "fp_rewrite_ip.h"

#define FP_ANSWER_TIME_TO_LIVE 64
#define FP_MAC_MASK 0xffffffffffffULL
#define FP_MAC_BITS 48

/* `length` bytes from an offset on, or NULL where the frame ends before. To be asked anew after a change of length. */
static __always_inline void *fp_header_at(const struct xdp_md *ctx, __u32 offset, __u32 length)
{
	struct fp_cursor cursor = fp_cursor_at(ctx, offset);

	return fp_take(&cursor, length);
}

/* Cuts the frame at its end, or makes it longer with zeros: 0, or an error where there is no room. */
static __always_inline long fp_set_length(struct xdp_md *ctx, __u32 length)
{
	int growth = length - (ctx->data_end - ctx->data);

	return growth ? bpf_xdp_adjust_tail(ctx, growth) : 0;
}

/* The MAC address at the front of eight bytes. */
static __always_inline __u64 fp_mac_at(const void *bytes)
{
	return *(const __u64 *)bytes & FP_MAC_MASK;
}

static __always_inline void fp_put_mac(void *bytes, __u64 mac)
{
	*(__u32 *)bytes = mac;
	*(__u16 *)(bytes + sizeof(__u32)) = mac >> 32;
}

/* Whether frames can be sent to the address as one station's: no group, not all zeros. */
static __always_inline int fp_is_unicast_mac(__u64 mac)
{
	return !(mac & 1) && mac;
}

/* Writes both MAC addresses of a frame. */
static __always_inline void fp_put_macs(struct ethhdr *ethernet, __u64 destination, __u64 source)
{
	*(__u64 *)ethernet = destination | source << FP_MAC_BITS;
	*(__u32 *)((void *)ethernet + sizeof(__u64)) = source >> 16;
}

/* What an ICMPv6 message's pseudo-header adds to its sum (RFC 8200, 8.1). */
static __always_inline __u64 fp_sum_of_icmpv6(const struct fp_address *source, const struct fp_address *destination,
					      __u32 length)
{
	return fp_sum_of_address(source) + fp_sum_of_address(destination) +
	       fp_sum_of_pseudo_header(IPPROTO_ICMPV6, length);
}

/* MAC address of the interface by which the packet came. */
static __always_inline __u64 fp_own_mac(const struct fp_packet *packet)
{
	__u32 slot = packet->ingress_slot;
	const struct fp_interface *interface = bpf_map_lookup_elem(&fp_interfaces, &slot);

	return interface ? fp_mac_at(interface->mac) : 0;
}

/* The frame goes back where it came from, with the tags it has. */
static __always_inline int fp_turn_link(const struct xdp_md *ctx, const struct fp_packet *packet)
{
	struct ethhdr *ethernet = fp_header_at(ctx, 0, sizeof(*ethernet));

	if (!ethernet)
		return FP_DROP_INTERNAL;
	fp_put_macs(ethernet, fp_mac_at(ethernet->h_source), fp_own_mac(packet));
	return 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Which addresses can stand where. Java twins: AddressKind, and Selector.isVip. */
#ifndef FP_ADDRESS_H
#define FP_ADDRESS_H

#include "fp_lookup.h"

#define FP_LOOPBACK_OCTET 127
#define FP_MULTICAST_OCTET 224

/* As they stand in memory. */
#define FP_LINK_LOCAL_PREFIX 0xfea9
#define FP_LINK_LOCAL_V6_PREFIX 0x80fe
#define FP_LINK_LOCAL_V6_MASK 0xc0ff

/* Word 1 of ::1. */
#define FP_LOOPBACK_V6_WORD1 0x0100000000000000ULL

/* ff02:0:0:0:0:1:ff00:0, the solicited-node group without the address's last three bytes (RFC 4291, 2.7.1). */
#define FP_LINK_GROUP_WORD0 0x02ffULL
#define FP_SOLICITED_NODE_WORD1 0x000000ff01000000ULL
#define FP_LAST_THREE_BYTES 0xffffff0000000000ULL

static __always_inline int fp_is_any(const struct fp_address *address)
{
	return !(address->words[0] | address->words[1]);
}

/* ff00::/8. For IPv6 addresses only. */
static __always_inline int fp_is_multicast_v6(const struct fp_address *address)
{
	return (__u8)address->words[0] == 0xff;
}

/*
 * Whether an address can't be the source of a packet that wants an answer: 0/8, 127/8, 224/4 and above with broadcast
 * (RFC 6890); ::, ::1, ff00::/8 (RFC 4291).
 */
static __always_inline int fp_is_martian_source(const struct fp_address *address)
{
	__u8 octet = address->words[1] >> 32;

	if (fp_is_ipv4(address))
		return octet == 0 || octet == FP_LOOPBACK_OCTET || octet >= FP_MULTICAST_OCTET;
	return fp_is_multicast_v6(address) || fp_is_any(address) ||
	       (!address->words[0] && address->words[1] == FP_LOOPBACK_V6_WORD1);
}

/* Whether an address is the group at which a node is asked for another address. */
static __always_inline int fp_is_solicited_node(const struct fp_address *group, const struct fp_address *target)
{
	return group->words[0] == FP_LINK_GROUP_WORD0 &&
	       group->words[1] == (FP_SOLICITED_NODE_WORD1 | (target->words[1] & FP_LAST_THREE_BYTES));
}

/* Whether an address is a VIP by itself, not only one of a prefix: such VIPs alone are on the link. */
__noinline int fp_is_single_vip(const struct fp_config *config, const struct fp_address *address)
{
	struct fp_tuple tuple = {};
	__u32 index;

	if (!config || !address)
		return 0;
	tuple.destination = *address;
	return fp_find_exact_at(config, &tuple, &index) != NULL;
}

/* Whether an address is a VIP of some service: they have an entry in the service table, without port and protocol. */
__noinline int fp_is_vip(const struct fp_config *config, const struct fp_address *address)
{
	struct fp_tuple tuple = {};

	if (!config || !address)
		return 0;
	tuple.destination = *address;
	return fp_find_service(config, &tuple) != NULL;
}

/* What speaks against the source of a packet that wants an answer: a drop code, or 0. */
static __always_inline int fp_source_refusal(const struct fp_config *config, const struct fp_address *source)
{
	if (fp_is_martian_source(source))
		return FP_DROP_MARTIAN;
	return fp_is_vip(config, source) ? FP_DROP_VIP_SOURCE : 0;
}

/* 169.254/16 and fe80::/10: addresses of one link (RFC 3927, 2.7; RFC 4291, 2.5.6). */
static __always_inline int fp_is_link_local(const struct fp_address *address)
{
	if (fp_is_ipv4(address))
		return (address->words[1] >> 32 & 0xffff) == FP_LINK_LOCAL_PREFIX;
	return (address->words[0] & FP_LINK_LOCAL_V6_MASK) == FP_LINK_LOCAL_V6_PREFIX;
}

#endif

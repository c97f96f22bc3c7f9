/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The prefilter's lists: whose packets are dropped before an engine sees them. One trie per family, a prefix per entry;
 * the longest prefix that an address lies in decides, so an allowed network can lie in a denied one. Java twins:
 * Prefix4Descriptor, Prefix6Descriptor.
 *
 * A key is what the kernel's trie wants (struct bpf_lpm_trie_key): the length in bits, then the address in network order.
 *
 *   0         4         8                                      20
 *  +---------+---------+---------------------------------------+
 *  | length  | address                                         |
 *  +---------+---------+---------------------------------------+
 *
 * The value, a u32:
 *
 *   31               16 15     8 7      0
 *  +-------------------+--------+--------+
 *  | generation        | bits   | action |   bits: the prefix's length once more, as a look-up doesn't tell it
 *  +-------------------+--------+--------+
 *
 * The generation tells a list's entries from those of the list before it (fp_control.prefilter_generation): a new list is
 * entered beside the old one, and what is of the old one is taken out then.
 */
#ifndef FP_PREFIX_H
#define FP_PREFIX_H

#include "fp_types.h"

enum fp_prefix_action {
	FP_PREFIX_DENY = 1,
	FP_PREFIX_ALLOW = 2,
};

enum fp_prefix_constant {
	FP_PREFIX_ACTION_MASK = 0xff,
	FP_PREFIX_BITS_SHIFT = 8,
	FP_PREFIX_GENERATION_SHIFT = 16,
	FP_PREFIX_ENTRY_LIMIT = 1 << 21, /* a list has a million at most: room for an old one and a new one at once */
};

/* Which tries have entries: an empty list costs a test of these. */
enum fp_prefilter_flag {
	FP_PREFILTER_IPV4 = 1 << 0,
	FP_PREFILTER_IPV6 = 1 << 1,
};

struct fp_prefix4 {
	__u32 bits;
	__be32 address;
};

struct fp_prefix6 {
	__u32 bits;
	__u8 address[16];
};

_Static_assert(sizeof(struct fp_prefix4) == 8, "a trie's key for IPv4");
_Static_assert(sizeof(struct fp_prefix6) == 20, "a trie's key for IPv6");

#endif

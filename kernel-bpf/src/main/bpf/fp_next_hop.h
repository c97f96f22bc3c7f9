/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Where a packet goes on the link: egress interface, MAC addresses, VLAN tags. Index 0 is never used: it
 * means "not resolved". The table is open-addressed by (interface, gateway, tags); a slot is claimed by
 * compare-and-swap on `state`, so that a worker may learn a hop by itself. Java twin: NextHopDescriptor.
 *
 *   0         4         8              14             20   22   24
 *  +---------+---------+--------------+--------------+----+----+
 *  | state   | ifindex | destination  | source MAC   |mtu |tags|   tags: how many VLAN tags, 0 to 2
 *  +---------+---------+--------------+--------------+----+----+
 *  24   26   28   30   32                                     48
 *  +----+----+----+----+---------------------------------------+
 *  |tpid|tci |tpid|tci | gateway, or the neighbour itself       |  outer tag, inner tag: network order
 *  +----+----+----+----+---------------------------------------+
 *  48          56      64
 *  +-----------+-------+
 *  | provedNs  | zero  |   when the kernel's neighbour entry was last seen valid
 *  +-----------+-------+
 *
 * The last quarter of the records is for clients on the link and for tags that a frame told; backends and
 * gateways have the others.
 *
 * Writers: the claimant until `state` leaves CLAIMED; after that the control thread, and workers that learn the
 * MAC of a hop that is not VALID. A changed MAC is written with `state` CLAIMED around it, and in one store, so
 * that no packet leaves with half of one. A changed MTU is one store. The key never changes.
 */
#ifndef FP_NEXT_HOP_H
#define FP_NEXT_HOP_H

#include "fp_types.h"

enum fp_next_hop_state {
	FP_NEXT_HOP_FREE = 0,
	FP_NEXT_HOP_CLAIMED = 1,
	FP_NEXT_HOP_INCOMPLETE = 2,  /* no MAC known yet: the kernel was asked */
	FP_NEXT_HOP_PROVISIONAL = 3, /* MAC of the frame that came from there; the kernel was asked */
	FP_NEXT_HOP_VALID = 4,       /* MAC of the kernel's neighbour entry */
	FP_NEXT_HOP_STALE = 5,       /* out of use: resolve again, don't send there */
};

struct fp_next_hop {
	__u32 state;
	__u32 ifindex;
	__u8 destination_mac[6];
	__u8 source_mac[6];
	__u16 mtu;
	__u16 tag_count;
	struct {
		__be16 tpid_be;
		__be16 tci_be;
	} outer_tag, inner_tag;
	struct fp_address gateway;
	__u64 proved_ns;
	__u64 reserved;
};

_Static_assert(sizeof(struct fp_next_hop) == 64, "a next hop is one cache line");

/* Whether packets may be sent to a hop in this state: it has a MAC. */
static __always_inline int fp_is_usable_hop(__u32 state)
{
	return state == FP_NEXT_HOP_VALID || state == FP_NEXT_HOP_PROVISIONAL;
}

/* Whether an index in this state is worth keeping: no means to resolve again. */
static __always_inline int fp_is_current_hop(__u32 state)
{
	return state != FP_NEXT_HOP_FREE && state != FP_NEXT_HOP_STALE;
}

#endif

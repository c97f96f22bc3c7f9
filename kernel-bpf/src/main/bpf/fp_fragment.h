/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * One slot of the fragment table: a datagram that comes in pieces, of which the first has come and was let through. The
 * later ones carry no ports; what they belong to is found here. The table is an open-addressing hash table, keyed by
 * source, destination, identification and protocol, probed linearly over FP_FRAGMENT_PROBE_LIMIT slots from the keyed
 * hash of all four. Java twin: FragmentDescriptor.
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | control | born    | flow    | its     |   control: state 2 | version 30 (low to high)
 *  |         |         | slot    | control |
 *  +---------+---------+---------+---------+
 *  | source address                        |
 *  +---------------------------------------+
 *  | destination address                   |
 *  +---------+---------+---------+---------+
 *  | id      | protocol| extent  | tally   |   extent: highest end 16 | end of the datagram 16, 0: not known
 *  +---------+---------+---------+---------+   tally: units 16 | fragments 16
 *  | which units of 8 bytes have come: a bit each, 128 words, 64 to 1088
 *  +---------------------------------------
 *
 * Ends and units are counted in 8 bytes. Writers: any worker and any CPU. `control` changes by compare-and-swap only;
 * what describes the datagram is written by the claimant before the state leaves CLAIMED; `extent`, `tally` and the bits
 * change by atomic operations. A slot that is taken away from a slow writer gets a bit too many: then a fragment of the
 * new datagram is refused as if it had come before, and nothing worse. `born` is written before a claim, by plain
 * stores; a claim that fails leaves a live slot younger than it is (benign).
 *
 * Lifetime: that of a reassembly, from the first fragment on. RFC 791, 3.2 gives 15 seconds, RFC 8200, 4.5 gives 60.
 */
#ifndef FP_FRAGMENT_H
#define FP_FRAGMENT_H

#include "fp_types.h"

enum fp_fragment_state {
	FP_FRAGMENT_FREE = 0,
	FP_FRAGMENT_CLAIMED = 1,  /* being filled by the one who won the compare-and-swap */
	FP_FRAGMENT_LIVE = 2,
	FP_FRAGMENT_POISONED = 3, /* fragments overlapped: nothing more of the datagram is let through */
};

enum fp_fragment_constant {
	FP_FRAGMENT_SLOTS = 4096,        /* datagrams under way at once: 4.3 MiB */
	FP_FRAGMENT_PROBE_LIMIT = 8,     /* beyond it the oldest of them makes room */
	FP_FRAGMENT_STATE_MASK = 3,
	FP_FRAGMENT_VERSION_ONE = 4,     /* added to `control` */
	FP_FRAGMENT_MAP_WORDS = 128,     /* 65,536 bytes in units of 8 */
	FP_FRAGMENT_COUNT_LIMIT = 128,   /* of a datagram: 65,535 bytes at IPv4's MTU of 576 are 119 */
	FP_FRAGMENT_COUNT_ONE = 0x10000, /* in `tally` */
	FP_FRAGMENT_LENGTH_LIMIT = 65535,
	FP_FRAGMENT_LIFETIME_IPV4_TICKS = 14305, /* of FP_FLOW_TICK_SHIFT: 15 s */
	FP_FRAGMENT_LIFETIME_IPV6_TICKS = 57220, /* 60 s */
	FP_FRAGMENT_ABANDONED_TICKS = 953,       /* a claim that its writer did not finish in a second */
};

struct fp_fragment {
	__u32 control;
	__u32 born_ticks;
	__u32 flow_index;
	__u32 flow_control;
	struct fp_address source;
	struct fp_address destination;
	__u32 identification; /* as it stands in memory, 16 bits of it in IPv4 */
	__u32 protocol;       /* IPv4's; in IPv6 IPPROTO_FRAGMENT, since there it is not part of the key (RFC 8200, 4.5) */
	__u32 extent;
	__u32 tally;
	__u64 received[FP_FRAGMENT_MAP_WORDS];
};

_Static_assert(sizeof(struct fp_fragment) == 1088, "a cache line and a bit for every 8 bytes");

#endif

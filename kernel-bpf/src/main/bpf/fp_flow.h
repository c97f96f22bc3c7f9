/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * One slot of the flow table: one direction of one connection, one cache line.
 * A connection owns two slots, forward (client to VIP) and reverse (backend to node or client), which hold
 * the same endpoints and point at each other. Java twin: FlowDescriptor.
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | control | hop     | lastSeen| peer    |   control: state 8 | kind 8 | version 16 (low to high)
 *  +---------+---------+---------+---------+
 *  | client address                        |   hop: neighbourhood bitmap 24 | insert count 8 (low to high)
 *  +---------+---------+---------+---------+
 *  | VIP address                           |
 *  +----+----+----+----+----+----+----+-+--+
 *  |cprt|vprt|sprt|snat|bknd|nhop|srvc|p|tr|   six u16, then protocol u8, tracking u8
 *  +----+----+----+----+----+----+----+-+--+
 *  48   50   52   54   56   58   60   62 63
 *
 * Writers: any worker and any CPU. `control` and `hop` change by compare-and-swap (or atomic and/or) only;
 * the other words are written by the slot's claimant before `control` leaves CLAIMED, and later only
 * lastSeen, nextHop and tracking change, by plain stores (benign: the last writer wins, each value is good).
 * `hop` belongs to the position in the table (the home), not to the entry stored there.
 */
#ifndef FP_FLOW_H
#define FP_FLOW_H

#include "fp_types.h"

enum fp_flow_state {
	FP_FLOW_FREE = 0,
	FP_FLOW_CLAIMED = 1, /* being filled by the one who won the compare-and-swap */
	FP_FLOW_DYING = 2,   /* being removed by the one who won the compare-and-swap */
	FP_FLOW_TCP_SYN_SENT = 3,
	FP_FLOW_TCP_SYN_RECV = 4,
	FP_FLOW_TCP_ESTABLISHED = 5,
	FP_FLOW_TCP_FIN_WAIT = 6,
	FP_FLOW_TCP_CLOSE_WAIT = 7,
	FP_FLOW_TCP_LAST_ACK = 8,
	FP_FLOW_TCP_TIME_WAIT = 9,
	FP_FLOW_TCP_CLOSE = 10,
	FP_FLOW_TCP_SYN_SENT2 = 11, /* simultaneous open */
	FP_FLOW_UDP_SINGLE = 12,    /* packets of the client only */
	FP_FLOW_UDP_STREAM = 13,    /* both directions seen */
};

enum fp_flow_constant {
	/* Parts of `control`. */
	FP_FLOW_STATE_MASK = 0xff,
	FP_FLOW_KIND_SHIFT = 8,
	FP_FLOW_KIND_MASK = 0xff, /* once shifted down */
	FP_FLOW_VERSION_SHIFT = 16,

	/* Bits of the kind. */
	FP_FLOW_KIND_REVERSE = 0x01,
	FP_FLOW_KIND_MODE_SHIFT = 1,
	FP_FLOW_KIND_MODE_MASK = 0x0e, /* enum fp_forwarding << 1 */
	FP_FLOW_KIND_PROXIED = 0x10,   /* opened by a SYN cookie: the backend's sequence numbers are translated */
	FP_FLOW_KIND_DIRECT_MASK = 0x0c, /* not 0: a mode in which the backend answers the client itself, 2 to 7 */
	FP_FLOW_KIND_CHECKED = 0x20, /* sequence numbers are noted beside the slot (fp_flow_tcp.h) */
	FP_FLOW_KIND_STRICT = 0x40,  /* and what is out of its windows is dropped */
	FP_FLOW_KIND_COUNTED = 0x80, /* counted among its service's and its client's (fp_open.h) */

	/* Parts of `tracking`: a FIN came from this slot's side; how often the SYN came again, in the forward slot. */
	FP_FLOW_FIN_SEEN = 0x01,
	FP_FLOW_SYNS_SHIFT = 4,
	FP_FLOW_SYNS_LIMIT = 15,

	/* Parts of `hop`. */
	FP_FLOW_HOP_BITS = 24,
	FP_FLOW_HOP_MASK = 0x00ffffff,
	FP_FLOW_HOP_COUNT_SHIFT = 24,

	/* `lastSeen` counts ticks of 2^20 ns (about 1.05 ms) of CLOCK_MONOTONIC; it wraps after 52 days. */
	FP_FLOW_TICK_SHIFT = 20,

	/* `snat_index` of a flow whose source is not translated. */
	FP_FLOW_NO_SNAT = 0xffff,

	/* `snat_index` of a flow whose backend answers as the VIP: the reverse tuple is the forward one turned round. */
	FP_FLOW_DIRECT = 0xfffe,
};

struct fp_flow {
	__u32 control;
	__u32 hop;
	__u32 last_seen_ticks;
	__u32 peer_index;
	struct fp_address client;
	struct fp_address vip;
	__be16 client_port_be;
	__be16 vip_port_be;
	__be16 snat_port_be;
	__u16 snat_index;     /* into the SNAT addresses, FP_FLOW_NO_SNAT where the source stays */
	__u16 backend_index;
	__u16 next_hop_index; /* where this direction's packets go; 0 = not resolved */
	__u16 service_index;
	__u8 protocol;        /* IPPROTO_TCP or IPPROTO_UDP */
	__u8 tracking;        /* memory of the TCP state machine */
};

_Static_assert(sizeof(struct fp_flow) == 64, "a flow slot is one cache line");

#endif

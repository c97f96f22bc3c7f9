/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What is known of a TCP connection's sequence numbers, by the index of its forward slot in the flow table: beside the
 * slot and not in it, because few services ask for it. Where none does, the table has one record, which nobody looks at.
 * Java twins: FlowTcpDescriptor, TcpSideDescriptor.
 *
 *   0                   20                  40        48                  64
 *  +-------------------+-------------------+---------+-------------------+
 *  | client            | backend           | zero    | proxying          |
 *  +-------------------+-------------------+---------+-------------------+
 *  48        52        56        60
 *  +---------+---------+---------+---------+
 *  | client  | cookie  | offset  | state   |   sequence number of the client's SYN, of the SYN+ACK that it got; what is
 *  +---------+---------+---------+---------+   added to the backend's; enum fp_proxy_state
 *
 * Proxying: of connections with FP_FLOW_KIND_PROXIED. Written by who opened the connection, after its entry; until then
 * it is an earlier one's, and no packet matches it. Offset and state then change by the backend's SYN+ACK, the state
 * last.
 *
 * and a side:
 *
 *   0         4         8         12        16     20
 *  +---------+---------+---------+---------+-+-+--+
 *  | end     | ack     | grant   | window  |s|f|  |   scale u8, flags u8, zero u16
 *  +---------+---------+---------+---------+-+-+--+
 *
 * Writers: who tracks a packet of that side writes that side, by plain stores; who enters the connection, or enters it
 * again on its slots, writes both. A side's packets come by one queue as a rule; where two writers meet, a word may be that
 * of the earlier packet, and grows again with the next: a benign race. So is that with a writer who was stopped until the
 * slot was another's: then that one's packets may pass unjudged, or under `strict` be held to be out of their windows until
 * the connection is opened again; for that a packet must be worked on while its connection ends and its slot is taken.
 */
#ifndef FP_FLOW_TCP_H
#define FP_FLOW_TCP_H

#include "fp_types.h"

enum fp_proxy_state {
	FP_PROXY_NONE = 0,       /* the backend's numbers are the client's */
	FP_PROXY_WAITS = 1,      /* for the backend's SYN+ACK */
	FP_PROXY_TRANSLATES = 2, /* the offset is known */
};

enum fp_tcp_side_flag {
	FP_TCP_SIDE_SENT = 1,   /* `end` is known */
	FP_TCP_SIDE_ACKED = 2,  /* `ack` and `grant` are known */
	FP_TCP_SIDE_SYN = 4,    /* its SYN was seen, so `window` is in bytes */
	FP_TCP_SIDE_SCALES = 8, /* its SYN offered to scale windows; it counts where both did */
};

struct fp_tcp_side {
	__u32 end;    /* one beyond the highest number it sent */
	__u32 ack;    /* the highest it acknowledged */
	__u32 grant;  /* up to where it lets the other side send: the highest of acknowledgment and window */
	__u32 window; /* the largest it offered */
	__u8 scale;
	__u8 flags;   /* enum fp_tcp_side_flag */
	__u16 reserved;
};

struct fp_flow_tcp {
	struct fp_tcp_side client;
	struct fp_tcp_side backend;
	__u64 reserved0;
	__u32 proxy_sequence;
	__u32 proxy_cookie;
	__u32 proxy_offset;
	__u32 proxy_state;
};

_Static_assert(sizeof(struct fp_tcp_side) == 20, "a side");
_Static_assert(sizeof(struct fp_flow_tcp) == 64, "one cache line beside a flow slot's");

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What is known of a TCP connection's sequence numbers, by the index of its forward slot in the flow table: beside the
 * slot and not in it, because few services ask for it. Where none does, the table has one record, which nobody looks at.
 * Java twin: FlowTcpDescriptor.
 *
 *   0                             48                  64
 *  +-----------------------------+-------------------+
 *  | zero (windows)              | proxying          |
 *  +-----------------------------+-------------------+
 *  48        52        56        60
 *  +---------+---------+---------+---------+
 *  | client  | cookie  | offset  | state   |   sequence number of the client's SYN, of the SYN+ACK that it got; what is
 *  +---------+---------+---------+---------+   added to the backend's; enum fp_proxy_state
 *
 * Proxying: of connections with FP_FLOW_KIND_PROXIED. Written by who opened the connection, after its entry; until then
 * it is an earlier one's, and no packet matches it. Offset and state then change by the backend's SYN+ACK, the state
 * last.
 */
#ifndef FP_FLOW_TCP_H
#define FP_FLOW_TCP_H

#include "fp_types.h"

enum fp_proxy_state {
	FP_PROXY_NONE = 0,       /* the backend's numbers are the client's */
	FP_PROXY_WAITS = 1,      /* for the backend's SYN+ACK */
	FP_PROXY_TRANSLATES = 2, /* the offset is known */
};

struct fp_flow_tcp {
	__u64 reserved0[6];
	__u32 proxy_sequence;
	__u32 proxy_cookie;
	__u32 proxy_offset;
	__u32 proxy_state;
};

_Static_assert(sizeof(struct fp_flow_tcp) == 64, "one cache line beside a flow slot's");

#endif

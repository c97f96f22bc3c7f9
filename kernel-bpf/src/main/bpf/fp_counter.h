/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Every counter there is: a constant here = a constant of Counter.java = a label = a sentence. The counter array
 * is row-major, FP_COUNTER_SLOTS u64 per row; a row belongs to one writer (first the CPUs, then the workers),
 * who adds with plain stores. Readers sum over rows.
 */
#ifndef FP_COUNTER_H
#define FP_COUNTER_H

#include "fp_types.h"

enum fp_counter_constant {
	FP_COUNTER_SLOTS = 256,
	FP_FIRST_DROP_CODE = 128,
};

enum fp_counter {
	/* The XDP program: what it saw and where it sent it. */
	FP_XDP_PACKETS = 0,
	FP_XDP_STEERED_SERVICE = 1,
	FP_XDP_STEERED_REPLY = 2,
	FP_XDP_STEERED_ARP = 3,
	FP_XDP_STEERED_ICMP = 4,
	FP_XDP_PASS_TRUNCATED = 5,
	FP_XDP_PASS_NOT_IP = 6,
	FP_XDP_PASS_PROTOCOL = 7,
	FP_XDP_PASS_NOT_OURS = 8,
	FP_XDP_PASS_UNKNOWN_INTERFACE = 10,
	FP_XDP_KERNEL_PLACED = 11,
	FP_XDP_KERNEL_NO_SOCKET = 12,
	FP_XDP_KERNEL_STALE = 13,
	FP_XDP_KERNEL_FULL = 14,

	/* An engine: what it took, sent and answered. */
	FP_RX_PACKETS = 32,
	FP_RX_BYTES = 33,
	FP_TX_PACKETS = 34,
	FP_TX_BYTES = 35,
	FP_FORWARDED_REQUEST = 36,
	FP_FORWARDED_REPLY = 37,
	FP_ANSWERED_ARP = 38,
	FP_ANSWERED_ECHO = 39,
	FP_ANSWERED_NEIGHBOR = 40,
	FP_CONSUMED_ARP = 41,
	FP_SHADOW_COMPARED = 42,
	FP_SHADOW_MISMATCH = 43,

	/* The flow table. */
	FP_FLOW_OPENED = 64,
	FP_FLOW_CLOSED = 65,
	FP_FLOW_REOPENED = 66,
	FP_FLOW_EVICTED_EMBRYONIC = 67,
	FP_FLOW_LOST_RACE = 68,
	FP_FLOW_RECLAIMED = 69,
	FP_FLOW_RECYCLED = 70,

	/* Drops: one reason each. */
	FP_DROP_TRUNCATED = 128,
	FP_DROP_NOT_IP = 129,
	FP_DROP_IP_HEADER = 130,
	FP_DROP_IP_CHECKSUM = 131,
	FP_DROP_IP_LENGTH = 132,
	FP_DROP_FRAGMENT = 133,
	FP_DROP_EXTENSION_HEADER = 134,
	FP_DROP_PROTOCOL = 135,
	FP_DROP_TCP_HEADER = 136,
	FP_DROP_UDP_LENGTH = 137,
	FP_DROP_TCP_FLAGS = 138,
	FP_DROP_ARP = 139,
	FP_DROP_ICMP = 140,
	FP_DROP_NO_SERVICE = 141,
	FP_DROP_NO_FLOW = 142,
	FP_DROP_NO_BACKEND = 143,
	FP_DROP_NO_NEXT_HOP = 144,
	FP_DROP_TTL_EXPIRED = 145,
	FP_DROP_FLOW_TABLE_FULL = 146,
	FP_DROP_PORTS_EXHAUSTED = 147,
	FP_DROP_FLOW_BUSY = 148,
	FP_DROP_TCP_STATE = 149,
	FP_DROP_MTU = 150,
	FP_DROP_TX_FULL = 151,
	FP_DROP_NO_EGRESS = 152,
	FP_DROP_FAMILY_MISMATCH = 153,
	FP_DROP_MARTIAN = 154,
	FP_DROP_VLAN = 155,
	FP_DROP_NEXT_HOPS_FULL = 156,
	FP_DROP_INTERNAL = 157,
	FP_DROP_LATE = 158,
	FP_DROP_NOT_ON_LINK = 170,
};

struct fp_counter_row {
	__u64 values[FP_COUNTER_SLOTS];
};

_Static_assert(sizeof(struct fp_counter_row) == 2048, "a counter row is half a page");

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * An interface that the instance serves, and its receive queues. Java twins: InterfaceDescriptor,
 * QueueDescriptor.
 *
 * The interface table has FP_INTERFACE_SLOTS slots; an interface stands at ifindex % FP_INTERFACE_SLOTS or one of
 * the FP_INTERFACE_PROBE_LIMIT - 1 slots after it. Queue q of the interface in slot s has the XSKMAP slot and
 * the queue record s * FP_QUEUES_PER_INTERFACE + q.
 *
 *   0         4         8         12        16             22   24        32
 *  +---------+---------+---------+---------+--------------+----+---------+
 *  | ifindex | queues  | flags   | IPv4    | MAC          |mtu | zero    |   IPv4, IPv6: an address of the node, or zero
 *  +---------+---------+---------+---------+--------------+----+---------+
 *  | IPv6 address                          | zero                        |   32 to 64
 *  +---------------------------------------+-----------------------------+
 *
 * Writer: the control thread; `ifindex` last (release). The addresses change at any time: who reads half of one and half of
 * another sends one ICMP error from nobody, which is benign.
 */
#ifndef FP_INTERFACE_H
#define FP_INTERFACE_H

#include "fp_types.h"

enum fp_interface_constant {
	FP_INTERFACE_SLOTS = 64,
	FP_INTERFACE_PROBE_LIMIT = 8,
	FP_QUEUES_PER_INTERFACE = 64,
	FP_QUEUE_SLOTS = FP_INTERFACE_SLOTS * FP_QUEUES_PER_INTERFACE,
};

/* Bits of `flags`. */
enum fp_interface_flag {
	FP_INTERFACE_RECOMPUTE_CHECKSUM = 0x1, /* senders on this side leave L4 checksums to offload */
	FP_INTERFACE_REDIRECT_BACK = 0x2,      /* veth: what XDP_TX sends may lie at the other end; redirect to itself */
	FP_INTERFACE_KEEP_VLANS = 0x4,         /* what came in there keeps tags, as fp_vlan_row.h has it */
};

struct fp_interface {
	__u32 ifindex;
	__u32 queue_count;
	__u32 flags;
	__be32 ipv4_be;
	__u8 mac[6];
	__u16 mtu;
	__u64 reserved0;
	struct fp_address ipv6;
	__u64 reserved1[2];
};

_Static_assert(sizeof(struct fp_interface) == 64, "an interface is one cache line");

/*
 * One receive queue: the words by which XDP and the queue's worker know of each other.
 *
 *   0             8             16            20            64
 *  +-------------+-------------+-------------+-------------+
 *  | heartbeatNs | doneCount   | workerIndex | zero        |  written by the worker
 *  +-------------+-------------+-------------+-------------+
 *  | steeredCount| zero                                    |  written by XDP on the queue's CPU
 *  +-------------+-----------------------------------------+
 *  64            72                                        128
 *
 * heartbeatNs: CLOCK_MONOTONIC at the worker's last duty cycle, stored (release) once per cycle; 0 = no worker.
 * doneCount: frames of this queue that are completed or dropped by verdict, stored (release).
 * steeredCount: frames that XDP redirected into this queue's socket. Single writer each.
 */
struct fp_queue {
	__u64 heartbeat_ns;
	__u64 done_count;
	__u32 worker_index;
	__u32 reserved0;
	__u64 reserved1[5];
	__u64 steered_count;
	__u64 reserved2[7];
};

_Static_assert(sizeof(struct fp_queue) == 128, "a cache line for each writer");

#endif

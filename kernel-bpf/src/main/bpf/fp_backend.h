/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * One backend of one service, by its index. The address and port never change while the index is in use:
 * flows are compared with it. Port 0 stands for the port that the client speaks to. Java twin: BackendDescriptor.
 *
 *   0         4         8         12        16
 *  +---------+---------+----+----+---------+
 *  | state   |wght|load|srvc|nhop|port|with|   service index u16, next hop index u16, port u16 network order, withheld u16
 *  +---------+---------+----+----+---------+
 *  | address                               |
 *  +---------------------------------------+
 *
 * `load` is what the control thread tells of the flows, some times a second, for random-of-two.
 * `withheld` says how much of the weight doesn't count for now: of a backend that begins slowly a part, of one that is
 * drained all. The control thread makes the Maglev table by it; no engine reads it.
 *
 * Writer: the control thread; `state` last (release) when a backend appears.
 */
#ifndef FP_BACKEND_H
#define FP_BACKEND_H

#include "fp_types.h"

enum fp_backend_state {
	FP_BACKEND_FREE = 0,
	FP_BACKEND_UP = 1,
	FP_BACKEND_RETIRED = 2, /* no longer configured; live flows may still point at it */
};

/* Of `withheld`, in thousandths of the weight. */
enum fp_backend_constant {
	FP_BACKEND_WITHHELD_ALL = 1000,        /* drained, by the configuration */
	FP_BACKEND_WITHHELD_BY_COMMAND = 1001, /* drained, by a command: the configuration doesn't end it */
};

struct fp_backend {
	__u32 state;
	__u16 weight;
	__u16 load; /* the more flows by weight, the higher, on a scale of its own */
	__u16 service_index;
	__u16 next_hop_index;
	__be16 port_be;
	__u16 withheld;
	struct fp_address address;
};

/* The port at the backend, for a client that speaks to this one. */
static __always_inline __u32 fp_backend_port(const struct fp_backend *backend, __be16 vip_port_be)
{
	return backend->port_be ?: vip_port_be;
}

_Static_assert(sizeof(struct fp_backend) == 32, "two backends to a cache line");

/*
 * What happened at a backend, one row of these per writer (counter rows: first the CPUs, then the workers),
 * row-major: index = row * backend capacity + backend. Java twin: BackendStatsDescriptor.
 *
 *   0           8           16          24          32
 *  +-----------+-----------+-----------+-----------+
 *  | packetsTo | bytesTo   | opened    | closed    |
 *  +-----------+-----------+-----------+-----------+
 *  | packetsFrom|bytesFrom | exhausted | zero      |
 *  +-----------+-----------+-----------+-----------+
 *
 * Writer: the row's owner alone, by plain stores; readers sum over rows and accept what they see.
 */
struct fp_backend_stats {
	__u64 packets_to;
	__u64 bytes_to;
	__u64 flows_opened;
	__u64 flows_closed;
	__u64 packets_from;
	__u64 bytes_from;
	__u64 ports_exhausted; /* connections that found no source port, or none for the client's own */
	__u64 reserved;
};

_Static_assert(sizeof(struct fp_backend_stats) == 64, "one cache line per backend and writer");

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What the generator shall send and what it has sent: two maps of one value each, mapped by the lab. */
#ifndef LAB_TRAFFIC_H
#define LAB_TRAFFIC_H

#include <linux/types.h>

/* A power of two; each client owns one port per 4,096 flows, so that 60 Ki ports carry 250 million flows. */
#define LAB_CLIENT_COUNT 4096

/*
 * The map `traffic_plan`. Java twin: TrafficPlanDescriptor.
 *
 *   0           6           12        16       18       20        24        28        32          40
 *  +-----------+-----------+---------+--------+--------+---------+---------+---------+-----------+
 *  | dest MAC  | source MAC| dest IP |dst port|src port| src IP  | flows   | ifindex | interval  |
 *  +-----------+-----------+---------+--------+--------+---------+---------+---------+-----------+
 *
 * Destination address and port are in network order, source address and port (those of flow 0), flows, ifindex and
 * the nanoseconds between two packets (0: as fast as it goes) in native order. Flow i comes from address
 * `first_source + i % LAB_CLIENT_COUNT`, port `first_source_port + i / LAB_CLIENT_COUNT`.
 * Writer: the lab, before it runs the generator; the interval, by a plain store, also while it runs.
 */
struct lab_traffic_plan {
	__u8 destination_mac[6];
	__u8 source_mac[6];
	__be32 destination_be;
	__be16 destination_port_be;
	__u16 first_source_port;
	__u32 first_source;
	__u32 flow_count;
	__u32 interface_index;
	__u64 interval_ns;
};

_Static_assert(sizeof(struct lab_traffic_plan) == 40, "Java writes 40 bytes");

/*
 * The map `traffic_progress`. Java twin: TrafficProgressDescriptor.
 *
 *   0           8           16        20        24
 *  +-----------+-----------+---------+---------+
 *  | sent      | next due  |next flow| rsv     |
 *  +-----------+-----------+---------+---------+
 *
 * Packets redirected so far; CLOCK_MONOTONIC from which the next may go; its flow.
 * Writer: the generator, which is one thread, by plain stores; the lab accepts what it sees.
 */
struct lab_traffic_progress {
	__u64 sent;
	__u64 next_due_ns;
	__u32 next_flow;
	__u32 reserved;
};

_Static_assert(sizeof(struct lab_traffic_progress) == 24, "Java reads 24 bytes");

#endif

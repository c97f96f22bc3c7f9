/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What the sink expects and what it has seen: two arrays, mapped by the lab. */
#ifndef LAB_SINK_H
#define LAB_SINK_H

#include <linux/types.h>

/*
 * The one value of the map `sink_plan`. Java twin: SinkPlanDescriptor.
 *
 *   0                 6        8           12          16
 *  +-----------------+--------+-----------+-----------+
 *  | destination MAC |dst port| first dst | addresses |   port in network order, addresses native
 *  +-----------------+--------+-----------+-----------+
 *
 * Expected are datagrams to this MAC, to this port, and to an address in [first, first + count).
 * Writer: the lab, while no packet is on its way.
 */
struct lab_sink_plan {
	__u8 destination_mac[6];
	__be16 destination_port_be;
	__u32 first_destination;
	__u32 destination_count;
};

_Static_assert(sizeof(struct lab_sink_plan) == 16, "Java writes 16 bytes");

/* The lab's machines have fewer; the sink aborts on a CPU beyond. */
#define LAB_CPU_LIMIT 1024

/*
 * The map `sink_counters`: one cache line per CPU, by its number. Java twin: SinkCountersDescriptor.
 *
 *   0           8           16          24          32          40          48             56        64
 *  +-----------+-----------+-----------+-----------+-----------+-----------+--------------+---------+
 *  | packets   | bytes     | others    | sampled   |misdirected|badChecksum| until sample | rsv     |
 *  +-----------+-----------+-----------+-----------+-----------+-----------+--------------+---------+
 *
 * Packets and bytes count IPv4 UDP; others is the rest, which goes to the stack. Of the packets each LAB_SAMPLE_INTERVAL-th
 * is examined in full (sampled): not what the plan expects (misdirected), or a checksum that is wrong or missing.
 * Writer: the sink on that CPU, by plain stores; the lab sums over CPUs and accepts what it sees.
 */
struct lab_sink_counters {
	__u64 packets;
	__u64 bytes;
	__u64 others;
	__u64 sampled;
	__u64 misdirected;
	__u64 bad_checksum;
	__u64 until_sample;
	__u64 reserved;
};

_Static_assert(sizeof(struct lab_sink_counters) == 64, "one cache line per CPU");

/* Rare enough to cost nothing, and prime, so that the sample walks over the flows and does not meet the same ones. */
#define LAB_SAMPLE_INTERVAL 61

#endif

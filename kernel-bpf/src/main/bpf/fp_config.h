/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * What both engines must agree on before they touch a table. One record, written by the control thread before
 * any program is attached. Java twin: ConfigDescriptor.
 *
 *   0         4         8         12        16
 *  +---------+---------+---------+---------+
 *  | magic   | layout  | flows   | services|   magic "FPTH"; layout version; slot counts
 *  +---------+---------+---------+---------+
 *  | backends| hops    | snat    | rows    |   capacities; SNAT addresses in use; counter rows
 *  +---------+---------+---------+---------+
 *  | cpuRows | portMin | portMax | maglev  |   counter rows that belong to CPUs; SNAT port range; Maglev entries
 *  +---------+---------+---------+---------+
 *  | bootId                      | zero    |
 *  +-----------------------------+---------+
 *  64: hash key, 11 words: the flow table's secret, random per boot
 *  152: selection key, 11 words: Maglev's hash, the same on every machine
 *  240: SNAT addresses, FP_SNAT_LIMIT of 16 bytes
 *  1264: tunnels: outer IPv4 source, outer IPv6 source, 16 bytes each; their masks, 4 bytes each; GUE's port u16;
 *        Geneve's port u16; records beside the flow table u32
 *  1312: key of SYN cookies, 2 words, random per boot
 */
#ifndef FP_CONFIG_H
#define FP_CONFIG_H

#include "fp_types.h"

enum fp_config_constant {
	FP_CONFIG_MAGIC = 0x48545046, /* "FPTH" in memory */
	FP_HASH_KEY_WORDS = 11,
	FP_SNAT_LIMIT = 64,
	FP_COOKIE_KEY_WORDS = 2,
	FP_TUNNEL_FAMILIES = 2, /* outer IPv4 and outer IPv6, in this order */
};

struct fp_config {
	__u32 magic;
	__u32 layout_version;
	__u32 flow_slot_count;
	__u32 service_slot_count;
	__u32 backend_capacity;
	__u32 next_hop_capacity;
	__u32 snat_count;
	__u32 counter_row_count;
	__u32 cpu_row_count;
	__u32 snat_port_min;
	__u32 snat_port_max;
	__u32 maglev_entry_count;
	__u64 boot_id;
	__u64 reserved0;
	__u64 hash_key[FP_HASH_KEY_WORDS];
	__u64 selection_key[FP_HASH_KEY_WORDS];
	struct fp_address snat[FP_SNAT_LIMIT];
	struct fp_address tunnel_source[FP_TUNNEL_FAMILIES]; /* of outer headers: the prefix, zeros behind it */
	__be32 tunnel_mask_be[FP_TUNNEL_FAMILIES];           /* of the last four bytes, those bits that a flow's hash fills */
	__be16 gue_port_be;
	__be16 geneve_port_be;
	__u32 tcp_slot_count; /* of fp_flow_tcp: as many as the flow table's, or 1 where no service asks for them */
	__u64 cookie_key[FP_COOKIE_KEY_WORDS]; /* the secret of SYN cookies, see fp_cookie.h */
};

_Static_assert(sizeof(struct fp_config) == 1328, "the configuration record");

#endif

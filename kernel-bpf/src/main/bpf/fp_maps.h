/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The maps. All but the XSKMAP are mappable arrays; sizes of 1 are set by the loader before the load.
 * Names are at most 15 characters (BPF_OBJ_NAME_LEN); they are the names of the pins too.
 */
#ifndef FP_MAPS_H
#define FP_MAPS_H

#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include "fp_layout.h"

#define FP_MAPPABLE_ARRAY(map_name, value_type, entries)                                                               \
	struct {                                                                                                       \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                                      \
		__uint(map_flags, BPF_F_MMAPABLE);                                                                     \
		__uint(max_entries, entries);                                                                          \
		__type(key, __u32);                                                                                    \
		__type(value, value_type);                                                                             \
	} map_name SEC(".maps")

FP_MAPPABLE_ARRAY(fp_config, struct fp_config, 1);
FP_MAPPABLE_ARRAY(fp_control, struct fp_control, 1);
FP_MAPPABLE_ARRAY(fp_interfaces, struct fp_interface, FP_INTERFACE_SLOTS);
FP_MAPPABLE_ARRAY(fp_vlans, struct fp_vlan_row, FP_INTERFACE_SLOTS);
FP_MAPPABLE_ARRAY(fp_queues, struct fp_queue, FP_QUEUE_SLOTS);
FP_MAPPABLE_ARRAY(fp_services, struct fp_service, 1);
FP_MAPPABLE_ARRAY(fp_maglev, struct fp_maglev_line, 1);
FP_MAPPABLE_ARRAY(fp_backends, struct fp_backend, 1);
FP_MAPPABLE_ARRAY(fp_bstats, struct fp_backend_stats, 1);
FP_MAPPABLE_ARRAY(fp_next_hops, struct fp_next_hop, 1);
FP_MAPPABLE_ARRAY(fp_flows, struct fp_flow, 1);
FP_MAPPABLE_ARRAY(fp_flow_tcp, struct fp_flow_tcp, 1);
FP_MAPPABLE_ARRAY(fp_fragments, struct fp_fragment, FP_FRAGMENT_SLOTS);
FP_MAPPABLE_ARRAY(fp_counters, struct fp_counter_row, 1);
FP_MAPPABLE_ARRAY(fp_affinities, struct fp_affinity, FP_AFFINITY_LINES);
FP_MAPPABLE_ARRAY(fp_sources, struct fp_source, FP_SOURCE_ENTRIES);
FP_MAPPABLE_ARRAY(fp_rates, struct fp_rate, 1);
FP_MAPPABLE_ARRAY(fp_opens, struct fp_open, 1);
FP_MAPPABLE_ARRAY(fp_open_lines, struct fp_open_line, FP_OPEN_LINES);
FP_MAPPABLE_ARRAY(fp_limits, struct fp_limit, FP_LIMIT_LINES);

struct {
	__uint(type, BPF_MAP_TYPE_XSKMAP);
	__uint(max_entries, FP_QUEUE_SLOTS);
	__type(key, __u32);
	__type(value, __u32);
} fp_sockets SEC(".maps");

#endif

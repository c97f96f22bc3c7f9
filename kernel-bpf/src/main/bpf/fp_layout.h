/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* All shared structs: include this to have the whole memory that both engines work on. */
#ifndef FP_LAYOUT_H
#define FP_LAYOUT_H

#include "fp_affinity.h"
#include "fp_backend.h"
#include "fp_config.h"
#include "fp_control.h"
#include "fp_counter.h"
#include "fp_flow.h"
#include "fp_flow_tcp.h"
#include "fp_fragment.h"
#include "fp_interface.h"
#include "fp_limit.h"
#include "fp_next_hop.h"
#include "fp_open.h"
#include "fp_prefix.h"
#include "fp_service.h"
#include "fp_source.h"
#include "fp_replay_order.h"
#include "fp_shadow_order.h"
#include "fp_vlan_row.h"

/*
 * The list of all that is shared: one member of each type. It exists in no memory; it is there so that an object's
 * BTF has every type and every constant, used or not, for the agreement test to find.
 */
struct fp_layout {
	struct fp_config config;
	struct fp_control control;
	struct fp_interface interface;
	struct fp_queue queue;
	struct fp_service service;
	struct fp_maglev_line maglev_line;
	struct fp_vlan_row vlan_row;
	struct fp_source source;
	struct fp_affinity affinity;
	struct fp_backend backend;
	struct fp_backend_stats backend_stats;
	struct fp_next_hop next_hop;
	struct fp_flow flow;
	struct fp_flow_tcp flow_tcp;
	struct fp_tcp_side tcp_side;
	struct fp_fragment fragment;
	struct fp_counter_row counter_row;
	struct fp_address address;
	struct fp_shadow_order shadow_order;
	struct fp_rate rate;
	struct fp_limit limit;
	struct fp_open open;
	struct fp_open_line open_line;
	struct fp_prefix4 prefix4;
	struct fp_prefix6 prefix6;
	struct fp_replay_order replay_order;

	enum fp_engine engine;
	enum fp_service_state service_state;
	enum fp_forwarding forwarding;
	enum fp_hash_input hash_input;
	enum fp_algorithm algorithm;
	enum fp_wide wide;
	enum fp_backend_state backend_state;
	enum fp_backend_constant backend_constant;
	enum fp_next_hop_state next_hop_state;
	enum fp_flow_state flow_state;
	enum fp_fragment_state fragment_state;
	enum fp_proxy_state proxy_state;
	enum fp_prefix_action prefix_action;
	enum fp_prefilter_flag prefilter_flag;
	enum fp_counter counter;

	enum fp_layout_constant layout_constant;
	enum fp_config_constant config_constant;
	enum fp_control_constant control_constant;
	enum fp_interface_constant interface_constant;
	enum fp_interface_flag interface_flag;
	enum fp_vlan_constant vlan_constant;
	enum fp_service_constant service_constant;
	enum fp_maglev_constant maglev_constant;
	enum fp_source_constant source_constant;
	enum fp_affinity_constant affinity_constant;
	enum fp_flow_constant flow_constant;
	enum fp_tcp_side_flag tcp_side_flag;
	enum fp_fragment_constant fragment_constant;
	enum fp_limit_constant limit_constant;
	enum fp_open_constant open_constant;
	enum fp_prefix_constant prefix_constant;
	enum fp_counter_constant counter_constant;
};

#endif

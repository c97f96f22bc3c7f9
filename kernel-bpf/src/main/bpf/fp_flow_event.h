/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* What happens to connections, counted in the CPU's rows. Java twins: FlowEvents, FlowCounters. */
#ifndef FP_FLOW_EVENT_H
#define FP_FLOW_EVENT_H

#include "fp_count.h"

/* Counts one of FP_FLOW_* but _OPENED and _CLOSED. */
__noinline int fp_flow_event(__u32 counter)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_tally tally;

	if (!config || counter >= FP_COUNTER_SLOTS)
		return 0;
	tally = fp_tally_of(config);
	if (tally.row)
		fp_count(&tally, counter);
	return 0;
}

/* Counts one connection of a backend as opened, or as closed. */
__noinline int fp_flow_backend_event(int is_opened, __u32 backend_index)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_backend_stats *stats;
	struct fp_tally tally;
	__u64 *value;

	if (!config)
		return 0;
	tally = fp_tally_of(config);
	if (!tally.row)
		return 0;
	stats = fp_backend_stats_of(config, backend_index);
	if (is_opened)
		fp_count(&tally, FP_FLOW_OPENED);
	else
		fp_count(&tally, FP_FLOW_CLOSED);
	if (!stats)
		return 0;
	value = is_opened ? &stats->flows_opened : &stats->flows_closed;
	if (tally.shared)
		__sync_fetch_and_add(value, 1);
	else
		*value += 1;
	return 0;
}

#endif

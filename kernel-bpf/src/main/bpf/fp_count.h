/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Counting. A CPU runs one XDP program at a time, so it alone writes its row, and adds with plain stores. The loader
 * makes a row for every possible CPU. Should there be more CPUs, they share rows and add atomically, which the
 * row's own CPU doesn't: then a count may be lost, and nothing worse.
 */
#ifndef FP_COUNT_H
#define FP_COUNT_H

#include "fp_maps.h"

struct fp_tally {
	struct fp_counter_row *row;
	int shared;
};

/* The tally of this CPU; its row is NULL where the tables are not set up. */
static __always_inline struct fp_tally fp_tally_of(const struct fp_config *config)
{
	struct fp_tally tally = {};
	__u32 row_index = bpf_get_smp_processor_id();

	if (row_index >= config->cpu_row_count) {
		row_index %= config->cpu_row_count;
		tally.shared = 1;
	}
	tally.row = bpf_map_lookup_elem(&fp_counters, &row_index);
	return tally;
}

/* This CPU's record of what happens at a backend, or NULL. */
static __always_inline struct fp_backend_stats *fp_backend_stats_of(const struct fp_config *config, __u32 backend_index)
{
	__u32 row = bpf_get_smp_processor_id() % config->cpu_row_count;
	__u32 index = row * config->backend_capacity + backend_index;

	return bpf_map_lookup_elem(&fp_bstats, &index);
}

/*
 * A counter whose bound the verifier sees where it is used. The compiler knows the bound, and would leave a mask out; but what
 * it puts on the stack meanwhile as 32 bits comes back to Linux 6.1 without one.
 */
static __always_inline enum fp_counter fp_bounded(enum fp_counter counter)
{
	__u32 opaque = counter;

	asm volatile("" : "+r"(opaque));
	return (enum fp_counter)(opaque % FP_COUNTER_SLOTS);
}

static __always_inline void fp_count_many(const struct fp_tally *tally, enum fp_counter counter, __u64 count)
{
	__u64 *value = &tally->row->values[counter];

	if (tally->shared)
		__sync_fetch_and_add(value, count);
	else
		*value += count;
}

static __always_inline void fp_count(const struct fp_tally *tally, enum fp_counter counter)
{
	fp_count_many(tally, counter, 1);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Counts open connections, and asks whether a service and a client may have another, see fp_open.h. Java twin: OpenFlows. */
#ifndef FP_OPEN_COUNT_H
#define FP_OPEN_COUNT_H

#include "fp_hash.h"
#include "fp_maps.h"
#include "fp_tuple.h"

/* What a client of a service is counted by, not 0: a half for each of its words. */
static __always_inline __u64 fp_open_tag(const struct fp_config *config, const struct fp_address *client,
					 __u32 service_index)
{
	const __u64 *key = config->hash_key;
	__u64 sum = key[10];

	sum += fp_hash_lane(key, client->words[0]);
	sum += fp_hash_lane(key + 2, fp_is_ipv4(client) ? client->words[1] : 0);
	sum += fp_hash_lane(key + 4, service_index);
	return (sum ^ (sum >> 32)) * FP_HASH_SPREAD | 1;
}

static __always_inline __u32 *fp_open_word(__u32 hash)
{
	__u32 word = fp_hash_slot(hash, FP_OPEN_LINES * FP_OPEN_WAYS);
	__u32 line_index = word / FP_OPEN_WAYS;
	struct fp_open_line *line = bpf_map_lookup_elem(&fp_open_lines, &line_index);

	return line ? &line->count[word % FP_OPEN_WAYS] : NULL;
}

/* The other half, spread anew: its low bits are worth less than the high ones. */
static __always_inline __u32 fp_open_second(__u64 tag)
{
	return (__u32)tag * 0x9e3779b1U;
}

/* Counts a connection in (1) or out (-1). */
__noinline int fp_open_add(__u64 tag, __u32 service_index, int delta)
{
	struct fp_open *open = bpf_map_lookup_elem(&fp_opens, &service_index);
	__u32 *first = fp_open_word(tag >> 32);
	__u32 *second = fp_open_word(fp_open_second(tag));

	if (!open || !first || !second)
		return 0;
	__sync_fetch_and_add(&open->open_count, delta);
	__sync_fetch_and_add(first, delta);
	__sync_fetch_and_add(second, delta);
	return 0;
}

/* How many a client has at most. */
static __always_inline __s32 fp_open_of_client(__u64 tag)
{
	const volatile __s32 *first = (void *)fp_open_word(tag >> 32);
	const volatile __s32 *second = (void *)fp_open_word(fp_open_second(tag));
	__s32 one, other;

	if (!first || !second)
		return 0;
	one = *first;
	other = *second;
	return one < other ? one : other;
}

/* Whether a service has a limit at all. */
static __always_inline int fp_open_is_limited(const volatile struct fp_open *open)
{
	return open->limit || open->client_limit;
}

/* What stands against another connection: 0, or a drop code. The client is asked first, as with rates. */
static __always_inline int fp_open_refusal(const struct fp_config *config, const volatile struct fp_open *open,
					   const struct fp_address *client, __u32 service_index)
{
	__s32 limit = open->client_limit;

	if (limit && fp_open_of_client(fp_open_tag(config, client, service_index)) >= limit)
		return FP_DROP_OPEN_CLIENT;
	limit = open->limit;
	return limit && (__s32)open->open_count >= limit ? FP_DROP_OPEN_SERVICE : 0;
}

#endif

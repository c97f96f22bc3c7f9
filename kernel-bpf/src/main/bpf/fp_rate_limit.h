/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Whether a service and a client may have another connection now, see fp_limit.h. Java twin: RateLimiter. */
#ifndef FP_RATE_LIMIT_H
#define FP_RATE_LIMIT_H

#include "fp_address.h"
#include "fp_flow_event.h"
#include "fp_hash.h"
#include "fp_packet.h"

#define FP_RATE_BURST_NS 1000000000ULL
#define FP_RATE_ATTEMPTS 4 /* who loses so often to others is let through */

/* Takes one connection out of a bucket: 0 where it is empty. */
static __always_inline int fp_rate_take(__u64 *full_ns, __u64 interval_ns, __u64 now_ns)
{
	for (int i = 0; i < FP_RATE_ATTEMPTS; i++) {
		__u64 before = *(volatile __u64 *)full_ns;
		__u64 next = (before > now_ns ? before : now_ns) + interval_ns;

		if (next > now_ns + FP_RATE_BURST_NS)
			return 0;
		if (__sync_val_compare_and_swap(full_ns, before, next) == before)
			return 1;
	}
	return 1;
}

/* What a client is told from others by, not 0. */
static __always_inline __u64 fp_limit_tag(const struct fp_config *config, const struct fp_packet *packet)
{
	const __u64 *key = config->hash_key;
	__u64 low = fp_is_ipv4(&packet->tuple.source) ? packet->tuple.source.words[1] : 0;
	__u64 sum = key[10];

	sum += fp_hash_lane(key, packet->tuple.source.words[0]);
	sum += fp_hash_lane(key + 2, low);
	sum += fp_hash_lane(key + 4, packet->service_index);
	sum = (sum ^ (sum >> 32)) * FP_HASH_SPREAD;
	return sum ? sum : 1;
}

/* The client's place in its line, a free one made its own where it has none, or FP_LIMIT_WAYS. */
static __always_inline __u32 fp_limit_place(struct fp_limit *line, __u64 tag, __u64 now_ns)
{
#pragma unroll
	for (__u32 i = 0; i < FP_LIMIT_WAYS; i++)
		if (*(volatile __u64 *)&line->tag[i] == tag)
			return i;
#pragma unroll
	for (__u32 i = 0; i < FP_LIMIT_WAYS; i++) {
		__u64 before = *(volatile __u64 *)&line->tag[i];

		if (*(volatile __u64 *)&line->full_ns[i] <= now_ns &&
		    __sync_val_compare_and_swap(&line->tag[i], before, tag) == before)
			return i;
	}
	return FP_LIMIT_WAYS;
}

static __always_inline int fp_limit_client(const struct fp_config *config, const struct fp_packet *packet,
					   __u64 interval_ns)
{
	__u64 tag = fp_limit_tag(config, packet);
	__u32 index = fp_hash_slot(tag >> 32, FP_LIMIT_LINES);
	struct fp_limit *line = bpf_map_lookup_elem(&fp_limits, &index);
	__u32 place;

	if (!line)
		return 0;
	place = fp_limit_place(line, tag, packet->now_ns);
	if (place >= FP_LIMIT_WAYS) {
		fp_flow_event(FP_LIMIT_UNTRACKED);
		return 0;
	}
	return fp_rate_take(&line->full_ns[place], interval_ns, packet->now_ns) ? 0 : FP_DROP_RATE_CLIENT;
}

/* The client is asked first: what it has too much of is nothing that the service's others should go without. */
__noinline int fp_rate_limit(struct fp_packet *packet)
{
	__u32 first = 0, service_index;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_rate *rate;
	__u64 interval_ns;
	int refusal;

	if (!packet || !config)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	rate = bpf_map_lookup_elem(&fp_rates, &service_index);
	if (!rate)
		return FP_DROP_INTERNAL;
	interval_ns = *(volatile __u64 *)&rate->client_interval_ns;
	if (interval_ns) {
		refusal = fp_limit_client(config, packet, interval_ns);
		if (refusal)
			return refusal;
	}
	interval_ns = *(volatile __u64 *)&rate->interval_ns;
	if (interval_ns && !fp_rate_take(&rate->full_ns, interval_ns, packet->now_ns))
		return FP_DROP_RATE_SERVICE;
	return 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The backend that a client has, and that it gets one, see fp_affinity.h. Java twin: Affinity. */
#ifndef FP_AFFINITY_FIND_H
#define FP_AFFINITY_FIND_H

#include <bpf/bpf_endian.h>
#include "fp_address.h"
#include "fp_flow_event.h"
#include "fp_hash.h"
#include "fp_packet.h"

#define FP_TICKS_PER_SECOND 954 /* of 2^20 ns, rounded up */

/* What a client is told from others by, not 0: the bits of its prefix. */
static __always_inline __u64 fp_affinity_tag(const struct fp_config *config, const struct fp_packet *packet,
					     __u32 flags)
{
	__u32 bits = ((flags >> FP_SERVICE_AFFINITY_SHIFT & FP_SERVICE_AFFINITY_MASK) + 1) * 2;
	__u32 high_bits, low_bits;
	__u64 sum = config->hash_key[10];

	if (fp_is_ipv4(&packet->tuple.source))
		bits += 96;
	high_bits = bits < 64 ? bits : 64;
	low_bits = bits < 64 ? 0 : bits - 64;
	sum += fp_hash_lane(config->hash_key, packet->tuple.source.words[0] &
						      bpf_cpu_to_be64(~0ULL << (64 - high_bits)));
	if (low_bits)
		sum += fp_hash_lane(config->hash_key + 2, packet->tuple.source.words[1] &
								  bpf_cpu_to_be64(~0ULL << (64 - low_bits & 63)));
	sum += fp_hash_lane(config->hash_key + 4, packet->service_index);
	sum = (sum ^ (sum >> 32)) * FP_HASH_SPREAD;
	return sum ? sum : 1;
}

/* Whether the time of a place is over. */
static __always_inline int fp_is_over(const struct fp_affinity *line, __u32 i, __u32 now_ticks)
{
	return !(*(const volatile __u32 *)&line->until_ticks[i] - now_ticks < 1u << 31);
}

/* The place of a client in its line, or FP_AFFINITY_WAYS. */
static __always_inline __u32 fp_affinity_place(const struct fp_affinity *line, __u64 tag)
{
#pragma unroll
	for (__u32 i = 0; i < FP_AFFINITY_WAYS; i++)
		if (*(const volatile __u64 *)&line->tag[i] == tag)
			return i;
	return FP_AFFINITY_WAYS;
}

/* A place whose time is over, made the client's, or FP_AFFINITY_WAYS. */
static __always_inline __u32 fp_affinity_claim(struct fp_affinity *line, __u64 tag, __u32 now_ticks)
{
#pragma unroll
	for (__u32 i = 0; i < FP_AFFINITY_WAYS; i++) {
		__u64 before = *(volatile __u64 *)&line->tag[i];

		if ((!before || fp_is_over(line, i, now_ticks)) &&
		    __sync_val_compare_and_swap(&line->tag[i], before, tag) == before)
			return i;
	}
	return FP_AFFINITY_WAYS;
}

/* The packet's service if it keeps clients, and the line of the packet's client. */
static __always_inline struct fp_affinity *fp_affinity_line(const struct fp_packet *packet, __u64 *tag)
{
	__u32 first = 0, index, service_index = packet->service_index;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	const struct fp_service *service = bpf_map_lookup_elem(&fp_services, &service_index);

	if (!config || !service || !service->affinity_seconds)
		return NULL;
	*tag = fp_affinity_tag(config, packet, service->flags);
	index = fp_hash_slot(*tag >> 32, FP_AFFINITY_LINES);
	return bpf_map_lookup_elem(&fp_affinities, &index);
}

/* The backend that the packet's client has, if that one takes connections: `backend_index`, and 1; else 0. */
__noinline int fp_affinity_find(struct fp_packet *packet)
{
	const volatile struct fp_backend *backend;
	struct fp_affinity *line;
	__u32 place, backend_index;
	__u64 tag = 0;

	if (!packet)
		return 0;
	line = fp_affinity_line(packet, &tag);
	if (!line)
		return 0;
	place = fp_affinity_place(line, tag);
	if (place >= FP_AFFINITY_WAYS || fp_is_over(line, place, packet->now_ticks))
		return 0;
	backend_index = *(const volatile __u16 *)&line->backend_index[place];
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	if (!backend || backend->state != FP_BACKEND_UP || backend->service_index != packet->service_index ||
	    !backend->weight || backend->withheld >= FP_BACKEND_WITHHELD_ALL)
		return 0;
	packet->backend_index = backend_index;
	fp_flow_event(FP_AFFINITY_KEPT);
	return 1;
}

/* Has the packet's client keep the backend that it got, from now on for its service's time. */
__noinline int fp_affinity_keep(struct fp_packet *packet)
{
	const struct fp_service *service;
	__u32 place, service_index;
	struct fp_affinity *line;
	__u64 tag = 0;

	if (!packet)
		return 0;
	service_index = packet->service_index;
	service = bpf_map_lookup_elem(&fp_services, &service_index);
	line = fp_affinity_line(packet, &tag);
	if (!line || !service)
		return 0;
	place = fp_affinity_place(line, tag);
	if (place >= FP_AFFINITY_WAYS)
		place = fp_affinity_claim(line, tag, packet->now_ticks);
	if (place >= FP_AFFINITY_WAYS) {
		fp_flow_event(FP_AFFINITY_FULL);
		return 0;
	}
	*(volatile __u16 *)&line->backend_index[place] = packet->backend_index;
	*(volatile __u32 *)&line->until_ticks[place] =
		packet->now_ticks + service->affinity_seconds * FP_TICKS_PER_SECOND;
	return 0;
}

#endif

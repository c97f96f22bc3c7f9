/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* Whether a service takes a source's connections, or another one's backends have them, see fp_source.h. Java twin: SourceLists. */
#ifndef FP_SOURCE_FIND_H
#define FP_SOURCE_FIND_H

#include <bpf/bpf_endian.h>
#include "fp_packet.h"

/* Whether an address is below another, as numbers. */
static __always_inline int fp_is_below(const struct fp_address *one, const struct fp_address *other)
{
	if (one->words[0] != other->words[0])
		return bpf_be64_to_cpu(one->words[0]) < bpf_be64_to_cpu(other->words[0]);
	return bpf_be64_to_cpu(one->words[1]) < bpf_be64_to_cpu(other->words[1]);
}

/* The target of the packet's source in a list. */
static __always_inline __u32 fp_source_target(const struct fp_packet *packet, __u32 list)
{
	const struct fp_source *range = bpf_map_lookup_elem(&fp_sources, &list);
	__u32 low = list + 1, high;

	if (!range)
		return FP_SOURCE_DENIED;
	high = low + range->target;
	for (int i = 0; i < FP_SOURCE_STEPS; i++) {
		__u32 middle = low + (high - low) / 2;

		if (high - low < 2 || high < low)
			break;
		range = bpf_map_lookup_elem(&fp_sources, &middle);
		if (!range)
			return FP_SOURCE_DENIED;
		if (fp_is_below(&packet->tuple.source, &range->first))
			high = middle;
		else
			low = middle;
	}
	range = bpf_map_lookup_elem(&fp_sources, &low);
	return range ? range->target : FP_SOURCE_DENIED;
}

/* Has the packet's service be the one for its source: 0, or a drop code. */
__noinline int fp_route_source(struct fp_packet *packet)
{
	__u32 service_index, target;
	const struct fp_service *service;

	if (!packet)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	service = bpf_map_lookup_elem(&fp_services, &service_index);
	if (!service)
		return FP_DROP_INTERNAL;
	target = fp_source_target(packet, *(const volatile __u16 *)&service->source_list);
	if (target == FP_SOURCE_DENIED)
		return FP_DROP_NOT_ALLOWED;
	if (target >= FP_SOURCE_ROUTED)
		packet->service_index = target - FP_SOURCE_ROUTED;
	return 0;
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * Services for ranges of ports and for prefixes of addresses, looked for where no service has the very address and port,
 * and only where there are any. The longest prefix wins that has a service for the port; in it the very port wins over a
 * range, and a range over all ports. Each function is verified once, by itself. Java twin: WideServices.
 */
#ifndef FP_LOOKUP_WIDE_H
#define FP_LOOKUP_WIDE_H

#include <linux/in.h>
#include <bpf/bpf_endian.h>
#include "fp_hash.h"
#include "fp_maps.h"
#include "fp_tuple.h"

#define FP_NO_SERVICE 0xffffffff

/*
 * The slot of a live entry, or FP_NO_SERVICE. The question is the destination, the protocol byte with its bits, the port
 * (as it stands in memory) in the high half of the ports, and the host bits in the low half.
 */
__noinline __u32 fp_probe_service(const struct fp_tuple *question)
{
	const struct fp_address nobody = {};
	__u32 first = 0, count, slot;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);

	if (!question || !config)
		return FP_NO_SERVICE;
	count = config->service_slot_count;
	slot = fp_hash_slot(fp_tuple_hash(config->hash_key, &question->destination, &nobody, question->ports,
					  question->protocol),
			    count);
	for (int i = 0; i < FP_SERVICE_PROBE_LIMIT; i++) {
		const struct fp_service *service = bpf_map_lookup_elem(&fp_services, &slot);

		if (!service || service->state == FP_SERVICE_FREE)
			return FP_NO_SERVICE;
		if (service->state == FP_SERVICE_LIVE && service->port_be == question->ports >> 16 &&
		    service->host_bits == (question->ports & 0xffff) && service->protocol == question->protocol &&
		    fp_same_address(&service->vip, &question->destination))
			return slot;
		slot = slot + 1 < count ? slot + 1 : 0;
	}
	return FP_NO_SERVICE;
}

/* The range of the VIP that has the port; the question is as above, of the VIP itself. */
static __always_inline __u32 fp_probe_ranges(struct fp_tuple *question, const struct fp_tuple *tuple)
{
	__u32 vip_slot = fp_probe_service(question);
	const struct fp_service *vip = bpf_map_lookup_elem(&fp_services, &vip_slot);
	__u32 port = bpf_ntohs(tuple->ports >> 16);
	__u32 taken;

	if (!vip)
		return FP_NO_SERVICE;
	taken = tuple->protocol == IPPROTO_TCP ? vip->port_first : vip->port_last;
	question->protocol |= FP_SERVICE_RANGED | tuple->protocol;
	for (__u32 number = 0; number < FP_SERVICE_RANGE_LIMIT; number++) {
		const struct fp_service *service;
		__u32 slot;

		if (!(taken >> number & 1))
			continue;
		question->ports = (question->ports & 0xffff) | number << 16;
		slot = fp_probe_service(question);
		service = bpf_map_lookup_elem(&fp_services, &slot);
		if (service && service->port_first <= port && port <= service->port_last)
			return slot;
	}
	return FP_NO_SERVICE;
}

/* Clears the last bits of an address. */
static __always_inline void fp_clear_host_bits(struct fp_address *address, __u32 host_bits)
{
	__u32 in_word0 = host_bits > 64 ? host_bits - 64 : 0;

	address->words[0] &= bpf_cpu_to_be64(~0ULL << (in_word0 & 63));
	address->words[1] &= host_bits > 63 ? 0 : bpf_cpu_to_be64(~0ULL << (host_bits & 63));
}

/*
 * The entry for the prefix without these host bits: of the port, else of a range; with protocol 0 the prefix itself. 0 host
 * bits: of the very address, whose own port and entry were looked for already.
 */
__noinline __u32 fp_find_in_prefix(const struct fp_tuple *tuple, __u32 host_bits)
{
	__u32 mark = host_bits ? FP_SERVICE_PREFIXED : 0, slot;
	struct fp_tuple question = {};

	if (!tuple)
		return FP_NO_SERVICE;
	question.destination = tuple->destination;
	if (host_bits) {
		fp_clear_host_bits(&question.destination, host_bits);
		question.ports = (tuple->ports & 0xffff0000) | host_bits;
		question.protocol = mark | tuple->protocol;
		slot = fp_probe_service(&question);
		if (slot != FP_NO_SERVICE)
			return slot;
	}
	if (!tuple->protocol)
		return FP_NO_SERVICE;
	question.ports = host_bits;
	question.protocol = mark;
	return fp_probe_ranges(&question, tuple);
}

/* The slot of the wide service, or of the prefix VIP where the protocol is 0; FP_NO_SERVICE if there is none. */
__noinline __u32 fp_find_wide(const struct fp_tuple *tuple)
{
	__u32 first = 0, lengths, slot;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);

	if (!tuple || !control)
		return FP_NO_SERVICE;
	slot = fp_find_in_prefix(tuple, 0);
	if (slot != FP_NO_SERVICE)
		return slot;
	lengths = fp_is_ipv4(&tuple->destination) ? control->host_bits_ipv4 : control->host_bits_ipv6;
	for (int i = 0; i < FP_CONTROL_PREFIX_LENGTHS; i++) {
		__u32 host_bits = lengths >> (8 * i) & 0xff;

		if (!host_bits)
			break;
		slot = fp_find_in_prefix(tuple, host_bits);
		if (slot != FP_NO_SERVICE)
			return slot;
	}
	return FP_NO_SERVICE;
}

#endif

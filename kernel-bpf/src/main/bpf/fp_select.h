/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The backend of a new flow, from its service's table: enum fp_algorithm. Java twin: Selector. */
#ifndef FP_SELECT_H
#define FP_SELECT_H

#include "fp_hash.h"
#include "fp_packet.h"

/* Twice, because the control thread may be changing the table: then the second look sees it changed. */
#define FP_SELECT_ATTEMPTS 2

/* Of two equal backends the other is not met in one of 65,536 cases; then the SYN after next is the next chance. */
#define FP_SELECT_OTHERS 16
#define FP_SELECT_SPREAD 0x85ebca6bU
#define FP_SELECT_STEP 0x9e3779b1U

/* An index beyond the array is that of a slot that changed hands meanwhile: no backend has the answer's index. */
static __always_inline __u32 fp_maglev_entry(const struct fp_config *config, const volatile struct fp_service *service,
					     __u32 slot)
{
	__u32 first = service->maglev_active ? service->maglev_b_index : service->maglev_a_index;
	__u32 index = first + slot;
	__u32 line_index = index / FP_MAGLEV_LINE_ENTRIES;
	const struct fp_maglev_line *line;

	if (index >= config->maglev_entry_count)
		return config->backend_capacity;
	line = bpf_map_lookup_elem(&fp_maglev, &line_index);
	return line ? line->backend_index[index % FP_MAGLEV_LINE_ENTRIES] : config->backend_capacity;
}

/* The slot of the table that a new flow gets. */
static __always_inline __u32 fp_selection_slot(struct fp_service *service, __u32 hash)
{
	__u32 size = *(const volatile __u32 *)&service->maglev_size;

	if (service->algorithm != FP_ALGORITHM_WEIGHTED_ROUND_ROBIN)
		return fp_hash_slot(hash, size);
	return size ? __sync_fetch_and_add(&service->round, 1) % size : 0;
}

/* A hash that says nothing of the one that it is made of. */
static __always_inline __u32 fp_second_hash(__u32 hash)
{
	hash = (hash ^ hash >> 16) * 0x85ebca6b;
	hash = (hash ^ hash >> 13) * 0xc2b2ae35;
	return hash ^ hash >> 16;
}

/* A backend that a service can give, or NULL. */
static __always_inline const volatile struct fp_backend *fp_up_backend(const struct fp_config *config,
								       __u32 backend_index, __u32 service_index)
{
	const volatile struct fp_backend *backend;

	if (backend_index >= config->backend_capacity)
		return NULL;
	backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
	return backend && backend->state == FP_BACKEND_UP && backend->service_index == service_index ? backend : NULL;
}

/*
 * The selection hash. With part of the tuple alone, neither VIP nor protocol count: services with the same backends give a
 * client the same one.
 */
static __always_inline __u32 fp_selection_hash(const struct fp_config *config, const struct fp_service *service,
					       const struct fp_tuple *tuple)
{
	const struct fp_address nobody = {};
	__u32 input = *(const volatile __u32 *)&service->flags & FP_SERVICE_HASH_MASK;
	__u32 ports = input == FP_HASH_SOURCE_AND_PORT ? tuple->ports >> 16 << 16 : 0;

	if (input == FP_HASH_TUPLE)
		return fp_tuple_hash(config->selection_key, &tuple->source, &tuple->destination, tuple->ports,
				     tuple->protocol);
	return fp_tuple_hash(config->selection_key, &tuple->source, &nobody, ports, 0);
}

/* Sets the packet's backend: 0, or FP_DROP_NO_BACKEND where the service has none with a weight above 0. */
__noinline int fp_select(struct fp_packet *packet)
{
	struct fp_service *service;
	const struct fp_config *config;
	__u32 first = 0, service_index, hash;

	if (!packet)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	config = bpf_map_lookup_elem(&fp_config, &first);
	service = bpf_map_lookup_elem(&fp_services, &service_index);
	if (!config || !service)
		return FP_DROP_INTERNAL;
	hash = fp_selection_hash(config, service, &packet->tuple);
	for (int i = 0; i < FP_SELECT_ATTEMPTS; i++) {
		__u32 backend_index = fp_maglev_entry(config, service, fp_selection_slot(service, hash));
		const volatile struct fp_backend *backend, *other;

		if (backend_index == FP_MAGLEV_NO_BACKEND)
			return FP_DROP_NO_BACKEND;
		backend = fp_up_backend(config, backend_index, service_index);
		if (!backend)
			continue;
		packet->backend_index = backend_index;
		if (service->algorithm != FP_ALGORITHM_RANDOM_OF_TWO)
			return 0;
		backend_index = fp_maglev_entry(config, service,
						fp_hash_slot(fp_second_hash(hash), service->maglev_size));
		other = fp_up_backend(config, backend_index, service_index);
		if (other && other->load < backend->load)
			packet->backend_index = backend_index;
		return 0;
	}
	return FP_DROP_NO_BACKEND;
}

/* The next hash of a row that begins with that of the tuple and of how often its SYN came again. */
static __always_inline __u32 fp_select_next_hash(__u32 hash)
{
	return (hash ^ hash >> 16) * FP_SELECT_SPREAD + FP_SELECT_STEP;
}

/*
 * Sets the packet's backend to another than the one that it leaves: 0, or FP_DROP_NO_BACKEND where none was met. A try of
 * one is drawn by another hash, so all backends get their share of those who leave one.
 */
__noinline int fp_select_other(struct fp_packet *packet)
{
	const struct fp_service *service;
	const struct fp_config *config;
	__u32 first = 0, service_index, hash;

	if (!packet)
		return FP_DROP_INTERNAL;
	service_index = packet->service_index;
	config = bpf_map_lookup_elem(&fp_config, &first);
	service = bpf_map_lookup_elem(&fp_services, &service_index);
	if (!config || !service)
		return FP_DROP_INTERNAL;
	hash = fp_selection_hash(config, service, &packet->tuple) ^ packet->syn_count * FP_SELECT_STEP;
	for (int i = 0; i < FP_SELECT_OTHERS; i++) {
		const volatile struct fp_backend *backend;
		__u32 backend_index;

		hash = fp_select_next_hash(hash);
		backend_index = fp_maglev_entry(config, service, fp_hash_slot(hash, service->maglev_size));
		if (backend_index >= config->backend_capacity || backend_index == packet->avoided_index)
			continue;
		backend = bpf_map_lookup_elem(&fp_backends, &backend_index);
		if (backend && backend->state == FP_BACKEND_UP && backend->service_index == service_index) {
			packet->backend_index = backend_index;
			return 0;
		}
	}
	return FP_DROP_NO_BACKEND;
}

#endif

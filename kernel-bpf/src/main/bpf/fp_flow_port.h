/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The order in which a new connection under full NAT tries source addresses and ports: a walk over all pairs of the
 * backend's family, whose start and stride come from the keyed hash of the connection's tuple. The addresses of a family
 * stand together in the configuration. Java twin: PortChoice.
 */
#ifndef FP_FLOW_PORT_H
#define FP_FLOW_PORT_H

#include "fp_flow_find.h"

#define FP_FLOW_PORT_SPREAD 0x9e3779b97f4a7c15ULL

enum fp_flow_port_limit {
	FP_FLOW_PORT_TRIES = 64,
};

struct fp_flow_ports {
	__u32 first_index;   /* of the family's addresses */
	__u32 address_count; /* of the family */
	__u32 port_min;
	__u32 pair_count;
	__u32 pair;          /* at hand */
	__u32 stride;
};

/*
 * Begins a walk: how many pairs to try, 0 if there is no address of the backend's family. What it counts stays in the
 * map, because the verifier would follow every combination of numbers that it can see.
 */
__noinline __u32 fp_flow_ports_begin(struct fp_flow_ports *ports, __u32 tuple_hash, int is_ipv4)
{
	const struct fp_config *config = fp_configuration();
	__u64 seed = tuple_hash * FP_FLOW_PORT_SPREAD;

	if (!ports || !config)
		return 0;
	ports->address_count = 0;
	for (__u32 i = 0; i < FP_SNAT_LIMIT && i < config->snat_count; i++) {
		if (fp_is_ipv4(&config->snat[i]) != !!is_ipv4)
			continue;
		if (!*(volatile __u32 *)&ports->address_count)
			*(volatile __u32 *)&ports->first_index = i;
		*(volatile __u32 *)&ports->address_count += 1;
	}
	ports->port_min = config->snat_port_min;
	ports->pair_count = ports->address_count * (config->snat_port_max - config->snat_port_min + 1);
	if (!ports->pair_count)
		return 0;
	ports->pair = fp_hash_slot(seed >> 32, ports->pair_count);
	if (ports->pair_count <= FP_FLOW_PORT_TRIES) {
		ports->stride = 1;
		return ports->pair_count;
	}
	ports->stride = 1 + fp_hash_slot(seed, ports->pair_count - 1);
	return FP_FLOW_PORT_TRIES;
}

/* Goes on to the next pair. */
static __always_inline void fp_flow_ports_advance(struct fp_flow_ports *ports)
{
	ports->pair += ports->stride;
	if (ports->pair >= ports->pair_count)
		ports->pair -= ports->pair_count;
}

/* The pair's address, as an index into the configuration's. */
static __always_inline __u32 fp_flow_ports_snat_index(const struct fp_flow_ports *ports)
{
	return ports->first_index + ports->pair % ports->address_count;
}

/* The pair's port, in network order. */
static __always_inline __u32 fp_flow_ports_port_be(const struct fp_flow_ports *ports)
{
	return __builtin_bswap16(ports->port_min + ports->pair / ports->address_count);
}

#endif

/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/* The ports of TCP (RFC 9293) and UDP (RFC 768), which stand at the same place in both. */
#ifndef FP_PARSE_TRANSPORT_H
#define FP_PARSE_TRANSPORT_H

#include <linux/in.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include "fp_counter.h"
#include "fp_cursor.h"
#include "fp_tuple.h"

/* The whole fixed header must be there, though only the ports are read: half a header is nobody's connection. */
static __always_inline enum fp_counter fp_parse_ports(struct fp_cursor *cursor, struct fp_tuple *tuple, __u32 protocol)
{
	const __u32 *ports = fp_take(cursor, protocol == IPPROTO_TCP ? sizeof(struct tcphdr) : sizeof(struct udphdr));

	if (!ports)
		return FP_XDP_PASS_TRUNCATED;
	tuple->ports = *ports;
	tuple->protocol = protocol;
	return FP_XDP_STEERED_SERVICE;
}

#endif

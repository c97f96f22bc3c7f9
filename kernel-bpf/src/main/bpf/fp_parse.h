/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * From a frame to its question: what to ask the tables, and the counter under which the frame goes if they say
 * yes (FP_XDP_STEERED_*), or the one under which it is left to the kernel unasked (FP_XDP_PASS_*). The tuple
 * comes in zeroed.
 */
#ifndef FP_PARSE_H
#define FP_PARSE_H

#include "fp_parse_ipv4.h"
#include "fp_parse_ipv6.h"
#include "fp_parse_link.h"

static __always_inline enum fp_counter fp_parse(struct fp_cursor *cursor, struct fp_tuple *tuple)
{
	switch (fp_parse_ethernet(cursor)) {
	case FP_NO_TYPE:
		return FP_XDP_PASS_TRUNCATED;
	case bpf_htons(ETH_P_IP):
		return fp_parse_ipv4(cursor, tuple);
	case bpf_htons(ETH_P_IPV6):
		return fp_parse_ipv6(cursor, tuple);
	case bpf_htons(ETH_P_ARP):
		return fp_parse_arp(cursor, tuple);
	default:
		return FP_XDP_PASS_NOT_IP;
	}
}

#endif

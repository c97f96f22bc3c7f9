/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The prefilter: drops what comes from a denied address, before either engine has it. It looks at packets for a VIP only.
 * What is the node's own (ssh, routing) is not the balancer's to drop, and neither are backends' replies, ARP and
 * neighbour discovery: a list that is too wide then stops clients and nothing else.
 */
#ifndef FP_PREFILTER_H
#define FP_PREFILTER_H

#include <bpf/bpf_helpers.h>
#include "fp_maps.h"
#include "fp_tuple.h"

#define FP_PREFIX_BITS_V4 32
#define FP_PREFIX_BITS_V6 128

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FP_PREFIX_ENTRY_LIMIT);
	__type(key, struct fp_prefix4);
	__type(value, __u32);
} fp_deny4 SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_LPM_TRIE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__uint(max_entries, FP_PREFIX_ENTRY_LIMIT);
	__type(key, struct fp_prefix6);
	__type(value, __u32);
} fp_deny6 SEC(".maps");

/* Whether the longest prefix that the address lies in is a denied one. */
__noinline int fp_is_denied(const struct fp_address *source)
{
	const __u32 *entry;

	if (!source)
		return 0;
	if (fp_is_ipv4(source)) {
		struct fp_prefix4 key = {.bits = FP_PREFIX_BITS_V4, .address = source->be32[3]};

		entry = bpf_map_lookup_elem(&fp_deny4, &key);
	} else {
		struct fp_prefix6 key = {.bits = FP_PREFIX_BITS_V6};

		__builtin_memcpy(key.address, source->bytes, sizeof(key.address));
		entry = bpf_map_lookup_elem(&fp_deny6, &key);
	}
	return entry && (*entry & FP_PREFIX_ACTION_MASK) == FP_PREFIX_DENY;
}

/*
 * The reason of a frame that is ours, or FP_XDP_DROP_DENIED. A solicitation comes with no source here
 * (fp_parse_icmpv6), as ARP does.
 */
static __always_inline enum fp_counter fp_filter(enum fp_counter reason, const struct fp_address *source)
{
	__u32 first = 0;
	const struct fp_control *control = bpf_map_lookup_elem(&fp_control, &first);

	if (!control || !control->prefilter_flags)
		return reason;
	if (!(source->words[0] | source->words[1]))
		return reason;
	return fp_is_denied(source) ? FP_XDP_DROP_DENIED : reason;
}

#endif

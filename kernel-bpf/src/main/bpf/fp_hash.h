/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * The tuple hash, the same in both engines: pair-multiply-shift over the tuple's 32-bit halves (M. Thorup, "High
 * Speed Hashing for Integers and Strings", arXiv:1504.06804, section 3), strongly universal for a random key,
 * and one multiplication to spread it. Chosen over SipHash because eBPF has no wide multiply and no rotate:
 * five independent multiplications against forty dependent steps. Java twin: TupleHash.
 */
#ifndef FP_HASH_H
#define FP_HASH_H

#include "fp_config.h"

#define FP_HASH_SPREAD 0xd6e8feb86659fd93ULL

static __always_inline __u64 fp_hash_lane(const __u64 *key, __u64 lane)
{
	return (key[0] + (__u32)lane) * (key[1] + (lane >> 32));
}

/* ports: source port in the low 16 bits, destination port above, both as they stand in the packet's memory. */
static __always_inline __u32 fp_tuple_hash(const __u64 *key, const struct fp_address *source,
					   const struct fp_address *destination, __u32 ports, __u8 protocol)
{
	__u64 sum = key[10];

	sum += fp_hash_lane(key, source->words[0]);
	sum += fp_hash_lane(key + 2, source->words[1]);
	sum += fp_hash_lane(key + 4, destination->words[0]);
	sum += fp_hash_lane(key + 6, destination->words[1]);
	sum += fp_hash_lane(key + 8, (__u64)ports | (__u64)protocol << 32);
	return ((sum ^ (sum >> 32)) * FP_HASH_SPREAD) >> 32;
}

/* Maps a hash onto [0, count) without a division. */
static __always_inline __u32 fp_hash_slot(__u32 hash, __u32 count)
{
	return (__u64)hash * count >> 32;
}

#endif

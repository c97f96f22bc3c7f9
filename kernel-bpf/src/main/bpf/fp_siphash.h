/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * SipHash-2-4 (J.-P. Aumasson, D. J. Bernstein, "SipHash: a fast short-input PRF", 2012) over words of eight bytes. Unlike
 * the tuple hash it gives nothing of its key away to those who see what it answers. Java twin: SipHash.
 */
#ifndef FP_SIPHASH_H
#define FP_SIPHASH_H

#include "fp_types.h"

struct fp_sip {
	__u64 v0, v1, v2, v3;
};

static __always_inline __u64 fp_turn_left(__u64 word, __u32 bits)
{
	return word << bits | word >> (64 - bits);
}

static __always_inline void fp_sip_round(struct fp_sip *sip)
{
	sip->v0 += sip->v1;
	sip->v1 = fp_turn_left(sip->v1, 13) ^ sip->v0;
	sip->v0 = fp_turn_left(sip->v0, 32);
	sip->v2 += sip->v3;
	sip->v3 = fp_turn_left(sip->v3, 16) ^ sip->v2;
	sip->v0 += sip->v3;
	sip->v3 = fp_turn_left(sip->v3, 21) ^ sip->v0;
	sip->v2 += sip->v1;
	sip->v1 = fp_turn_left(sip->v1, 17) ^ sip->v2;
	sip->v2 = fp_turn_left(sip->v2, 32);
}

static __always_inline struct fp_sip fp_sip_begin(const __u64 *key)
{
	struct fp_sip sip = {
		.v0 = key[0] ^ 0x736f6d6570736575ULL,
		.v1 = key[1] ^ 0x646f72616e646f6dULL,
		.v2 = key[0] ^ 0x6c7967656e657261ULL,
		.v3 = key[1] ^ 0x7465646279746573ULL,
	};

	return sip;
}

static __always_inline void fp_sip_word(struct fp_sip *sip, __u64 word)
{
	sip->v3 ^= word;
	fp_sip_round(sip);
	fp_sip_round(sip);
	sip->v0 ^= word;
}

/* Ends a message of so many bytes, a multiple of eight. */
static __always_inline __u64 fp_sip_end(struct fp_sip *sip, __u64 length)
{
	fp_sip_word(sip, length << 56);
	sip->v2 ^= 0xff;
	fp_sip_round(sip);
	fp_sip_round(sip);
	fp_sip_round(sip);
	fp_sip_round(sip);
	return sip->v0 ^ sip->v1 ^ sip->v2 ^ sip->v3;
}

#endif

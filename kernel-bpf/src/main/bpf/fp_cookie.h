/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-only */
/*
 * SYN cookies (RFC 4987, 3.6): what has to be remembered of a SYN is put into the sequence number that answers it, and
 * comes back in the client's ACK. Java twin: SynCookies.
 *
 *   31                          5 4      2 1    0
 *  +-----------------------------+--------+------+
 *  | keyed hash                  | MSS    | time |   time: of periods of 2^36 ns (68.7 s), the last two bits
 *  +-----------------------------+--------+------+
 *
 * The hash (SipHash-2-4, a secret of its own) is over addresses, ports, the client's sequence number, MSS and the whole
 * time, so a cookie is good for one SYN of one client, in its period and the next.
 */
#ifndef FP_COOKIE_H
#define FP_COOKIE_H

#include "fp_maps.h"
#include "fp_siphash.h"
#include "fp_tuple.h"

enum fp_cookie_constant {
	FP_COOKIE_PERIOD_SHIFT = 36,
	FP_COOKIE_HASH_SHIFT = 5,
	FP_COOKIE_MSS_SHIFT = 2,
	FP_COOKIE_MSS_MASK = 7, /* once shifted down */
	FP_COOKIE_TIME_MASK = 3,
	FP_COOKIE_PERIODS = 2,  /* in which a cookie is good */
	FP_COOKIE_LENGTH = 48,  /* bytes that are hashed */
};

/*
 * The defaults of RFC 9293, 3.7.1, and one below; those of tunnels and access lines; Ethernet; jumbo frames. The last
 * stands there twice: an array of 16 bytes would come into a section of its own, whose BTF the kernel refuses.
 */
static const __u16 fp_cookie_mss[FP_COOKIE_MSS_MASK + 2] = { 256, 536, 1220, 1300, 1400, 1440, 1460, 8940, 8940 };

/* The highest that is not above what the client takes; the lowest there is, if all are. */
static __always_inline __u32 fp_cookie_mss_index(__u32 mss)
{
	__u32 index = 0;

#pragma unroll
	for (__u32 i = 1; i <= FP_COOKIE_MSS_MASK; i++)
		if (mss >= fp_cookie_mss[i])
			index = i;
	return index;
}

static __always_inline __u32 fp_cookie_mss_of(__u32 cookie)
{
	return fp_cookie_mss[cookie >> FP_COOKIE_MSS_SHIFT & FP_COOKIE_MSS_MASK];
}

/* The cookie for a SYN with a sequence number in a period. Sequence numbers are in the machine's order. */
__noinline __u32 fp_cookie_of(const struct fp_tuple *tuple, __u32 sequence, __u32 mss_index, __u64 period)
{
	__u32 first = 0;
	const struct fp_config *config = bpf_map_lookup_elem(&fp_config, &first);
	struct fp_sip sip;

	if (!config || !tuple)
		return 0;
	sip = fp_sip_begin(config->cookie_key);
	fp_sip_word(&sip, tuple->source.words[0]);
	fp_sip_word(&sip, tuple->source.words[1]);
	fp_sip_word(&sip, tuple->destination.words[0]);
	fp_sip_word(&sip, tuple->destination.words[1]);
	fp_sip_word(&sip, tuple->ports | (__u64)sequence << 32);
	fp_sip_word(&sip, period << 3 | (mss_index & FP_COOKIE_MSS_MASK));
	return fp_sip_end(&sip, FP_COOKIE_LENGTH) >> 32 << FP_COOKIE_HASH_SHIFT |
	       (mss_index & FP_COOKIE_MSS_MASK) << FP_COOKIE_MSS_SHIFT | (period & FP_COOKIE_TIME_MASK);
}

/* Whether a cookie was given for a SYN, not too long ago: its low bits leave one period to try. */
__noinline int fp_cookie_is_good(const struct fp_tuple *tuple, __u32 sequence, __u32 cookie, __u64 now_ns)
{
	__u64 period = now_ns >> FP_COOKIE_PERIOD_SHIFT;
	__u32 age = (period - cookie) & FP_COOKIE_TIME_MASK;

	if (!tuple || age >= FP_COOKIE_PERIODS)
		return 0;
	return fp_cookie_of(tuple, sequence, cookie >> FP_COOKIE_MSS_SHIFT, period - age) == cookie;
}

#endif
